"""Writes the plan of a phrase's middle: draws several and keeps one whose seams fit.

A plan depends on the weights, its task and its random key alone: each task is drawn by itself, in a batch
of `DRAWS` plans, so other tasks change nothing.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from constraints.language.plan_codes import BACK, REGISTER, PlanCodes
from models.planning.codes import cadence_of
from models.planning.network import ORDER, PlanNetwork, PlanTask, plan_batch
from models.planning.weights import load_planner
from violin.plan import Cadence

DRAWS = 16
TEMPERATURE = 0.9


class PlanWriter:
    """The trained network, ready to complete plans."""

    def __init__(self, network: PlanNetwork) -> None:
        self.network = network.eval()

    @classmethod
    def load(cls, path: Path | None = None) -> PlanWriter:
        """The shipped network, or that of a file; WeightsError where it cannot be read."""
        return cls(load_planner(path))

    @torch.no_grad()
    def complete(self, task: PlanTask, key: int, draws: int = DRAWS) -> PlanCodes:
        """The plan of `task.codes` with everything in the middle that is 0 there drawn from `key`.

        Of `draws` plans the first is kept that fits best: its first and last bar lie at most one class of
        register from the bars beside them, and it leads into the ending with a cadence, unless the
        task names one.
        """
        drawn = self._drawn(task, np.random.Generator(np.random.Philox(key=key)), draws)
        best = min(drawn, key=lambda codes: _misfit(task, codes))
        found = 1 + tuple(Cadence).index(cadence_of(best, task.ending_bars))
        return replace(best, cadence=task.codes.cadence or found)

    def _drawn(self, task: PlanTask, random: np.random.Generator, draws: int) -> list[PlanCodes]:
        bars, wanted = len(task.codes.bars), task.codes.bars
        one = plan_batch([task])
        rows = torch.from_numpy(wanted.astype(np.int64)).repeat(draws, 1, 1)
        before = torch.zeros(draws, wanted.shape[1], dtype=torch.long)
        memory: Tensor | None = None
        for bar in range(bars - task.ending_bars):
            told = self.network.told(
                before, one.ending.expand(draws, -1), one.context[:, bar].expand(draws, -1)
            )
            state, memory = self.network.gru(told[:, None], memory)
            if bar >= task.beginning_bars:
                self._draw_bar(state[:, 0], rows, bar, wanted[bar], random)
            before = rows[:, bar]
        return [replace(task.codes, bars=each.numpy().astype(np.int16)) for each in rows]

    def _draw_bar(
        self, state: Tensor, rows: Tensor, bar: int, wanted: NDArray[np.int16], random: np.random.Generator
    ) -> None:
        """Fill the rows of one bar, field after field, in place."""
        at = torch.full((len(rows),), bar)
        related = torch.zeros_like(rows[:, bar])
        for column in ORDER:
            chance = random.random(len(rows))
            if wanted[column]:
                choice = torch.full_like(at, int(wanted[column]))
            else:
                choice = _sampled(self.network.logits(column, state, at), chance)
            choice = torch.where(self.network.is_open(column, rows[:, bar]), choice, 0)
            rows[:, bar, column] = choice
            if column == BACK:
                related = rows[torch.arange(len(rows)), (at - choice).clamp(min=0)]
            state = self.network.taken(column, state, choice, related)


def _sampled(logits: Tensor, chance: NDArray[np.float64]) -> Tensor:
    """int64[N]: one code a row at the temperature `TEMPERATURE`; `chance` float64[N] is random."""
    ladder = (logits.double() / TEMPERATURE).softmax(-1).cumsum(-1)
    return (ladder > (torch.from_numpy(chance) * ladder[:, -1])[:, None]).long().argmax(-1)


def _misfit(task: PlanTask, codes: PlanCodes) -> float:
    """Classes of register beyond one between the middle and its neighbours, and 1 for a cadence that is
    not the one wanted."""
    first, after = task.beginning_bars, len(codes.bars) - task.ending_bars
    register = codes.bars[:, REGISTER].astype(int)
    misfit = 0.0
    for inner, given, is_given in ((first, first - 1, first > 0), (after - 1, after, task.ending_bars > 0)):
        if is_given and register[given]:
            misfit += max(abs(int(register[inner] - register[given])) - 1, 0)
    if task.ending_bars:
        found, wanted = cadence_of(codes, task.ending_bars), task.codes.cadence
        fits = found is tuple(Cadence)[wanted - 1] if wanted else found is not Cadence.NONE
        misfit += not fits
    return misfit
