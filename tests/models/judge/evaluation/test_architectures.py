"""The figures of an evaluation by architecture."""

from __future__ import annotations

import pytest

from models.judge.classifier.calibration import Interval
from models.judge.evaluation.architectures import by_architecture
from models.judge.evaluation.records import FamilyFigures
from models.judge.training.fit import ARCHITECTURES, Kind
from models.judge.training.generators.generator import recipes
from models.judge.training.leave_out import architectures
from models.judge.training.negatives import FAMILIES


def row(name: str, architecture: str, alone: float, together: float) -> FamilyFigures:
    interval = Interval(alone, alone, alone)
    baselines = {"longest repeated run": 0.5}
    return FamilyFigures(
        name, name, architecture, "", 1, interval, alone, together, baselines, 1.0, 1.0, 0.0, 0.5
    )


def test_the_families_of_an_architecture_are_averaged() -> None:
    rows = [row("a", "rules", 0.9, 0.8), row("b", "rules", 0.7, 0.6), row("c", "edits", 0.5, 0.4)]
    edits, rules = by_architecture(rows)
    assert (edits.name, edits.families, edits.worst_family) == ("edits", 1, "c")
    assert (rules.name, rules.families, rules.worst_family) == ("rules", 2, "b")
    assert rules[2:5] == pytest.approx((0.8, 0.7, 0.6))
    assert rules.longest_run == 0.5


def test_every_family_and_generator_has_an_architecture() -> None:
    clusters = {one.cluster for one in (*FAMILIES, *recipes())}
    assert clusters <= set(ARCHITECTURES)


def test_an_architecture_is_left_out_whole() -> None:
    kinds = [
        Kind("loop", "repetition", "", "loop"),
        Kind("gru_1", "gru", "", "gru"),
        Kind("x", "form", "", "x"),
    ]
    assert architectures(kinds) == [["gru_1"], ["loop", "x"]]
