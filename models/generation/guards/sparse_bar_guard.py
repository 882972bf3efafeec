"""The guard against empty bars: limits the composed bars with at most one onset.

Beside given bars with many notes, a composed bar that is empty or holds one note sounds like a gap.
Human phrases have few such bars. At most `LIMIT_BARS` bars of the middle may have one onset or none, at most
`LIMIT_BESIDE_BUSY` if every given bar has `BUSY_ONSETS` onsets or more. There is no limit if a given
bar has at most one onset. At least 98 % of the phrases of the training split pass (`violin bench
choose`). Once the limit is reached, a bar may not end before its second onset, and its first note must end
inside the bar. The rules have priority: a restriction that would leave no legal token is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.language.vocabulary import VOCABULARY, Kind
from violin.music import TICKS_PER_BEAT
from violin.pair import Pair

LIMIT_BARS, LIMIT_BESIDE_BUSY, BUSY_ONSETS = 3, 2, 5
_NO_LIMIT = 99
_LATEST_TICKS = TICKS_PER_BEAT // 2  # before the barline: the latest place of a first onset

_POSITIONS, _DURATIONS = VOCABULARY.span(Kind.POSITION), VOCABULARY.span(Kind.DURATION)


def bar_limit(pair: Pair) -> int:
    """The most composed bars with at most one onset that may follow the given bars of a pair."""
    sections = ((pair.beginning, pair.beginning_bars), (pair.ending, pair.ending_bars))
    counts = [
        len({note.onset_ticks for note in notes if note.onset_ticks // pair.bar_ticks == bar})
        for notes, bars in sections
        for bar in range(bars)
    ]
    fewest = min(counts, default=BUSY_ONSETS - 1)
    if fewest <= 1:
        return _NO_LIMIT
    return LIMIT_BESIDE_BUSY if fewest >= BUSY_ONSETS else LIMIT_BARS


class SparseBarGuard:
    """State of B rows that are composed in one batch: the limit of each row and the length of its
    bars."""

    def __init__(self, limits: Sequence[int], bar_ticks: Sequence[int]) -> None:
        rows = len(limits)
        self._limits, self._bar_ticks = np.array(limits), np.array(bar_ticks)
        self._sparse = np.zeros(rows, dtype=np.int64)  # finished bars with at most one onset
        self._onsets = np.zeros(rows, dtype=np.int64)  # of the current bar
        self._position = np.zeros(rows, dtype=np.int64)
        self._begun = np.zeros(rows, dtype=bool)

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        """Clear the tokens that would leave one more bar sparse in a mask bool[B, V], in place."""
        limited = self._begun & (self._sparse >= self._limits) & (self._onsets <= 1)
        for row in np.flatnonzero(limited):
            allowed = mask[row].copy()
            allowed[[VOCABULARY.BAR, VOCABULARY.EOS, VOCABULARY.LONGER]] = False
            if self._onsets[row] == 0:
                latest = int(self._bar_ticks[row]) - _LATEST_TICKS
                allowed[_POSITIONS][latest + 1 :] = False
            left = int(self._bar_ticks[row] - self._position[row])
            allowed[_DURATIONS][max(left - 1, 0) :] = False  # durations count from one tick
            if allowed.any():
                mask[row] = allowed

    def advance(self, tokens: NDArray[np.int64]) -> None:
        """Update the state with the tokens int[B] that the rows have just taken."""
        kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
        barline, position = kind == Kind.BAR, kind == Kind.POSITION
        self._sparse += barline & self._begun & (self._onsets <= 1)
        self._begun |= barline
        self._onsets[barline] = 0
        self._onsets += position
        self._position = np.where(barline, 0, np.where(position, value, self._position))
