"""Leave a family out: fit without it, measure on it. The only figures worth reporting.

A judge that has seen a generator beats it; the question is what it does with one that it has
never seen. So every figure on a family comes from a model that was fitted on the other families
(`leave_out`), on works that no part of the judge has seen; `leave_cluster_out` is stricter and
leaves out everything of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.judge.calibrate import Interval, Platt, area_under_roc, equal_weights
from models.judge.ensemble import Ensemble, combined
from models.judge.examples import Examples

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Scores of one family by a model that never saw it: the log odds of both halves of the model,
    of every human row [humans, 2] and of the family's rows [machines, 2]."""

    family: str
    human_halves: Array
    machine_halves: Array

    @property
    def human(self) -> Array:
        """The model's scores of the human rows, float64[humans]."""
        return combined(self.human_halves)

    @property
    def machine(self) -> Array:
        """The model's scores of the family's rows, float64[machines]."""
        return combined(self.machine_halves)


def leave_out(
    train: Examples,
    test: Examples,
    parts: Sequence[Sequence[str]],
    trees: int,
    seed: int,
    on_part: Callable[[], None] | None = None,
) -> dict[str, LeftOut]:
    """For each part (families left out together) fit on the rest and score the test side: log odds
    of the human test lines and of the part's families."""
    found: dict[str, LeftOut] = {}
    for part in parts:
        model = Ensemble.fit(train.where(~np.isin(train.family, list(part))), trees, seed)
        wanted = test.human | np.isin(test.family, list(part))
        shown = test.where(wanted)
        score = model.halves(shown.values, shown.composer)
        for family in part:
            found[family] = LeftOut(family, score[shown.human], score[shown.family == family])
        if on_part:
            on_part()
    return found


class Kindred(Protocol):
    """Anything with a name and the cluster it belongs to."""

    @property
    def name(self) -> str: ...
    @property
    def cluster(self) -> str: ...


def parts_of_three(families: Sequence[Kindred]) -> list[list[str]]:
    """Families in parts of about three, each part of as many clusters as possible: for calibration
    on families that the model has not seen, at a third of the fits."""
    order = [one.name for one in sorted(families, key=lambda one: (one.cluster, one.name))]
    count = max(1, -(-len(order) // 3))
    return [order[start::count] for start in range(count)]


def calibrated(left_out: dict[str, LeftOut]) -> Platt:
    """Platt's scaling on scores of left-out families, families and classes weighing as much."""
    score, human, weight = pooled(left_out)
    return Platt.fit(score, human, weight)


def pooled(left_out: dict[str, LeftOut]) -> tuple[Array, Array, Array]:
    """All left-out scores in one: (score, is human, weight); every family weighs as much as another,
    each against its own share of the human lines, human and machine at equal priors."""
    scores, human, weight = [], [], []
    for one in left_out.values():
        scores += [one.human, one.machine]
        mine = np.concatenate([np.ones(len(one.human), bool), np.zeros(len(one.machine), bool)])
        human.append(mine)
        weight.append(equal_weights(mine) / len(mine))
    all_weight = np.concatenate(weight)
    return np.concatenate(scores), np.concatenate(human), all_weight * len(all_weight) / all_weight.sum()


def bootstrap_auc(
    human_scores: Array,
    human_groups: Array,
    machine_scores: Array,
    machine_groups: Array,
    seed: int = 0,
    draws: int = 200,
) -> Interval:
    """AUC with a 95 % interval over works drawn with replacement (a work with all its lines, human
    and machine, is in or out together: Efron & Tibshirani 1993, by cluster)."""
    works = np.unique(np.concatenate([human_groups, machine_groups]))
    human_of = [human_scores[human_groups == work] for work in works]
    machine_of = [machine_scores[machine_groups == work] for work in works]
    random = np.random.default_rng([seed, 5])
    found = []
    for _ in range(draws):
        drawn = random.integers(len(works), size=len(works))
        first = np.concatenate([human_of[one] for one in drawn])
        second = np.concatenate([machine_of[one] for one in drawn])
        if len(first) and len(second):
            found.append(area_under_roc(first, second))
    low, high = np.quantile(found, (0.025, 0.975)) if found else (0.0, 1.0)
    return Interval(area_under_roc(human_scores, machine_scores), float(low), float(high))
