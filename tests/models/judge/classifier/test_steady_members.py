"""The regression and the networks rely on features that a slip does not change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from models.judge.classifier.calibration import area_under_roc
from models.judge.classifier.linear import Linear
from models.judge.classifier.mlp import Net

HUMAN = np.arange(1200) % 4 < 2
WEIGHT = np.ones(len(HUMAN))


def lines() -> tuple[np.ndarray, np.ndarray]:
    """Two features tell human from machine equally well; a slip changes the first one alone."""
    random = np.random.default_rng(0)
    values = random.normal(size=(len(HUMAN), 6))
    values[:, :2] += HUMAN[:, None]
    slipped = values.copy()
    slipped[:, 0] += 1.5 * random.normal(size=len(HUMAN))
    return values, slipped


def linear(values: np.ndarray, slipped: np.ndarray, steadiness: float) -> Linear:
    return Linear.fit(values, slipped, HUMAN, WEIGHT, steadiness=steadiness)


def net(values: np.ndarray, slipped: np.ndarray, steadiness: float) -> Net:
    return Net.fit(values, slipped, HUMAN, WEIGHT, seed=0, nets=1, steadiness=steadiness)


@pytest.mark.parametrize("fit", [linear, net])
def test_the_penalty_makes_a_member_steady(fit: Callable[..., Any]) -> None:
    values, slipped = lines()
    change = {}
    for steadiness in (0.0, 1.0):
        member = fit(values, slipped, steadiness)
        score = member.logit(values)
        assert area_under_roc(score[HUMAN], score[~HUMAN]) > 0.75
        change[steadiness] = np.abs(member.logit(slipped) - score).mean() / score.std()
    assert change[1.0] < 0.8 * change[0.0]


def test_without_the_penalty_the_regression_is_that_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    values, _ = lines()
    ours = Linear.fit(values, values, HUMAN, WEIGHT, steadiness=0.0)
    plain = LogisticRegression(C=0.05, tol=1e-8).fit(ours.scaler.scores(values), HUMAN)
    assert ours.weight == pytest.approx(plain.coef_[0], abs=1e-2)
