"""The weights of families and of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.judge.classifier.balance import COMPOSER_SHARE, balanced, family_weights
from models.judge.features.examples import Examples

NAMES = ["loop", "noise", "markov", "composer_1", "composer_0.8", "composer-plan_1"]


@given(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
def test_our_composer_has_one_share_however_it_is_sampled(names: list[str]) -> None:
    weight = family_weights(names)
    assert weight.sum() == pytest.approx(1)
    ours = np.array([name.startswith("composer") for name in names])
    if ours.any() and not ours.all():
        assert weight[ours].sum() == pytest.approx(COMPOSER_SHARE)
    for kind in (weight[ours], weight[~ours]):
        assert kind == pytest.approx([kind.mean()] * len(kind) if len(kind) else [])


def test_both_classes_weigh_the_same_and_so_do_families() -> None:
    family = np.array([""] * 5 + ["loop"] * 1 + ["noise"] * 3 + ["composer_1"] * 2)
    none = np.zeros((11, 1))
    rows = Examples(none, none, family, family, family, np.full(11, 8), np.ones(11, bool))
    weight = balanced(rows)
    assert weight.sum() == pytest.approx(11)
    total = {str(name): float(weight[family == name].sum()) for name in np.unique(family)}
    assert total[""] == pytest.approx(5.5)
    assert total["composer_1"] == pytest.approx(5.5 * COMPOSER_SHARE)
    assert total["loop"] == pytest.approx(total["noise"]) == pytest.approx(5.5 * (1 - COMPOSER_SHARE) / 2)
    assert np.ptp(weight[family == "noise"]) == 0
