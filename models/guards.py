"""The guards that are always on when a phrase is composed: no long copy, no stuck note."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.copy_guard import CopyGuard
from models.infill import InfillRequest
from models.novelty import shipped_index
from models.repetition_guard import RepetitionGuard
from models.sampling import Guard


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
        guards.append(CopyGuard(index, beginnings, first_bars, bar_ticks))
    return Guards(guards)
