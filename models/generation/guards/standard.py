"""The guards that `models.generation.infill.infill` applies by default: against copies, against
repetition, against empty bars, and for a close where no ending is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.generation.guards.close_guard import CloseGuard
from models.generation.guards.copy_guard import CopyGuard
from models.generation.guards.repetition_guard import RepetitionGuard
from models.generation.guards.rhythm_guard import RhythmGuard, pattern_of
from models.generation.guards.sparse_bar_guard import SparseBarGuard, bar_limit
from models.generation.request import Request
from models.generation.sampling import Guard
from models.novelty import shipped_index
from models.run_prints import RUN_STEPS
from violin.music import Note, Phrase
from violin.pair import Pair

GuardMaker = Callable[[Sequence[Request]], Guard]
"""A function that makes the guard of a batch of requests."""

AvoidCopies = Literal["off", "normal", "strict"]
AVOID_COPIES: tuple[AvoidCopies, ...] = ("off", "normal", "strict")

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


def guard_maker(avoid_copies: AvoidCopies = "normal", rhythm: Phrase | None = None) -> GuardMaker:
    """A maker of guards: the repetition guard; a copy guard unless `avoid_copies` is "off"; the guard
    against empty bars; and the guard of the close. A `rhythm` replaces the last two by a guard that gives
    the middle the rhythm of the same bars of that phrase.

    "normal" allows runs of the training music as long as those that human music shares with it; "strict"
    allows none of nine notes or more.
    """

    def made(requests: Sequence[Request]) -> Guard:
        beginnings = [request.pair.beginning_on_grid() for request in requests]
        guards: list[Guard] = [RepetitionGuard(beginnings)]
        if avoid_copies != "off":
            guards.append(_copy_guard(requests, beginnings, strict=avoid_copies == "strict"))
        if rhythm is not None:
            patterns = [
                pattern_of(rhythm, request.pair.beginning_bars, request.bars - request.pair.given_bars)
                for request in requests
            ]
            guards.append(RhythmGuard(patterns))
        else:
            # Before the sparse bar guard, so that it has priority: a bar that closes in 3/4 has one onset.
            guards.append(_close_guard(requests))
            limits = [bar_limit(request.pair) for request in requests]
            guards.append(SparseBarGuard(limits, [request.pair.meter.bar_ticks() for request in requests]))
        return Guards(guards)

    return made


def standard_guards(requests: Sequence[Request]) -> Guard:
    """The guards against copies, repetition and empty bars, and for a close. Raises WeightsError if the
    novelty index is missing."""
    return guard_maker()(requests)


def _close_guard(requests: Sequence[Request]) -> CloseGuard:
    pairs = [request.pair for request in requests]
    return CloseGuard(
        [
            0 if pair.ending_bars else request.bars - pair.given_bars
            for request, pair in zip(requests, pairs, strict=True)
        ],
        [pair.meter.numerator for pair in pairs],
        [pair.key for pair in pairs],
    )


def _copy_guard(requests: Sequence[Request], beginnings: Sequence[Sequence[Note]], strict: bool) -> CopyGuard:
    pairs = [request.pair for request in requests]
    return CopyGuard(
        shipped_index(),
        beginnings,
        [pair.beginning_bars for pair in pairs],
        [pair.meter.bar_ticks() for pair in pairs],
        limit_notes=RUN_STEPS if strict else None,
        middles=[
            (request.bars - request.pair.given_bars, _notes_a_bar(request.pair)) for request in requests
        ],
    )


def _notes_a_bar(pair: Pair) -> float:
    """The expected number of notes per bar: the mean of the given bars."""
    if not pair.given_bars:
        return _NOTES_A_BAR
    return (len(pair.beginning) + len(pair.ending)) / pair.given_bars
