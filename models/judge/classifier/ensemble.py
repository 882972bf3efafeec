"""The model: weighted mean of the log odds of a forest, a regularised logistic regression and small
networks.

The composer to whom a phrase is attributed enters as eight one-hot columns and through the features
that measure the distance to that composer's histograms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.classifier.balance import balanced
from models.judge.classifier.calibration import logistic, logit
from models.judge.classifier.forest import Forest
from models.judge.classifier.linear import Linear
from models.judge.classifier.mlp import Net
from models.judge.features.examples import Examples
from models.judge.features.table import NAMES, Matrix
from violin.challenge import SLUGS

Array = NDArray[Any]
MEMBERS: tuple[str, ...] = ("forest", "regression", "networks")
SHARES = np.array([0.15, 0.35, 0.5])  # chosen on the validation split with families left out
COLUMNS: tuple[str, ...] = (*NAMES, *(f"composer_{slug}" for slug in SLUGS))


def with_composer(values: Matrix, composers: Sequence[str] | Array) -> Matrix:
    """The features with the composer's eight one-hot columns: float64[n, len(COLUMNS)]."""
    claimed = np.array([[float(slug == composer) for slug in SLUGS] for composer in composers])
    return np.concatenate([values, claimed.reshape(len(values), len(SLUGS))], axis=1)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """`score` gives uncalibrated log odds of human."""

    forest: Forest
    linear: Linear
    net: Net

    @classmethod
    def fit(cls, examples: Examples, trees: int, seed: int) -> Ensemble:
        """Fit on examples, weighted by `balanced`."""
        values = with_composer(examples.values, examples.composer)
        slipped = with_composer(examples.slipped, examples.composer)
        weight = balanced(examples)
        human = examples.human
        return cls(
            Forest.grow(_alternate(values, slipped), human, weight, trees, seed),
            Linear.fit(values, slipped, human, weight),
            Net.fit(values, slipped, human, weight, seed),
        )

    def score(self, values: Matrix, composers: Sequence[str] | Array) -> Array:
        """Log odds of human, float64[n]."""
        return combined(self.members(values, composers))

    def members(self, values: Matrix, composers: Sequence[str] | Array) -> Array:
        """Log odds of each of `MEMBERS`: [n, 3]. The forest's are doubled to match the spread of the
        others. All are divided by the distance from human music, if that is above 1, because scores far
        from the training data are less reliable."""
        rows = with_composer(values, composers)
        scores = (2 * logit(self.forest.predict(rows)), self.linear.logit(rows), self.net.logit(rows))
        far = np.maximum(1.0, self.linear.scaler.distance(rows))
        return np.stack(scores, axis=1) / far[:, None]

    def contributions(self, values: Matrix, composers: Sequence[str] | Array) -> Array:
        """The contribution of each column to the human probability, over all members: [n, columns]."""
        rows = with_composer(values, composers)
        _, of_forest = self.forest.contributions(rows)
        total = SHARES[0] * of_forest
        for share, member in ((SHARES[1], self.linear), (SHARES[2], self.net)):
            chance = logistic(member.logit(rows))
            slope = np.maximum(chance * (1 - chance), 0.02)[:, None]
            total = total + share * member.contributions(rows) * slope
        return np.asarray(total)

    def arrays(self) -> dict[str, Array]:
        """The arrays for the weight file."""
        return {
            **{f"forest.{name}": array for name, array in self.forest.arrays().items()},
            **{f"linear.{name}": array for name, array in self.linear.arrays().items()},
            **{f"net.{name}": array for name, array in self.net.arrays().items()},
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Ensemble:
        """Restore from arrays; ValueError if the members do not match each other or the columns."""
        forest = Forest.from_arrays(_under(arrays, "forest."))
        linear = Linear.from_arrays(_under(arrays, "linear."))
        net = Net.from_arrays(_under(arrays, "net."))
        columns = len(COLUMNS)
        if forest.feature.max() >= columns or linear.weight.shape != (2 * columns,):
            raise ValueError(f"a member of the ensemble was fitted on other columns; legal: {columns}")
        if not len(linear.scaler.centre) == len(net.scaler.centre) == columns:
            raise ValueError(f"a scaler of the ensemble was fitted on other columns; legal: {columns}")
        return cls(forest, linear, net)


def combined(members: Array) -> Array:
    """Combine the members' scores, [n, 3] -> [n]."""
    return np.asarray(members @ SHARES)


def _alternate(values: Array, slipped: Array) -> Array:
    """The rows, every second one with its slip."""
    rows = values.copy()
    rows[1::2] = slipped[1::2]
    return rows


def _under(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Scores from a model that was fitted without one family: the members' log odds of every human
    row [humans, members] and of the family's rows [machines, members], and those of the same rows with
    a slip."""

    family: str
    human_members: Array
    machine_members: Array
    slipped_human_members: Array
    slipped_machine_members: Array

    @classmethod
    def of(cls, family: str, human: Array, machine: Array) -> LeftOut:
        """From scores without and with a slip, [rows, 2, members] each."""
        return cls(family, human[:, 0], machine[:, 0], human[:, 1], machine[:, 1])

    @property
    def human(self) -> Array:
        """The model's scores of the human rows, float64[humans]."""
        return combined(self.human_members)

    @property
    def machine(self) -> Array:
        """The model's scores of the family's rows, float64[machines]."""
        return combined(self.machine_members)

    @property
    def slipped_human(self) -> Array:
        """Like `human`, with a slip in each row."""
        return combined(self.slipped_human_members)

    @property
    def slipped_machine(self) -> Array:
        """Like `machine`, with a slip in each row."""
        return combined(self.slipped_machine_members)
