"""Probabilities and the figures that judge them, against values computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.judge.classifier.calibration import (
    Platt,
    area_under_roc,
    brier,
    calibration_error,
    equal_weights,
    logistic,
    logit,
    official_score,
    reliability,
)

CHANCE = np.array([0.1, 0.3, 0.6, 0.8])
HUMAN = np.array([False, True, True, True])
EVEN = np.ones(4)


def test_log_odds_there_and_back() -> None:
    assert logistic(np.array([0.0, math.log(3)])) == pytest.approx([0.5, 0.75])
    assert logit(np.array([0.5, 0.75])) == pytest.approx([0, math.log(3)])
    assert logit(np.array([0.0, 1.0])) == pytest.approx([-math.log(9999), math.log(9999)])


def test_platt_scaling() -> None:
    assert Platt(2, -1).apply(np.array([0.5, 1.0])) == pytest.approx([0.5, 1 / (1 + math.exp(-1))])
    # one row of each class: Platt's targets are 2/3 and 1/3, so the slope is log(2) at scores of 1 and -1
    fitted = Platt.fit(np.array([-1.0, 1.0]), np.array([False, True]), np.ones(2))
    assert (fitted.slope, fitted.offset) == pytest.approx((math.log(2), 0), abs=1e-6)


def test_both_classes_have_equal_weight() -> None:
    assert equal_weights(HUMAN) == pytest.approx([2, 2 / 3, 2 / 3, 2 / 3])


def test_area_under_roc_counts_pairs_and_half_of_ties() -> None:
    # 9 beats both, 5 ties with one and beats the other, 1 loses to both: (2 + 1.5 + 0) of 6 pairs
    assert area_under_roc(np.array([9.0, 5, 1]), np.array([5.0, 2])) == pytest.approx(3.5 / 6)
    assert area_under_roc(np.array([1.0]), np.zeros(0)) == 0.5


def test_brier() -> None:
    # squared errors .01, .49, .16, .04; the weights 3, 1, 1, 1 sum to 6
    assert brier(CHANCE, HUMAN, EVEN) == pytest.approx(0.70 / 4)
    assert brier(CHANCE, HUMAN, np.array([3.0, 1, 1, 1])) == pytest.approx(0.72 / 6)


def test_calibration_error_and_reliability() -> None:
    # two bins of equal mass: {.1, .3} with half human, {.6, .8} all human; both gaps are .3
    assert calibration_error(CHANCE, HUMAN, EVEN, bins=2) == pytest.approx(0.3)
    rows = reliability(CHANCE, HUMAN, EVEN, bins=2)
    assert np.array(rows) == pytest.approx(np.array([[0.2, 0.5, 0.5], [0.7, 1.0, 0.5]]))
    # the first row weighs as much as the other three: it is a bin of its own
    heavy = np.array([3.0, 1, 1, 1])
    rows = reliability(CHANCE, HUMAN, heavy, bins=2)
    assert np.array(rows) == pytest.approx(np.array([[0.1, 0.0, 0.5], [1.7 / 3, 1.0, 0.5]]))
    assert calibration_error(CHANCE, HUMAN, heavy, bins=2) == pytest.approx((0.1 + 1.3 / 3) / 2)


def test_the_official_score() -> None:
    assert official_score(np.array([0.9, 0.7]), np.array([0.2, 0.4])) == pytest.approx(0.8 + 1 - 0.3)
