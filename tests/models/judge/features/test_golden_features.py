"""Every feature of the judge on fixed phrases, against values on file (scripts/write_golden.py)."""

from __future__ import annotations

import numpy as np
import pytest
from write_golden import expected, judge_features

from models.judge.features.table import NAMES

EXPECTED = expected("judge_features")


@pytest.fixture(scope="module")
def found() -> dict[str, list[float]]:
    return judge_features()


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_has_its_value_on_every_phrase(name: str, found: dict[str, list[float]]) -> None:
    assert found[name] == pytest.approx(EXPECTED[name], rel=1e-5, abs=1e-6)


def test_every_two_features_differ_on_the_fixed_phrases() -> None:
    assert list(EXPECTED) == list(NAMES)
    values = np.array(list(EXPECTED.values()))
    alike = np.abs(values[:, None] - values[None]).max(axis=2) < 1e-3
    pairs = [(NAMES[one], NAMES[two]) for one, two in np.argwhere(np.triu(alike, 1))]
    assert not pairs, "the fixed phrases give these features the same values"
