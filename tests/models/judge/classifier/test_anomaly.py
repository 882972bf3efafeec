"""The anomaly test against p-values computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.judge.classifier.anomaly import FLAG_BELOW, WATCHED, AnomalyTest, flagged
from models.judge.features.table import NAMES

CALIBRATION = np.tile(np.arange(99, dtype=np.float32), (len(WATCHED), 1))
ANOMALY = AnomalyTest(CALIBRATION, np.array([0.02, 0.04, 0.04, 0.5], np.float32))


def row(**watched: float) -> np.ndarray:
    """Features in the middle of the calibration values, but for some."""
    values = np.full((1, len(NAMES)), 49.0)
    for name, value in watched.items():
        values[0, NAMES.index(name)] = value
    return values


@pytest.mark.parametrize("odd", [0.0, 98.0])
def test_the_extreme_value_on_either_side_is_an_outlier(odd: float) -> None:
    # two-sided: 2 (1 + 1) / (99 + 1) = .04 at one end; three of four human phrases are as odd
    values = row(in_scale=odd)
    assert ANOMALY.p_values(values) == pytest.approx([(3 + 1) / (4 + 1)])
    assert ANOMALY.oddest(values) == ["in_scale"]


def test_a_value_in_the_middle_is_not_an_outlier() -> None:
    assert ANOMALY.p_values(row()) == pytest.approx([1.0])


def test_beyond_all_calibration_values_the_p_value_goes_on_falling() -> None:
    # the middle 80 % reaches from value 9 to value 89: a width of 80. At -80: .02 exp(-1), below all of least
    assert ANOMALY.p_values(row(in_scale=-80)) == pytest.approx([1 / 5])
    two_sided = ANOMALY._two_sided(np.full((1, len(WATCHED)), -80.0))
    assert two_sided == pytest.approx(np.full((1, len(WATCHED)), 0.02 * math.exp(-1)))


def test_p_values_of_further_human_phrases_are_even() -> None:
    values = np.random.default_rng(0).normal(size=(6000, len(NAMES)))
    groups = np.array([f"collection{index % 50}:1" for index in range(4000)])
    p = AnomalyTest.fit(values[:4000], groups).p_values(values[4000:])
    assert [(p <= level).mean() for level in (0.25, 0.5, 0.9)] == pytest.approx([0.25, 0.5, 0.9], abs=0.03)


def test_ranked_across_collections_a_new_collection_is_flagged_less() -> None:
    """Each of 40 made-up collections has its own style, so its phrases are flagged together: means over
    three draws."""
    across, within = [], []
    for seed in range(3):
        random = np.random.default_rng(seed)
        collections = np.repeat(np.arange(40), 100)
        centre = 3 * random.normal(size=(40, len(NAMES)))
        values = centre[collections] + random.normal(size=(4000, len(NAMES)))
        known = collections < 30
        groups = np.array([f"collection{one}:{index}" for index, one in enumerate(collections)])
        for found, names in ((across, groups[known]), (within, np.full(known.sum(), "all"))):
            p = AnomalyTest.fit(values[known], names).p_values(values[~known])
            found.append((p <= 0.05).mean())
    assert np.mean(across) < 0.15
    assert np.mean(within) > 1.5 * np.mean(across)


def test_the_probability_falls_in_proportion_below_the_threshold() -> None:
    p = np.array([1.0, FLAG_BELOW, FLAG_BELOW / 2, FLAG_BELOW / 10])
    assert flagged(np.full(4, 0.8), p) == pytest.approx([0.8, 0.8, 0.4, 0.08])
