"""Explains a judgement: the features with the largest contributions, in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.judge.classifier.anomaly import FLAG_BELOW
from models.judge.classifier.ensemble import COLUMNS
from models.judge.features.measures import Array
from models.judge.features.table import FEATURES, NAMES, Matrix
from models.judge.weights import Parts


@dataclass(frozen=True)
class Reason:
    """A feature and its contribution to a judgement. `moved` is the change of the human
    probability; negative means towards machine. `human_low`, `human_middle` and `human_high` are
    the 10th, 50th and 90th percentile of human phrases. `flag` marks a reason from the anomaly
    test."""

    feature: str
    words: str
    value: float
    human_low: float
    human_middle: float
    human_high: float
    moved: float
    flag: bool = False

    def __str__(self) -> str:
        usual = f"human phrases {self.human_low:.3g} to {self.human_high:.3g}"
        if self.flag:
            return f"{self.words}: {self.value:.3g} ({usual}); almost no human phrase is like that: machine"
        side = "human" if self.moved > 0 else "machine"
        return f"{self.words}: {self.value:.3g} ({usual}); speaks for {side} ({self.moved:+.3f})"

    def as_json(self) -> dict[str, Any]:
        """The reason as plain JSON values."""
        return asdict(self)


def reasons(parts: Parts, mode: str, values: Matrix, composer: str, count: int) -> list[Reason]:
    """The strongest reasons for one row of features, [1, features]. A flag of the anomaly test
    comes first."""
    found: list[Reason] = []
    p = float(parts.anomaly_test.p_values(values)[0])
    ensemble = parts.ensembles.get(mode)
    if p < FLAG_BELOW or ensemble is None:
        name = parts.anomaly_test.oddest(values)[0]
        found.append(_reason(parts, name, values, -1.0 + p, flag=p < FLAG_BELOW))
    if ensemble is None:
        return found
    moved = ensemble.contributions(values, [composer])[0]
    for column in np.argsort(-np.abs(moved)).tolist():
        if len(found) == count:
            break
        name = COLUMNS[column]
        if name in FEATURES and all(name != one.feature for one in found):
            found.append(_reason(parts, name, values, float(moved[column]), flag=False))
    return found


def _reason(parts: Parts, name: str, values: Matrix, moved: float, flag: bool) -> Reason:
    column = NAMES.index(name)
    low, middle, high = (float(one) for one in parts.quantiles[column])
    return Reason(
        name, FEATURES[name].words, float(values[0, column]), low, middle, high, round(moved, 4), flag
    )


def human_quantiles(values: Array) -> Array:
    """The 10th, 50th and 90th percentile of each feature of human rows: float32[features, 3]."""
    return np.quantile(values, (0.1, 0.5, 0.9), axis=0).T.astype(np.float32)
