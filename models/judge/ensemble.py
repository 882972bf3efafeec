"""The model: a forest and a regularised logistic regression, their log odds averaged.

The composer that a phrase claims enters as eight columns of 0 and 1 beside the features, and
through the distances to that composer's histograms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.calibrate import logistic, logit
from models.judge.examples import Examples
from models.judge.features import NAMES, Matrix
from models.judge.forest import Forest
from models.judge.linear import Linear
from violin.challenge import SLUGS

Array = NDArray[Any]
FOREST_SHARE = 0.4  # chosen on the validation side, families left out
COLUMNS: tuple[str, ...] = (*NAMES, *(f"composer_{slug}" for slug in SLUGS))


def with_composer(values: Matrix, composers: Sequence[str] | Array) -> Matrix:
    """The features with the composer's eight columns: float64[n, len(COLUMNS)]."""
    claimed = np.array([[float(slug == composer) for slug in SLUGS] for composer in composers])
    return np.concatenate([values, claimed.reshape(len(values), len(SLUGS))], axis=1)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """`score` gives uncalibrated log odds of human."""

    forest: Forest
    linear: Linear

    @classmethod
    def fit(cls, examples: Examples, trees: int, seed: int) -> Ensemble:
        """Fit on examples; both classes weigh as much, and so do all families."""
        values = with_composer(examples.values, examples.composer)
        weight = balanced(examples)
        human = examples.human
        return cls(Forest.grow(values, human, weight, trees, seed), Linear.fit(values, human, weight))

    def score(self, values: Matrix, composers: Sequence[str] | Array) -> Array:
        """Log odds of human, float64[n]."""
        return combined(self.halves(values, composers))

    def halves(self, values: Matrix, composers: Sequence[str] | Array) -> Array:
        """Log odds of the forest, doubled to the spread of the other's, and of the regression: [n, 2]."""
        rows = with_composer(values, composers)
        return np.stack([2 * logit(self.forest.predict(rows)), self.linear.logit(rows)], axis=1)

    def contributions(self, values: Matrix, composers: Sequence[str] | Array) -> Array:
        """How much each column moves the chance of human, of both halves together: [n, columns]."""
        rows = with_composer(values, composers)
        _, of_forest = self.forest.contributions(rows)
        chance = logistic(self.linear.logit(rows))
        slope = np.maximum(chance * (1 - chance), 0.02)[:, None]
        return np.asarray(
            FOREST_SHARE * of_forest + (1 - FOREST_SHARE) * self.linear.contributions(rows) * slope
        )

    def arrays(self) -> dict[str, Array]:
        """What a weight file keeps."""
        return {
            **{f"forest.{name}": array for name, array in self.forest.arrays().items()},
            **{f"linear.{name}": array for name, array in self.linear.arrays().items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Ensemble:
        return cls(
            Forest.from_arrays(_under(arrays, "forest.")), Linear.from_arrays(_under(arrays, "linear."))
        )


def combined(halves: Array) -> Array:
    """One score from the two halves, [n, 2] -> [n]."""
    return np.asarray(halves @ np.array([FOREST_SHARE, 1 - FOREST_SHARE]))


def balanced(examples: Examples) -> Array:
    """Weights: human and machine as much in all, families as much among the machine; mean 1."""
    weight = np.zeros(len(examples))
    names = [name for name in np.unique(examples.family) if name != ""]
    for name in names:
        mine = examples.family == name
        weight[mine] = 1 / mine.sum() / len(names)
    weight[examples.human] = 1 / max(1, examples.human.sum())
    return np.asarray(weight * len(examples) / weight.sum())


def _under(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}
