"""Regularised logistic regression on clipped robust z-scores and their sizes, as plain arrays.

Each feature enters twice: as a z-score against human lines and as that score's absolute value. So
the regression can say "unlike human music, whichever way": families that repeat nothing taught
it that repetition is human, and without the second column a loop that it had not seen was the
most human of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_CLIP = 3.0  # in (robust) standard deviations: no single odd number decides


@dataclass(frozen=True, eq=False)
class Linear:
    """`centre` and `scale` float64[features], `weight` float64[2 · features]: of the z-scores, then of
    their absolute values; and the `bias`."""

    centre: Array
    scale: Array
    weight: Array
    bias: float

    @classmethod
    def fit(cls, values: Array, human: Array, weight: Array, strength: float = 0.05) -> Linear:
        """Fit on rows [n, features], bool[n] and weights [n]; `strength` is the inverse of the penalty."""
        from sklearn.linear_model import LogisticRegression  # seconds to import, needed here alone

        known = values[human]
        low, centre, high = np.quantile(known, (0.16, 0.5, 0.84), axis=0)
        scale = np.maximum((high - low) / 2, known.std(axis=0) / 2)
        scale = np.where(scale < 1e-9, 1.0, scale)
        unfitted = cls(centre, scale, np.zeros(2 * len(centre)), 0.0)
        model = LogisticRegression(C=strength, max_iter=400)
        model.fit(unfitted._scores(values), human, sample_weight=weight)
        return replace(unfitted, weight=model.coef_[0], bias=float(model.intercept_[0]))

    def logit(self, values: Array) -> Array:
        """Log odds of human, float64[n]."""
        return np.asarray(self._scores(values) @ self.weight + self.bias)

    def contributions(self, values: Array) -> Array:
        """How much each feature moves the log odds from those of a median human row: [n, features]."""
        moved = self._scores(values) * self.weight
        count = len(self.centre)
        return np.asarray(moved[:, :count] + moved[:, count:])

    def _scores(self, values: Array) -> Array:
        score = np.clip((values - self.centre) / self.scale, -_CLIP, _CLIP)
        return np.concatenate([score, np.abs(score)], axis=1)

    def arrays(self) -> dict[str, Array]:
        """What a weight file keeps."""
        return {
            "centre": self.centre,
            "scale": self.scale,
            "weight": self.weight,
            "bias": np.array([self.bias]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Linear:
        return cls(arrays["centre"], arrays["scale"], arrays["weight"], float(arrays["bias"][0]))
