"""A quick measurement on the validation split, to choose between variants: families left out, three at a
time.

`repetition` sets how the judge may use the features of repetition: "used" as usual; "held-out" not at
all; "matched" as usual, but the machine lines of the training are resampled until their longest runs are
distributed like the human ones. With the last two a judge cannot learn to measure only repetition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from models.judge.classifier.balance import COMPOSER
from models.judge.classifier.calibration import Platt, area_under_roc, calibration_error, official_score
from models.judge.classifier.ensemble import LeftOut
from models.judge.evaluation.steadiness import Movement
from models.judge.features import form, order, runs, sequence
from models.judge.features.examples import Examples
from models.judge.features.measures import Array, correlation
from models.judge.features.table import NAMES
from models.judge.score import SELF_NEGATIVES
from models.judge.training.cache import FeatureCache
from models.judge.training.fit import Plan, Prepared, for_calibration
from models.judge.training.leave_out import calibrated, leave_out, parts_of_three, pooled

REPETITION = ("used", "held-out", "matched")
_BINS = 10
_LONGEST_RUN = NAMES.index("run_scale_any")
_OF_REPETITION = np.array(
    [
        name in form.FEATURES
        or name in runs.FEATURES
        or (name in sequence.FEATURES and not name.startswith("inner_"))
        or (name in order.FEATURES and name.startswith(("new_early_", "again_even_")))
        for name in NAMES
    ]
)


class FamilyAuc(NamedTuple):
    """The AUC of the judge on a left-out family, and that of only the longest repeated run."""

    name: str
    judge: float
    longest_run: float


@dataclass(frozen=True)
class ValidationFigures:
    """Rows by family. `decided` is the official score of answers 0 or 1, and `ece` the calibration error,
    both after a Platt scaling fitted on these same scores. `human` are the probabilities of the human
    lines, means over the models. `slip` is how far one slip moves the probabilities."""

    families: tuple[FamilyAuc, ...]
    decided: float
    ece: float
    human: Array
    slip: Movement

    @property
    def mean(self) -> float:
        return float(np.mean([one.judge for one in self.families]))

    @property
    def means(self) -> dict[str, float]:
        """The mean AUC over our composer's families and over all others, if there are both."""
        parts: dict[str, list[float]] = {"without our composer": [], "our composer alone": []}
        without, alone = parts.values()
        for one in self.families:
            (alone if one.name.startswith(COMPOSER) else without).append(one.judge)
        return {words: float(np.mean(aucs)) for words, aucs in parts.items()} if without and alone else {}

    @property
    def worst(self) -> FamilyAuc:
        return min(self.families, key=lambda one: one.judge)

    @property
    def run_correlation(self) -> float:
        """Pearson's r over the families of the judge's AUC and that of the longest run alone."""
        return correlation(
            np.array([one.judge for one in self.families]),
            np.array([one.longest_run for one in self.families]),
        )


def validate(
    prepared: Prepared,
    plan: Plan,
    repetition: str = "used",
    *,
    cache: FeatureCache | None = None,
    workers: int = 1,
    on_step: Callable[[], None] = lambda: None,
) -> ValidationFigures:
    """The figures of the default mode on the validation split. With `repetition` "used", the models are
    those that calibrate the judge in `fit`."""
    if repetition not in REPETITION:
        raise ValueError(f"repetition {repetition!r}; legal: {', '.join(REPETITION)}")
    train, shown = for_calibration(prepared.side("train"), plan.seed), prepared.side("validation")
    longest = shown.values[:, _LONGEST_RUN]
    if repetition == "held-out":
        train, shown = without_repetition(train), without_repetition(shown)
    if repetition == "matched":
        train = matched(train, plan.seed)
    kinds = [one for one in prepared.kinds_of(SELF_NEGATIVES) if (shown.family == one.name).any()]
    parts = parts_of_three(kinds)
    (unseen,) = leave_out(
        train, [shown], parts, plan.calibration_trees, plan.seed + 1, workers, on_step, cache
    )
    scale = calibrated(unseen)
    rows, decided = [], []
    for name, one in unseen.items():
        run = area_under_roc(longest[shown.human], longest[shown.family == name])
        rows.append(FamilyAuc(name, area_under_roc(one.human, one.machine), run))
        human, machine = ((scale.apply(score) >= 0.5).astype(float) for score in (one.human, one.machine))
        decided.append(official_score(human, machine))
    score, human_row, weight = pooled(unseen)
    error = calibration_error(scale.apply(score), human_row, weight)
    of_humans = np.mean([scale.apply(one.human) for one in unseen.values()], axis=0)
    return ValidationFigures(tuple(rows), float(np.mean(decided)), error, of_humans, moved(unseen, scale))


def moved(left_out: Mapping[str, LeftOut], scale: Platt) -> Movement:
    """How far one slip moves the probabilities of the human and machine lines of left-out families."""
    pairs = [
        pair
        for one in left_out.values()
        for pair in ((one.human, one.slipped_human), (one.machine, one.slipped_machine))
        if len(pair[0])
    ]
    found = [Movement.between(scale.apply(before), scale.apply(after)) for before, after in pairs]
    mean, most, flipped = zip(*found, strict=True)
    return Movement(float(np.mean(mean)), float(np.max(most)), float(np.mean(flipped)))


def without_repetition(examples: Examples) -> Examples:
    """The examples with every feature of repetition set to 0."""
    values, slipped = (np.where(_OF_REPETITION, 0.0, one) for one in (examples.values, examples.slipped))
    return replace(examples, values=values, slipped=slipped)


def matched(examples: Examples, seed: int) -> Examples:
    """As many examples, the machine ones resampled (with replacement) so that in each tenth of the
    human longest runs there is the same share of both classes."""
    longest = examples.values[:, _LONGEST_RUN]
    edges = np.quantile(longest[examples.human], np.arange(1, _BINS) / _BINS)
    tenth = np.searchsorted(edges, longest)
    machine = np.flatnonzero(~examples.human)
    counts = np.bincount(tenth[machine], minlength=_BINS)
    human = np.bincount(tenth[examples.human], minlength=_BINS)
    weight: Array = (human / np.maximum(counts, 1))[tenth[machine]]
    random = np.random.default_rng([seed, 29])
    drawn = random.choice(machine, size=len(machine), p=weight / weight.sum())
    return examples.where(np.concatenate([np.flatnonzero(examples.human), np.sort(drawn)]))
