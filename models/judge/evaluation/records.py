"""Data types of an evaluation: the scores of left-out families and the figures computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from models.judge.classifier.calibration import (
    Interval,
)
from models.judge.evaluation.steadiness import Movement
from models.judge.features.examples import Examples
from models.judge.features.measures import Array, correlation

BASELINES = (
    "constant",
    "exp(-NLL)",
    "longest repeated run",
    "metadata only",
    "regression alone",
    "forest alone",
    "networks alone",
    "anomaly test",
)


@dataclass(frozen=True, eq=False)
class FamilyFigures:
    """One left-out family: AUC with its interval, AUC without the anomaly test, AUC with its whole
    architecture left out (None if not measured), AUC of the baselines; the official score of decided
    (0 or 1) and of soft probabilities; the share flagged by the anomaly test."""

    name: str
    cluster: str
    architecture: str
    words: str
    count: int
    auc: Interval
    auc_without_anomaly_test: float
    architecture_auc: float | None
    baselines: Mapping[str, float]
    decided: float
    soft: float
    flagged: float
    paired: float


class ModeFigures(NamedTuple):
    """One mode of the judge on lines of left-out families: the mean AUC with its interval and the
    worst family's, the official score (decided and soft), calibration, the mean HCS of human lines
    by the eight and by others, the mean AUC on our own composer and on further generators (None if
    there are none), the number of human lines; `curve` is the reliability curve."""

    mean_auc: Interval
    worst: str
    worst_auc: Interval
    decided: Interval
    soft: float
    ece: float
    brier: float
    own_hcs: Interval
    other_hcs: Interval
    composer: float | None
    further: float | None
    humans: int
    curve: Sequence[tuple[float, float, float]]


class CutFigures(NamedTuple):
    """Mean AUC over left-out families on long lines, `whole` and `cut` to eight bars, and the
    number of human lines."""

    humans: int
    whole: Interval
    cut: Interval


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All figures of a report. Probabilities are after Platt scaling and anomaly test, with
    families left out. Summary figures are over `families`: the corruptions and small generators
    made from human lines. `composers` are our own composer's checkpoints and temperatures, left out
    together. `further` are the generators that the default mode is not trained on. `seen_auc` is the
    mean AUC on families in the training (None if not measured). `slip` is how far one slip moves the
    probabilities. `transfer[learnt][shown]` is the AUC between clusters. `foreign` has the figures of
    foreign systems by mode of the shipped judge."""

    families: Sequence[FamilyFigures]
    composers: Sequence[FamilyFigures]
    further: Sequence[FamilyFigures]
    modes: Mapping[str, ModeFigures]
    by_composer: Mapping[str, tuple[int, Interval]]
    by_length: Mapping[str, tuple[int, Interval]]
    at_eight: Mapping[str, Interval]
    by_composer_hcs: Mapping[str, tuple[int, float]]
    human_flagged: float
    own_human_flagged: float
    seen_auc: float | None
    slip: Movement
    counts: Mapping[str, int]
    transfer: Mapping[str, Mapping[str, float]]
    cut: CutFigures | None = None
    foreign: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)

    @property
    def default(self) -> ModeFigures:
        """The figures of the default mode, which is the first one."""
        return next(iter(self.modes.values()))

    @property
    def run_correlation(self) -> float:
        """Pearson's r over all families of the judge's AUC and that of the longest repeated run alone."""
        rows = (*self.families, *self.composers)
        return correlation(
            np.array([one.auc.value for one in rows]),
            np.array([one.baselines["longest repeated run"] for one in rows]),
        )

    def baseline(self, name: str) -> float:
        """The mean AUC of a baseline over the families."""
        return float(np.mean([one.baselines[name] for one in self.families]))


@dataclass(frozen=True, eq=False)
class Scored:
    """The test split with the probabilities of the left-out models: `human[family]` float64[n] for
    every human row from the model without that family, `machine[family]` for that family's rows."""

    test: Examples
    human: Mapping[str, Array]
    machine: Mapping[str, Array]
