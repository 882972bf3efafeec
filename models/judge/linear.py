"""Regularised logistic regression on clipped robust z-scores, as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_CLIP = 3.0  # in (robust) standard deviations: no single odd number decides


@dataclass(frozen=True, eq=False)
class Linear:
    """`centre`, `scale` and `weight` float64[features], and the `bias`."""

    centre: Array
    scale: Array
    weight: Array
    bias: float

    @classmethod
    def fit(cls, values: Array, human: Array, weight: Array, strength: float = 0.02) -> Linear:
        """Fit on rows [n, features], bool[n] and weights [n]; `strength` is the inverse of the penalty."""
        from sklearn.linear_model import LogisticRegression  # seconds to import, needed here alone

        low, centre, high = np.quantile(values, (0.16, 0.5, 0.84), axis=0)
        scale = np.maximum((high - low) / 2, values.std(axis=0) / 2)
        scale = np.where(scale < 1e-9, 1.0, scale)
        model = LogisticRegression(C=strength, max_iter=400)
        model.fit(np.clip((values - centre) / scale, -_CLIP, _CLIP), human, sample_weight=weight)
        return cls(centre, scale, model.coef_[0], float(model.intercept_[0]))

    def logit(self, values: Array) -> Array:
        """Log odds of human, float64[n]."""
        return np.asarray(self._scores(values) @ self.weight + self.bias)

    def contributions(self, values: Array) -> Array:
        """How much each feature moves the log odds from those of a median row: [n, features]."""
        return np.asarray(self._scores(values) * self.weight)

    def _scores(self, values: Array) -> Array:
        return np.clip((values - self.centre) / self.scale, -_CLIP, _CLIP)

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
