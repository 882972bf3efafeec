"""Regularised logistic regression on `RobustScaler` scores, as plain arrays.

Besides the usual penalty on the weights there is a penalty on the effect of a copyist's slip: the square
of the difference of the log odds of a line with and without its slip. With D the differences of the scores,
the penalty of weights w is w' (I / strength + steadiness D'D) w. The Cholesky factor of that matrix turns the
penalty into the plain one of scikit-learn.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.classifier.scaler import RobustScaler

Array = NDArray[Any]
STEADINESS = 0.3
_STEPS = 120  # of L-BFGS: three times as many took six times the time for .002 of AUC


@dataclass(frozen=True, eq=False)
class Linear:
    """`weight` float64[2 · features] for the scores, and `bias`."""

    scaler: RobustScaler
    weight: Array
    bias: float

    @classmethod
    def fit(
        cls,
        values: Array,
        slipped: Array,
        human: Array,
        weight: Array,
        strength: float = 0.05,
        steadiness: float = STEADINESS,
    ) -> Linear:
        """Fit on rows [n, features], the same lines with a slip each, labels bool[n] and weights [n].
        `strength` is the inverse of the penalty on the weights, `steadiness` the penalty on the effect
        of a slip. Every second row is fitted with its slip."""
        from scipy.linalg import solve_triangular
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression  # slow to import (seconds), needed only here

        scaler = RobustScaler.fit(values[human])
        scores, changed = scaler.scores(values), scaler.scores(slipped)
        change = (changed - scores) * np.sqrt(weight)[:, None]
        penalty = steadiness * (change.T @ change)
        penalty[np.diag_indices_from(penalty)] += 1 / strength
        root = np.linalg.cholesky(penalty)
        scores[1::2] = changed[1::2]
        model = LogisticRegression(C=1.0, max_iter=_STEPS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is intended
            model.fit(solve_triangular(root, scores.T, lower=True).T, human, sample_weight=weight)
        found = solve_triangular(root.T, model.coef_[0], lower=False)
        return cls(scaler, found, float(model.intercept_[0]))

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
