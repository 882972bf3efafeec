"""Leave-one-family-out: fit without a family, then evaluate on it.

A judge recognises a generator that it was trained on, but it must also recognise unseen
generators. So every figure on a family comes from a model fitted on the other families (`leave_out`), on
works that no part of the judge has seen. Leaving out whole architectures is stricter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.judge.classifier.balance import family_weights
from models.judge.classifier.calibration import Interval, Platt, area_under_roc, equal_weights
from models.judge.classifier.ensemble import Ensemble, LeftOut
from models.judge.features.examples import Examples
from models.judge.training.cache import FeatureCache, examples_digest, model_digest

Array = NDArray[Any]


def leave_out(
    train: Examples,
    shown: Sequence[Examples],
    parts: Sequence[Sequence[str]],
    trees: int,
    seed: int,
    workers: int = 1,
    on_part: Callable[[], None] = lambda: None,
    cache: FeatureCache | None = None,
) -> list[dict[str, LeftOut]]:
    """For each part (families left out together), fit on the rest and score each of `shown`: log
    odds of its human lines and of the part's families, by family. Results in the `cache` are not
    computed again."""
    from joblib import Parallel, delayed

    found: list[dict[str, LeftOut]] = [{} for _ in shown]
    kept = cache or FeatureCache()
    names = [examples_digest(side) for side in (train, *shown)]
    fits = (delayed(_left_out)(train, shown, tuple(part), trees, seed, kept, names) for part in parts)
    for of_sides in Parallel(n_jobs=workers, return_as="generator")(fits):
        for side, scores in zip(found, of_sides, strict=True):
            side.update(scores)
        on_part()
    return found


def _left_out(
    train: Examples,
    shown: Sequence[Examples],
    part: tuple[str, ...],
    trees: int,
    seed: int,
    cache: FeatureCache,
    names: Sequence[str],
) -> list[dict[str, LeftOut]]:
    keys = [("left out", model_digest(), names[0], name, part, trees, seed) for name in names[1:]]
    kept = [cache.found(key) for key in keys]
    if any(one is None for one in kept):
        model = Ensemble.fit(train.where(~np.isin(train.family, list(part))), trees, seed)
        for number, (side, key) in enumerate(zip(shown, keys, strict=True)):
            wanted = side.where((side.family == "") | np.isin(side.family, list(part)))
            both = [model.members(values, wanted.composer) for values in (wanted.values, wanted.slipped)]
            scores = np.stack(both, axis=1)
            arrays = {f"machine.{name}": scores[wanted.family == name] for name in part}
            kept[number] = {"human": scores[wanted.human], **arrays}
            cache.keep(key, kept[number] or {})
    return [
        {name: LeftOut.of(name, one["human"], one[f"machine.{name}"]) for name in part}
        for one in kept
        if one is not None
    ]


class KindLike(Protocol):
    """A kind of machine line: its name, its unit (left out together), its cluster and architecture."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def cluster(self) -> str: ...
    @property
    def architecture(self) -> str: ...


def units(kinds: Sequence[KindLike]) -> list[list[str]]:
    """The names left out together: a family alone, a generator with all its sampling settings."""
    found: dict[str, list[str]] = {}
    for one in kinds:
        found.setdefault(one.unit, []).append(one.name)
    return list(found.values())


def architectures(kinds: Sequence[KindLike]) -> list[list[str]]:
    """The names of each architecture, in alphabetical order of the architectures."""
    found = sorted({one.architecture for one in kinds})
    return [[one.name for one in kinds if one.architecture == each] for each in found]


def parts_of_three(kinds: Sequence[KindLike]) -> list[list[str]]:
    """Units in parts of about three, each from as many clusters as possible: for calibration on
    left-out families with a third of the fits."""
    cluster = {one.name: one.cluster for one in kinds}
    order = sorted(units(kinds), key=lambda names: (cluster[names[0]], names))
    count = max(1, -(-len(order) // 3))
    return [[name for unit in order[start::count] for name in unit] for start in range(count)]


def calibrated(left_out: Mapping[str, LeftOut]) -> Platt:
    """Platt scaling on scores of left-out families, weighted as in `pooled`."""
    score, human, weight = pooled(left_out)
    return Platt.fit(score, human, weight)


def pooled(left_out: Mapping[str, LeftOut]) -> tuple[Array, Array, Array]:
    """All left-out scores pooled: (score, is human, weight). Families are weighted by `family_weights`,
    each with its own share of the human lines; human and machine have equal priors."""
    scores, human, weight = [], [], []
    for one, share in zip(left_out.values(), family_weights(list(left_out)), strict=True):
        scores += [one.human, one.machine]
        mine = np.concatenate([np.ones(len(one.human), bool), np.zeros(len(one.machine), bool)])
        human.append(mine)
        weight.append(share * equal_weights(mine) / len(mine))
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
    """AUC with a 95 % cluster bootstrap interval over works (all lines of a work, human and
    machine, are drawn together: Efron & Tibshirani 1993)."""
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
