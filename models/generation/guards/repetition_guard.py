"""The repetition guard: limits notes and figures that repeat one after the other to what human
music contains.

A language model can get stuck on one note, or alternate two or three notes, for several bars. The
guard reads the lowest note of each onset. `LIMITS` gives, for periods of one, two and
three onsets, how many onsets in a row may repeat with that period: A A A, A B A B, A B C A B C. The
note that would make the line longer is excluded. The limits were measured on the phrases of the
training split, of which at least 98 % pass each of them (`violin bench choose`). The rules have
priority: if no other note is legal, the note stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.language.vocabulary import LOWEST_PITCH, VOCABULARY, Kind
from violin.music import Note

LIMITS = (17, 11, 11)
"""The most onsets in a row with a period of one, two and three onsets."""


class RepetitionGuard:
    """State of B rows that are composed in one batch, each after its own beginning (notes on the
    grid). `limits` holds one number of onsets per period, beginning with period one."""

    def __init__(self, beginnings: Sequence[Sequence[Note]], limits: Sequence[int] = LIMITS) -> None:
        rows, periods = len(beginnings), len(limits)
        self._limits = np.array(limits)
        self._periods = np.arange(1, periods + 1)
        self._line = np.full((rows, periods), -1, dtype=np.int64)  # lowest notes, the last one first
        self._lengths = np.zeros((rows, periods), dtype=np.int64)  # onsets in a row with each period
        self._opens = np.zeros(rows, dtype=bool)  # the next pitch is the first of an onset
        for row, notes in enumerate(beginnings):
            by_onset: dict[int, int] = {}
            for note in notes:
                by_onset[note.onset_ticks] = min(note.pitch, by_onset.get(note.onset_ticks, 127))
            for onset in sorted(by_onset):
                self._take(np.array([row]), np.array([by_onset[onset]]))

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        """Clear the notes that would exceed a limit in a mask bool[B, V], in place."""
        stuck = (self._lengths >= self._limits) & self._opens[:, None]
        # A line of one note has every period. Only the limit of period one applies to it.
        stuck[:, 1:] &= (self._line[:, 1:] != self._line[:, :1]).cumsum(axis=1) > 0
        for row in np.flatnonzero(stuck.any(axis=1)):
            allowed = mask[row].copy()
            allowed[VOCABULARY.first[Kind.PITCH] + self._line[row, stuck[row]] - LOWEST_PITCH] = False
            if allowed.any():
                mask[row] = allowed

    def advance(self, tokens: NDArray[np.int64]) -> None:
        """Update the state with the tokens int[B] that the rows have just taken."""
        kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
        rows = np.flatnonzero(self._opens & (kind == Kind.PITCH))
        self._take(rows, value[rows])
        # A row that waits for the others of its batch takes PAD and stays as it is.
        self._opens = np.where(kind == Kind.PAD, self._opens, kind == Kind.POSITION)

    def _take(self, rows: NDArray[np.int64], pitches: NDArray[np.int64]) -> None:
        line = self._line[rows]
        again = line == pitches[:, None]
        begun = np.minimum(self._periods, (line >= 0).sum(axis=1, keepdims=True) + 1)
        self._lengths[rows] = np.where(again, self._lengths[rows] + 1, begun)
        self._line[rows] = np.concatenate([pitches[:, None], line[:, :-1]], axis=1)
