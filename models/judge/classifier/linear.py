"""Regularised logistic regression on `RobustScaler` scores, as plain arrays."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.classifier.scaler import RobustScaler

Array = NDArray[Any]
_STEPS = 120  # of L-BFGS: three times as many took six times the time for .002 of AUC


@dataclass(frozen=True, eq=False)
class Linear:
    """`weight` float64[2 · features] for the scores, and `bias`."""

    scaler: RobustScaler
    weight: Array
    bias: float

    @classmethod
    def fit(cls, values: Array, human: Array, weight: Array, strength: float = 0.05) -> Linear:
        """Fit on rows [n, features], labels bool[n] and weights [n]. `strength` is the inverse of
        the penalty."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression  # slow to import (seconds), needed only here

        scaler = RobustScaler.fit(values[human])
        model = LogisticRegression(C=strength, max_iter=_STEPS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is intended
            model.fit(scaler.scores(values), human, sample_weight=weight)
        return cls(scaler, model.coef_[0], float(model.intercept_[0]))

    def logit(self, values: Array) -> Array:
        """Log odds of human, float64[n]."""
        return np.asarray(self.scaler.scores(values) @ self.weight + self.bias)

    def contributions(self, values: Array) -> Array:
        """Each feature's contribution to the log odds, relative to a median human row: [n, features]."""
        return self.scaler.folded(self.scaler.scores(values) * self.weight)

    def arrays(self) -> dict[str, Array]:
        """The arrays for the weight file."""
        return {**self.scaler.arrays(), "weight": self.weight, "bias": np.array([self.bias])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Linear:
        return cls(RobustScaler.from_arrays(arrays), arrays["weight"], float(arrays["bias"][0]))
