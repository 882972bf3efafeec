"""Calibration of scores to probabilities, and metrics of probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from violin import challenge

Array = NDArray[Any]


def logistic(logit: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -40, 40))))


def logit(probability: Array) -> Array:
    """Log odds, with probabilities clipped to [1e-4, 1 - 1e-4]."""
    inside = np.clip(probability, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(inside / (1 - inside)))


@dataclass(frozen=True)
class Platt:
    """probability = logistic(slope · score + offset) (Platt 1999)."""

    slope: float = 1.0
    offset: float = 0.0

    @classmethod
    def fit(cls, score: Array, human: Array, weight: Array) -> Platt:
        """Fit with Newton's method with backtracking on the weighted log loss (Lin, Lin & Weng, Machine
        Learning 68, 2007: plain Newton steps can diverge). Platt's targets are just inside 0 and 1."""
        positive, negative = float(weight[human].sum()), float(weight[~human].sum())
        target = np.where(human, (positive + 1) / (positive + 2), 1 / (negative + 2))

        def loss(slope: float, offset: float) -> float:
            fitted = slope * score + offset
            return float(weight @ (np.logaddexp(0, fitted) - target * fitted))

        slope, offset = 0.0, 0.0
        for _ in range(100):
            chance = logistic(slope * score + offset)
            error = weight * (chance - target)
            gradient = np.array([error @ score, error.sum()])
            curvature = weight * chance * (1 - chance)
            across = float(curvature @ score)
            hessian = np.array([[curvature @ score**2 + 1e-9, across], [across, curvature.sum() + 1e-9]])
            step = np.linalg.solve(hessian, gradient)
            length, before = 1.0, loss(slope, offset)
            while length > 1e-6 and loss(slope - length * step[0], offset - length * step[1]) > before:
                length /= 2
            slope, offset = slope - length * float(step[0]), offset - length * float(step[1])
            if length * np.abs(step).max() < 1e-7:
                break
        return cls(slope, offset)

    def apply(self, score: Array) -> Array:
        return logistic(self.slope * score + self.offset)


class Interval(NamedTuple):
    """An estimate with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def equal_weights(human: Array) -> Array:
    """Weights that give both classes the same total weight, with mean 1: float64[n]."""
    count = len(human)
    share = max(1, int(human.sum())), max(1, int((~human).sum()))
    return np.where(human, count / (2 * share[0]), count / (2 * share[1]))


def area_under_roc(human_scores: Array, machine_scores: Array) -> float:
    """P(human > machine) + P(equal) / 2 (Mann & Whitney 1947); .5 if a class is empty.

    >>> area_under_roc(np.array([0.9, 0.5]), np.array([0.5, 0.1]))
    0.875
    """
    if len(human_scores) == 0 or len(machine_scores) == 0:
        return 0.5
    machine = np.sort(machine_scores)
    below = np.searchsorted(machine, human_scores, side="left")
    upto = np.searchsorted(machine, human_scores, side="right")
    return float((below + upto).mean() / 2 / len(machine))


def brier(probability: Array, human: Array, weight: Array) -> float:
    """Weighted mean squared error of the probabilities (Brier 1950)."""
    return float(np.average((probability - human) ** 2, weights=weight))


def calibration_error(probability: Array, human: Array, weight: Array, bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass (Nixon et al. 2019)."""
    total = 0.0
    for part in _equal_mass(probability, weight, bins):
        gap = np.average(probability[part], weights=weight[part]) - np.average(
            human[part], weights=weight[part]
        )
        total += abs(float(gap)) * float(weight[part].sum())
    return total / float(weight.sum())


def reliability(
    probability: Array, human: Array, weight: Array, bins: int = 10
) -> list[tuple[float, float, float]]:
    """(mean probability, share of human, share of the weight) for each bin of equal mass."""
    rows = []
    for part in _equal_mass(probability, weight, bins):
        mass = float(weight[part].sum())
        rows.append(
            (
                float(np.average(probability[part], weights=weight[part])),
                float(np.average(human[part], weights=weight[part])),
                mass / float(weight.sum()),
            )
        )
    return rows


def official_score(human_probability: Array, machine_probability: Array) -> float:
    """The organisers' score of a judge: mean HCS of human + mean (1 - HCS) of machine, 0 to 2.

    >>> official_score(np.array([1.0, 0.5]), np.array([0.25]))
    1.5
    """
    return challenge.official_score(float(human_probability.mean()), float(machine_probability.mean()))


def _equal_mass(probability: Array, weight: Array, bins: int) -> list[Array]:
    order = np.argsort(probability, kind="stable")
    place = np.cumsum(weight[order]) / weight.sum()
    number = np.minimum((place * bins - 1e-9).astype(int), bins - 1)
    return [order[number == one] for one in range(bins) if (number == one).any()]
