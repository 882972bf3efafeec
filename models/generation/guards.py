"""The guards that are always on when a phrase is composed: no long copy, no stuck note."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.generation.copy_guard import CopyGuard
from models.generation.infill import InfillRequest
from models.generation.repetition_guard import RepetitionGuard
from models.generation.rhythm_guard import RhythmGuard, pattern_of
from models.generation.sampling import Guard
from models.novelty import shipped_index
from violin.music import Phrase
from violin.pair import Pair

_NOTES_A_BAR = 6.0  # the mean of the training phrases, where no bar is given


class Guards:
    """Several guards asked one after the other."""

    def __init__(self, guards: Sequence[Guard]) -> None:
        self._guards = tuple(guards)

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        for guard in self._guards:
            guard.restrict(mask)

    def advance(self, tokens: NDArray[np.int64]) -> None:
        for guard in self._guards:
            guard.advance(tokens)


def guards_for(requests: Sequence[InfillRequest]) -> Guard:
    """The guards of a batch; the copy guard is among them wherever the index is shipped."""
    pairs = [request.pair for request in requests]
    beginnings = [pair.beginning_on_grid() for pair in pairs]
    guards: list[Guard] = [RepetitionGuard(beginnings)]
    index = shipped_index()
    if index is not None:
        first_bars = [pair.beginning_bars for pair in pairs]
        bar_ticks = [pair.meter.bar_ticks() for pair in pairs]
        middles = [
            (request.bars - request.pair.given_bars, _notes_a_bar(request.pair)) for request in requests
        ]
        guards.append(CopyGuard(index, beginnings, first_bars, bar_ticks, middles=middles))
    return Guards(guards)


def guards_with_rhythm(source: Phrase) -> Callable[[Sequence[InfillRequest]], Guard]:
    """As `guards_for`, the middles in the rhythm of another phrase's bars of the same place."""

    def made(requests: Sequence[InfillRequest]) -> Guard:
        patterns = [
            pattern_of(source, request.pair.beginning_bars, request.bars - request.pair.given_bars)
            for request in requests
        ]
        return Guards([guards_for(requests), RhythmGuard(patterns)])

    return made


def _notes_a_bar(pair: Pair) -> float:
    """How many notes the given bars lead one to expect in a bar."""
    if not pair.given_bars:
        return _NOTES_A_BAR
    return (len(pair.beginning) + len(pair.ending)) / pair.given_bars
