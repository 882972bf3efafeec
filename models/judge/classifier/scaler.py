"""Robust scaler: clipped z-scores relative to human lines, and their absolute values, as inputs of
regression and networks.

Each feature gives two columns: a z-score relative to human lines and its absolute value. So a model
can learn "unlike human music in either direction". Without the second column, families without
repetition taught the model that repetition is human, and an unseen loop got the most human score of
all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_CLIP = 3.0  # in robust standard deviations, to limit the effect of a single outlier


@dataclass(frozen=True, eq=False)
class RobustScaler:
    """`centre` and `scale` float64[features] of human lines."""

    centre: Array
    scale: Array

    @classmethod
    def fit(cls, human: Array) -> RobustScaler:
        """Fit on human rows [n, features]. The values are rounded to the precision of the weight
        file, so scores are the same before saving and after loading."""
        low, centre, high = np.quantile(human, (0.16, 0.5, 0.84), axis=0)
        scale = np.maximum((high - low) / 2, human.std(axis=0) / 2)
        scale = np.where(scale < 1e-9, 1.0, scale)
        return cls(*(one.astype(np.float32).astype(np.float64) for one in (centre, scale)))

    def scores(self, values: Array) -> Array:
        """The z-scores, then their absolute values: float64[n, 2 · features]."""
        score = np.clip((values - self.centre) / self.scale, -_CLIP, _CLIP)
        return np.concatenate([score, np.abs(score)], axis=1)

    def distance(self, values: Array) -> Array:
        """The root mean square of the z-scores, float64[n]: about 1 for a human line."""
        return np.asarray(np.sqrt((self.scores(values)[:, : len(self.centre)] ** 2).mean(axis=1)))

    def folded(self, of_scores: Array) -> Array:
        """Sum the two columns of each feature: [n, 2 · features] -> [n, features]."""
        count = len(self.centre)
        return np.asarray(of_scores[:, :count] + of_scores[:, count:])

    def arrays(self) -> dict[str, Array]:
        """The arrays for the weight file."""
        return {"centre": self.centre.astype(np.float32), "scale": self.scale.astype(np.float32)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> RobustScaler:
        """Restore from arrays; ValueError if the lengths differ or a scale is not positive."""
        centre, scale = arrays["centre"], arrays["scale"]
        if centre.ndim != 1 or centre.shape != scale.shape:
            raise ValueError("centre and scale of the features differ in length")
        if (scale <= 0).any():
            raise ValueError("a scale of the features is not positive")
        return cls(arrays["centre"].astype(np.float64), arrays["scale"].astype(np.float64))
