"""The quick figures on made-up examples whose answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.judge.evaluation.steadiness import Movement
from models.judge.evaluation.validation import (
    FamilyAuc,
    ValidationFigures,
    matched,
    without_repetition,
)
from models.judge.features.examples import Examples
from models.judge.features.table import NAMES

RUN = NAMES.index("run_scale_any")
RANGE = NAMES.index("range")


def examples(runs: np.ndarray, family: np.ndarray) -> Examples:
    count = len(runs)
    values = np.random.default_rng(0).normal(size=(count, len(NAMES)))
    values[:, RUN] = runs
    return Examples(
        values,
        values,
        np.full(count, "bach", dtype="U40"),
        family.astype("U40"),
        np.full(count, "bach:1", dtype="U120"),
        np.full(count, 8, np.int32),
        np.ones(count, bool),
    )


def test_machine_lines_are_matched_to_the_human_runs() -> None:
    random = np.random.default_rng(1)
    human, machine = random.beta(2, 5, 2000), random.beta(5, 2, 6000)
    before = examples(np.concatenate([human, machine]), np.array([""] * 2000 + ["loop"] * 6000))
    after = matched(before, seed=0)
    runs = after.values[:, RUN]
    assert after.human.sum() == 2000 and (~after.human).sum() == 6000
    levels = (0.2, 0.5, 0.8)
    ours, theirs = (np.quantile(runs[mask], levels) for mask in (after.human, ~after.human))
    assert theirs == pytest.approx(ours, abs=0.05)


def test_the_repetition_is_removed() -> None:
    shown = without_repetition(examples(np.full(5, 0.4), np.array([""] * 5)))
    assert not shown.values[:, RUN].any()
    assert not shown.values[:, NAMES.index("chain1_pitch")].any()
    assert shown.values[:, RANGE].all()
    assert shown.values[:, NAMES.index("inner_steps")].all()


def test_figures_over_families() -> None:
    rows = (FamilyAuc("a", 0.9, 0.8), FamilyAuc("b", 0.7, 0.4), FamilyAuc("c", 0.8, 0.6))
    found = ValidationFigures(rows, 1.5, 0.05, np.array([0.9]), Movement(0.1, 0.2, 0.3))
    assert found.mean == pytest.approx(0.8)
    assert found.worst.name == "b"
    assert found.run_correlation == pytest.approx(1.0)
    assert found.means == {}
    ours = replace(found, families=(*rows, FamilyAuc("composer_1", 0.6, 0.5)))
    assert ours.means == pytest.approx({"without our composer": 0.8, "our composer alone": 0.6})
