"""Families that are left out are not learned from, and pooled families have equal weight."""

from __future__ import annotations

import numpy as np
import pytest

from models.judge.classifier.calibration import area_under_roc
from models.judge.classifier.ensemble import Ensemble, LeftOut, combined
from models.judge.features.examples import Examples
from models.judge.features.table import NAMES
from models.judge.training.fit import for_calibration
from models.judge.training.leave_out import bootstrap_auc, leave_out, pooled


def examples(seed: int) -> Examples:
    """Human lines and two families; each family differs from the lines in one feature, another for each."""
    random = np.random.default_rng(seed)
    family = np.array([""] * 80 + ["high"] * 40 + ["low"] * 40)
    values = random.normal(size=(160, len(NAMES)))
    values[family == "high", 0] += 6
    values[family == "low", 1] -= 6
    work = np.array([f"w{index % 20}" for index in range(160)])
    return Examples(values, values, np.full(160, "bach"), family, work, np.full(160, 8), np.ones(160, bool))


def test_a_left_out_family_is_not_learned() -> None:
    train, test = examples(0), examples(1)
    (apart,) = leave_out(train, [test], [["high"], ["low"]], trees=10, seed=0)
    (nothing,) = leave_out(train, [test], [["other"]], trees=10, seed=0)
    assert set(apart) == {"high", "low"} and set(nothing) == {"other"}
    for one in apart.values():
        assert (one.human_members.shape, one.machine_members.shape) == ((80, 3), (40, 3))
        # the feature that sets it apart was noise in training; else most of its rows would count as machine
        assert area_under_roc(one.human, one.machine) < 0.7
    known = Ensemble.fit(train, 10, 0).score(test.values, test.composer)
    assert all(area_under_roc(known[test.human], known[test.family == name]) > 0.75 for name in apart)
    assert len(nothing["other"].machine) == 0


def test_pooled_families_have_equal_weight_whatever_their_size() -> None:
    sizes = {"large": (4, 8), "small": (4, 2)}
    left_out = {
        name: LeftOut.of(name, np.ones((human, 2, 3)), np.zeros((machine, 2, 3)))
        for name, (human, machine) in sizes.items()
    }
    score, human, weight = pooled(left_out)
    assert score.tolist() == pytest.approx([1] * 4 + [0] * 8 + [1] * 4 + [0] * 2)
    assert weight.mean() == pytest.approx(1)
    large, small = weight[:12], weight[12:]
    assert large.sum() == pytest.approx(small.sum())
    for part, labels in ((large, human[:12]), (small, human[12:])):
        assert part[labels].sum() == pytest.approx(part[~labels].sum())


def test_the_score_of_the_members() -> None:
    assert combined(np.array([[1.0, 2.0, 3.0]])) == pytest.approx([0.15 * 1 + 0.35 * 2 + 0.5 * 3])


def test_works_are_drawn_whole() -> None:
    """Scores separate human and machine within each work, but not across works: if works are drawn whole, the
    AUC is 3/4 to 1."""
    human, machine = np.array([0.9, 0.3]), np.array([0.5, 0.1])
    works = np.array(["a", "b"])
    # a alone 1, b alone 1; both: .9 beats both, .3 beats one of two
    assert bootstrap_auc(human, works, machine, works, draws=50) == pytest.approx((3 / 4, 3 / 4, 1))


def test_a_third_of_many_lines_calibrates_and_all_of_few() -> None:
    few = examples(0)
    many = Examples.joined([few] * 100)
    assert len(for_calibration(few, seed=0)) == len(few)
    some = for_calibration(many, seed=0)
    assert len(some) / len(many) == pytest.approx(1 / 3, abs=0.02)
    assert (some.family == "high").sum() / (many.family == "high").sum() == pytest.approx(1 / 3, abs=0.03)
