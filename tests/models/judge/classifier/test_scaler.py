"""Robust z-scores and the distance from human lines."""

from __future__ import annotations

import numpy as np
import pytest

from models.judge.classifier.scaler import RobustScaler


def test_scores_are_z_scores_and_their_absolute_values() -> None:
    scaler = RobustScaler(np.array([1.0, 0.0]), np.array([2.0, 1.0]))
    assert scaler.scores(np.array([[0.0, 9.0]])).tolist() == [[-0.5, 3.0, 0.5, 3.0]]


def test_human_lines_are_at_a_distance_of_about_one() -> None:
    human = np.random.default_rng(0).normal(5, 3, size=(2000, 40))
    scaler = RobustScaler.fit(human)
    assert scaler.distance(human).mean() == pytest.approx(1.0, abs=0.05)
    assert scaler.distance(human + 6).mean() > 1.9
    assert scaler.distance(np.full((1, 40), 1e9)) == pytest.approx([3.0])
