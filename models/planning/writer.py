"""Writes the plans of middles: draws several for each and keeps one whose seams fit.

Plans are chosen by their register at the seams, and by the cadence into the ending only if a task requests
one: only 36 of 100 human endings have a cadence.

A plan depends only on the weights, its task and its random key, not on the other tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from constraints.language.plan_codes import REGISTER, PlanCodes
from models.planning.codes import cadence_of
from models.planning.drawing import draw_plans
from models.planning.network import ORDER, PlanNetwork, PlanTask
from models.planning.weights import load_planner
from violin.plan import Cadence

DRAWS = 16
_FIRST_DRAWS = 4  # drawn for all tasks; the others only if none of these fits
TEMPERATURE = 0.95


class PlanWriter:
    """The trained network, ready to complete plans."""

    def __init__(self, network: PlanNetwork) -> None:
        self.network = network.eval()

    @classmethod
    def load(cls, path: Path | None = None) -> PlanWriter:
        """The shipped network, or that of a file; WeightsError if it cannot be read."""
        return cls(load_planner(path))

    def complete(self, task: PlanTask, key: int) -> PlanCodes:
        """The plan of one task; see `complete_all`."""
        return self.complete_all([task], [key])[0]

    def complete_all(self, tasks: Sequence[PlanTask], keys: Sequence[int]) -> list[PlanCodes]:
        """The plan of each task: `task.codes` with every 0 of the middle drawn from the task's key.

        Of `DRAWS` plans the best-fitting one is kept: its first and last bar lie at most one class of
        register from the bars beside them, and it leads into the ending with the task's cadence, if it
        names one.
        """
        chances = [_chances(task, key) for task, key in zip(tasks, keys, strict=True)]
        best = [(np.inf, task.codes) for task in tasks]
        for some in (slice(_FIRST_DRAWS), slice(_FIRST_DRAWS, DRAWS)):
            waiting = [at for at, (misfit, _) in enumerate(best) if misfit > 0]
            drawn = draw_plans(
                self.network,
                [tasks[at] for at in waiting],
                [chances[at][..., some] for at in waiting],
                TEMPERATURE,
            )
            for at, plans in zip(waiting, drawn, strict=True):
                best[at] = _better(tasks[at], plans, best[at])
        return [_with_cadence(task, codes) for task, (_, codes) in zip(tasks, best, strict=True)]


def _chances(task: PlanTask, key: int) -> np.ndarray:
    """float64[middle bars, 7, DRAWS]: the random numbers of a task."""
    middle = len(task.codes.bars) - task.ending_bars - task.beginning_bars
    return np.random.Generator(np.random.Philox(key=key)).random((max(middle, 0), len(ORDER), DRAWS))


def _better(task: PlanTask, drawn: np.ndarray, best: tuple[float, PlanCodes]) -> tuple[float, PlanCodes]:
    """The (misfit, plan) of least misfit: `best` or one of int16[draws, bars, 7], the first of equal ones."""
    for bars in drawn:
        if best[0] == 0:
            break
        codes = replace(task.codes, bars=bars)
        misfit = _misfit(task, codes)
        if misfit < best[0]:
            best = misfit, codes
    return best


def _with_cadence(task: PlanTask, codes: PlanCodes) -> PlanCodes:
    found = 1 + tuple(Cadence).index(cadence_of(codes, task.ending_bars))
    return replace(codes, bars=codes.bars.copy(), cadence=task.codes.cadence or found)


def _misfit(task: PlanTask, codes: PlanCodes) -> float:
    """Classes of register beyond one between the middle and its neighbours, and 1 for a cadence that is
    not the requested one."""
    first, after = task.beginning_bars, len(codes.bars) - task.ending_bars
    register = codes.bars[:, REGISTER].astype(int)
    misfit = 0.0
    for inner, given, is_given in ((first, first - 1, first > 0), (after - 1, after, task.ending_bars > 0)):
        if is_given and register[given]:
            misfit += max(abs(int(register[inner] - register[given])) - 1, 0)
    if task.ending_bars and task.codes.cadence:
        asked = tuple(Cadence)[task.codes.cadence - 1]
        misfit += cadence_of(codes, task.ending_bars) is not asked
    return misfit
