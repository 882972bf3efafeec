"""A bonus for the interval over a barline, so that composed bars lead into each other as human ones do.

From the last onset of a bar to the first of the next, human music moves by a half step in 26 of 100 cases,
answers without this bonus in 19, and they leap by a fifth or a seventh too often. Each interval has its own
bonus, in nats, negative if answers have the interval too often. The first values were the logarithms of the
human share over the share in answers. They were then corrected on validation works in two or three rounds
(docs/composer.md). The interval is that between the lowest notes of both onsets.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.language.grammar import BEGINNING_PART, Reading
from constraints.language.vocabulary import HIGHEST_PITCH, LOWEST_PITCH, VOCABULARY, Kind

NATS = (-0.4, 0.6, 0.2, -0.2, -0.35, -0.6, -0.2, -0.7, -0.1, -0.2, -0.3, -1.0, -0.45, -1.0, -0.6, -0.1, -0.6)
"""For an interval of 0, 1, 2, … semitones; the last value is for all wider ones."""

_PITCHES = VOCABULARY.span(Kind.PITCH)
_ALL_PITCHES = np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1)


class BarlineBonus:
    """The bonuses for a batch of prompts, `factor` times `NATS`."""

    def __init__(self, prompts: Sequence[Reading], factor: float) -> None:
        rows = len(prompts)
        self._nats = factor * np.array(NATS)
        self._before = np.zeros(rows, np.int64)  # the lowest pitch of the newest onset with a note; 0: none
        self._is_first = np.ones(rows, bool)  # no note of this bar has been struck
        self._awaits_lowest = np.zeros(rows, bool)  # the newest onset has no note yet
        for row, prompt in enumerate(prompts):
            given = prompt.part[prompt.note_token] == BEGINNING_PART
            if given.any():
                last = given & (prompt.onset == prompt.onset[given].max())
                self._before[row] = prompt.pitch[last].min()

    def advance(self, tokens: NDArray[np.int64], some: NDArray[np.bool_]) -> None:
        """Take one token in the rows `some`, bool[B]."""
        kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
        barline, position, pitch = (some & (kind == each) for each in (Kind.BAR, Kind.POSITION, Kind.PITCH))
        lowest = pitch & self._awaits_lowest
        self._before = np.where(lowest, value, self._before)
        self._is_first = (self._is_first | barline) & ~lowest
        self._awaits_lowest = (self._awaits_lowest | position) & ~pitch

    def add_to(self, found: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        """Add the bonuses of the next token of some rows to float64[R, V], in place."""
        before = self._before[rows]
        some = np.flatnonzero(self._awaits_lowest[rows] & self._is_first[rows] & (before > 0))
        semitones = np.abs(_ALL_PITCHES - before[some, None])
        found[some, _PITCHES] += self._nats[np.minimum(semitones, len(NATS) - 1)]
