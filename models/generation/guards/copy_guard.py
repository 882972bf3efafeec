"""The copy guard: limits the runs of notes that a phrase shares with the training music.

At each Pitch token, the guard computes the run of steps that every candidate pitch would complete
(see `models.novelty`). It masks a candidate that makes the stretch of familiar runs longer than the
limit. The limit is the 99th percentile of human music of unseen works. In a middle with few notes it is
lower: a share of the expected number of notes. Expected are the notes written so far, plus those
that the remaining bars would have at the density of the given bars. The rules have priority: if no other
pitch is legal, the candidate stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.language.vocabulary import HIGHEST_PITCH, LOWEST_PITCH, VOCABULARY, Kind
from models.novelty import RunIndex
from models.run_prints import RUN_STEPS, fold, short, step_codes
from violin.music import Note

# Chosen on works of the validation split: the largest that keeps copies to the human rate (docs/composer.md).
LIMIT_SHARE = 0.33

_PITCHES = np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1)
_PITCH_IDS = VOCABULARY.span(Kind.PITCH)


class CopyGuard:
    """State of B rows that are composed in one batch, each after its own beginning.

    `beginnings` holds each row's given notes before the middle, on the grid, with ticks from the
    phrase's start; `first_bars` the index of the first bar of its middle; `bar_ticks` the length of
    a bar. `middles` gives each row's number of bars to compose and expected number of notes per
    bar; without it the limit does not depend on the number of notes.
    """

    def __init__(
        self,
        index: RunIndex,
        beginnings: Sequence[Sequence[Note]],
        first_bars: Sequence[int],
        bar_ticks: Sequence[int],
        limit_notes: int | None = None,
        middles: Sequence[tuple[int, float]] | None = None,
        limit_share: float = LIMIT_SHARE,
    ) -> None:
        rows = len(beginnings)
        self._index = index
        self._limit_notes, self._limit_share = limit_notes or index.norm.limit_notes, limit_share
        self._middles = np.array(middles, dtype=np.float64) if middles else None
        self._first_bar = np.asarray(first_bars, dtype=np.int64)
        self._written = np.zeros(rows, dtype=np.int64)
        self._bar_ticks = np.asarray(bar_ticks, dtype=np.int64)
        self._bar = self._first_bar - 1  # the first BAR token increments it
        self._tick = np.zeros(rows, dtype=np.int64)
        self._last_pitch = np.full(rows, -1, dtype=np.int64)
        self._last_tick = np.zeros(rows, dtype=np.int64)
        self._codes = np.zeros((rows, RUN_STEPS - 1), dtype=np.uint64)  # the steps just before
        self._known = np.zeros(rows, dtype=np.int64)  # the number of steps stored in `_codes`
        self._familiar_runs = np.zeros(rows, dtype=np.int64)
        for row, notes in enumerate(beginnings):
            for note in sorted(notes):
                self._tick[row] = note.onset_ticks
                self._take(np.array([row]), np.array([note.pitch]))

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        """Clear the pitches that would exceed the limit in a mask bool[B, V], in place."""
        rows = np.flatnonzero(
            mask[:, _PITCH_IDS].any(axis=1)
            & (self._familiar_runs >= self._limit_runs())
            & self._has_full_run()
        )
        if not len(rows):
            return
        familiar = self._index.contains(
            self._prints(rows, np.broadcast_to(_PITCHES, (len(rows), len(_PITCHES))))
        )
        allowed = mask[rows]
        # After a Duration the chord may also end, so such a row keeps a legal token without any pitch.
        restricted = allowed.copy()
        restricted[:, _PITCH_IDS] &= ~familiar
        possible = restricted.any(axis=1)
        mask[rows[possible]] = restricted[possible]

    def advance(self, tokens: NDArray[np.int64]) -> None:
        """Update the state with the tokens int[B] that the rows have just taken."""
        kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
        self._bar += kind == Kind.BAR
        at_position = kind == Kind.POSITION
        self._tick[at_position] = (self._bar * self._bar_ticks + value)[at_position]
        rows = np.flatnonzero(kind == Kind.PITCH)
        if len(rows):
            self._written[rows] += 1
            self._take(rows, value[rows])

    def _limit_runs(self) -> NDArray[np.float64]:
        """float64[B]: the current limit on the number of consecutive familiar runs."""
        limit = np.full(len(self._bar), float(self._limit_notes))
        if self._middles is not None:
            bars, notes_a_bar = self._middles.T
            passed = np.maximum(self._tick / self._bar_ticks - self._first_bar, 0)
            notes = self._written + np.maximum(bars - passed, 0) * notes_a_bar
            limit = np.minimum(limit, np.floor(self._limit_share * notes))
        return np.maximum(limit - RUN_STEPS, 0)

    def _has_full_run(self) -> NDArray[np.bool_]:
        return self._known >= RUN_STEPS - 1

    def _prints(self, rows: NDArray[np.int64], pitches: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Fingerprints uint32 of the runs that `pitches` (rows, candidates) would complete."""
        prints = np.zeros(pitches.shape, dtype=np.uint64)
        for step in range(RUN_STEPS - 1):
            prints = fold(prints, self._codes[rows, step][:, None])
        interval = pitches - self._last_pitch[rows][:, None]
        ticks = np.broadcast_to((self._tick - self._last_tick)[rows][:, None], pitches.shape)
        return short(fold(prints, step_codes(interval, ticks)))

    def _take(self, rows: NDArray[np.int64], pitches: NDArray[np.int64]) -> None:
        full = self._has_full_run()[rows]
        hit = self._index.contains(self._prints(rows, pitches[:, None]))[:, 0] & full
        self._familiar_runs[rows] = np.where(hit, self._familiar_runs[rows] + 1, 0)
        begun = rows[self._last_pitch[rows] >= 0]
        steps = step_codes(
            pitches[self._last_pitch[rows] >= 0] - self._last_pitch[begun],
            self._tick[begun] - self._last_tick[begun],
        )
        self._codes[begun] = np.concatenate([self._codes[begun, 1:], steps[:, None]], axis=1)
        self._known[begun] += 1
        self._last_pitch[rows] = pitches
        self._last_tick[rows] = self._tick[rows]
