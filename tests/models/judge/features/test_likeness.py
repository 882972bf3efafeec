"""The likeness of bars on bars that a musician compares at sight."""

from __future__ import annotations

import pytest
from written_lines import bars_of, quarters

from models.judge.features.likeness import Likeness

SCALE = quarters(67, 69, 71, 72)


def test_the_same_bar_is_wholly_alike() -> None:
    likeness = Likeness.of(bars_of([SCALE, SCALE]))
    for values in (likeness.rhythm, likeness.pitch, likeness.scale):
        assert values[0, 1] == 1.0
        assert values[0, 0] == 0.0


def test_a_dropped_note_costs_its_own_share() -> None:
    likeness = Likeness.of(bars_of([SCALE, [SCALE[0], *SCALE[2:]]]))
    assert likeness.pitch[0, 1] == pytest.approx(3 / 3.5)
    assert likeness.rhythm[0, 1] == pytest.approx(3 / 3.5)
    assert likeness.scale[0, 1] == pytest.approx(2 / 2.5)


def test_an_octave_slip_costs_one_note() -> None:
    likeness = Likeness.of(bars_of([SCALE, quarters(67, 81, 71, 72)]))
    assert likeness.pitch[0, 1] == pytest.approx(3 / 4)
    assert likeness.rhythm[0, 1] == 1.0


def test_a_bar_moved_within_the_scale() -> None:
    bars = bars_of([SCALE, quarters(69, 71, 72, 74), SCALE, quarters(67, 71, 74, 79)])
    likeness = Likeness.of(bars)
    assert likeness.scale[0, 1] == 1.0
    assert likeness.shift[0, 1] == 1
    assert likeness.shift[1, 0] == -1
    assert likeness.pitch[0, 1] == 0.0


def test_bars_of_one_note_and_silent_bars_have_no_intervals() -> None:
    likeness = Likeness.of(bars_of([[(0, 67, 4)], [], [(0, 69, 4)], [(0, 67, 4)]]))
    assert likeness.scale[0, 2] == 0.0
    assert likeness.pitch[0, 3] == 1.0
    assert not likeness.rhythm[1].any()
