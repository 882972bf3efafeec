"""The figures of an evaluation and how each is drawn from scores of left-out families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.calibrate import Interval, area_under_roc, equal_weights
from models.judge.examples import Examples
from models.judge.protocol import bootstrap_auc

Array = NDArray[Any]

BASELINES = (
    "constant",
    "exp(-NLL)",
    "longest repeated run",
    "metadata only",
    "LR alone",
    "forest alone",
    "gate",
)


@dataclass(frozen=True, eq=False)
class FamilyFigures:
    """One left-out family: AUC with its interval, before the gate, with the whole cluster left out,
    of the baselines; the official score decided and soft; the share that the gate flags."""

    name: str
    cluster: str
    words: str
    count: int
    auc: Interval
    ungated: float
    cluster_auc: float
    baselines: Mapping[str, float]
    decided: float
    soft: float
    flagged: float
    paired: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All figures of a report. Probabilities are after scaling and gate, families left out. Figures
    that are one number for all are over `families`, the corruptions and small generators made of
    human lines; `composers` are our own composer's temperatures, left out together."""

    families: Sequence[FamilyFigures]
    composers: Sequence[FamilyFigures]
    by_composer: Mapping[str, tuple[int, Interval]]
    by_length: Mapping[str, tuple[int, Interval]]
    own_hcs: Interval
    other_hcs: Interval
    ece: float
    brier: float
    decided: float
    soft: float
    human_flagged: float
    curve: Sequence[tuple[float, float, float]]
    seen_auc: float
    counts: Mapping[str, int]
    positives_only: float = 0.5
    foreign: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    transfer: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def mean_auc(self) -> float:
        return float(np.mean([one.auc.value for one in self.families]))

    @property
    def composer_auc(self) -> float | None:
        """The mean AUC over our composer's temperatures; None where none were measured."""
        return float(np.mean([one.auc.value for one in self.composers])) if self.composers else None

    @property
    def worst_auc(self) -> float:
        return min(one.auc.value for one in self.families)

    def baseline(self, name: str) -> float:
        """The mean AUC of a baseline over the families."""
        return float(np.mean([one.baselines[name] for one in self.families]))


@dataclass(frozen=True, eq=False)
class Scored:
    """The test side with the probabilities of the left-out models: `human[family]` float64[n] of
    every human row by the model without that family, `machine[family]` of that family's rows."""

    test: Examples
    human: Mapping[str, Array]
    machine: Mapping[str, Array]


def pooled_chances(scored: Scored, names: Sequence[str]) -> tuple[Array, Array, Array]:
    """(probability, is human, weight) over families, each at equal priors and of equal weight."""
    chance, is_human, weight = [], [], []
    for name in names:
        both = np.concatenate([scored.human[name], scored.machine[name]])
        mask = np.arange(len(both)) < len(scored.human[name])
        chance.append(both)
        is_human.append(mask)
        weight.append(equal_weights(mask) / len(both))
    return np.concatenate(chance), np.concatenate(is_human), np.concatenate(weight)


def by_composer(scored: Scored, seed: int) -> dict[str, tuple[int, Interval]]:
    """AUC over all left-out families, for the lines that claim each composer, their own music."""
    test = scored.test
    found: dict[str, tuple[int, Interval]] = {}
    for composer in sorted(set(test.composer.tolist())):
        rows = (test.composer == composer) & test.own
        if rows[test.human].sum() >= 5:
            found[composer] = (int(rows[test.human].sum()), auc_of(scored, rows, seed))
    return found


def by_length(scored: Scored, seed: int) -> dict[str, tuple[int, Interval]]:
    """AUC over all left-out families, by the number of bars of the human source."""
    test = scored.test
    found = {}
    for label, low, high in (("8 and 9 bars", 8, 9), ("10 to 14 bars", 10, 14), ("15 and 16 bars", 15, 16)):
        rows = (test.bars >= low) & (test.bars <= high)
        if rows[test.human].sum() >= 10:
            found[label] = (int(rows[test.human].sum()), auc_of(scored, rows, seed))
    return found


def auc_of(scored: Scored, rows: Array, seed: int) -> Interval:
    """The mean over families of the AUC within some rows; the interval from pooled ranks."""
    test = scored.test
    ours_mask, values, human_scores, groups, machine_groups = rows[test.human], [], [], [], []
    machine_scores = []
    for name, ours in scored.human.items():
        mask = test.family == name
        inside = rows[mask]
        if inside.any():
            values.append(area_under_roc(ours[ours_mask], scored.machine[name][inside]))
            human_scores.append(ours[ours_mask])
            groups.append(test.group[test.human][ours_mask])
            machine_scores.append(scored.machine[name][inside])
            machine_groups.append(test.group[mask][inside])
    pooled = bootstrap_auc(
        np.concatenate(human_scores),
        np.concatenate(groups),
        np.concatenate(machine_scores),
        np.concatenate(machine_groups),
        seed,
        draws=100,
    )
    middle = float(np.mean(values))
    return Interval(middle, middle + pooled.low - pooled.value, middle + pooled.high - pooled.value)


def mean_interval(values: Array, groups: Array, seed: int) -> Interval:
    """A mean with its interval over works drawn with replacement."""
    if len(values) == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    works = np.unique(groups)
    totals = np.array([values[groups == work].sum() for work in works])
    counts = np.array([(groups == work).sum() for work in works])
    drawn = np.random.default_rng([seed, 6]).integers(len(works), size=(300, len(works)))
    means = totals[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(values.mean()), float(low), float(high))


def paired(ours: Array, our_groups: Array, theirs: Array, their_groups: Array) -> float:
    """How often a human line of the same work gets more than the machine line: matched pairs."""
    shares = []
    for work in np.unique(their_groups):
        human, machine = ours[our_groups == work], theirs[their_groups == work]
        if len(human):
            shares += [area_under_roc(human, np.array([one])) for one in machine]
    return float(np.mean(shares)) if shares else 0.5


def foreign_figures(
    probabilities: Mapping[str, Array], human: Array, controls: Mapping[str, Array]
) -> dict[str, dict[str, float]]:
    """Per foreign system: phrases, mean HCS, AUC against our human test lines, and against the
    human control phrases that came with the system, where there are any."""
    found: dict[str, dict[str, float]] = {}
    for system, scores in probabilities.items():
        row = {
            "phrases": float(len(scores)),
            "mean HCS": float(scores.mean()),
            "AUC": area_under_roc(human, scores),
        }
        if len(controls.get(system, ())):
            row["AUC against its own human control"] = area_under_roc(controls[system], scores)
            row["mean HCS of the control"] = float(controls[system].mean())
        found[system] = row
    return found
