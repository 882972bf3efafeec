"""The guards that `models.generation.infill.infill` applies by default: the copy guard and the
repetition guard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.generation.guards.copy_guard import CopyGuard
from models.generation.guards.repetition_guard import RepetitionGuard
from models.generation.guards.rhythm_guard import RhythmGuard, pattern_of
from models.generation.request import Request
from models.generation.sampling import Guard
from models.novelty import shipped_index
from violin.music import Phrase
from violin.pair import Pair

GuardMaker = Callable[[Sequence[Request]], Guard]
"""A function that makes the guard of a batch of requests."""

_NOTES_A_BAR = 6.0  # the mean of the training phrases, used if no bar is given


class Guards:
    """Several guards applied one after the other."""

    def __init__(self, guards: Sequence[Guard]) -> None:
        self._guards = tuple(guards)

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        for guard in self._guards:
            guard.restrict(mask)

    def advance(self, tokens: NDArray[np.int64]) -> None:
        for guard in self._guards:
            guard.advance(tokens)


def standard_guards(requests: Sequence[Request]) -> Guard:
    """The copy guard and the repetition guard. Raises WeightsError if the novelty index is missing."""
    pairs = [request.pair for request in requests]
    beginnings = [pair.beginning_on_grid() for pair in pairs]
    first_bars = [pair.beginning_bars for pair in pairs]
    bar_ticks = [pair.meter.bar_ticks() for pair in pairs]
    middles = [(request.bars - request.pair.given_bars, _notes_a_bar(request.pair)) for request in requests]
    copies = CopyGuard(shipped_index(), beginnings, first_bars, bar_ticks, middles=middles)
    return Guards([RepetitionGuard(beginnings), copies])


def guards_with_rhythm(source: Phrase) -> GuardMaker:
    """Like `standard_guards`; in addition, the middles take the rhythm of the same bars of `source`."""

    def made(requests: Sequence[Request]) -> Guard:
        patterns = [
            pattern_of(source, request.pair.beginning_bars, request.bars - request.pair.given_bars)
            for request in requests
        ]
        return Guards([standard_guards(requests), RhythmGuard(patterns)])

    return made


def _notes_a_bar(pair: Pair) -> float:
    """The expected number of notes per bar: the mean of the given bars."""
    if not pair.given_bars:
        return _NOTES_A_BAR
    return (len(pair.beginning) + len(pair.ending)) / pair.given_bars
