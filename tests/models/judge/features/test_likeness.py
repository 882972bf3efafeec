"""The likeness of bars on bars that a musician compares at sight."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_lines import bars_of, quarters

from models.judge.features.likeness import best_stretch

SCALE = quarters(67, 69, 71, 72)


def test_the_same_bar_has_likeness_1() -> None:
    likeness = bars_of([SCALE, SCALE]).likeness
    for kind in ("rhythm", "pitch", "scale", "contour"):
        assert likeness[kind][0, 1] == pytest.approx(1.0)
        assert likeness[kind][0, 0] == 0.0


def test_a_dropped_note_lowers_likeness_by_its_share() -> None:
    likeness = bars_of([SCALE, [SCALE[0], *SCALE[2:]]]).likeness
    assert likeness.pitch[0, 1] == pytest.approx(3 / 3.5)
    assert likeness.rhythm[0, 1] == pytest.approx(3 / 3.5)
    assert likeness.scale[0, 1] == pytest.approx(2 / 2.5)


def test_an_octave_slip_counts_as_one_note() -> None:
    likeness = bars_of([SCALE, quarters(67, 81, 71, 72)]).likeness
    assert likeness.pitch[0, 1] == pytest.approx(3 / 4)
    assert likeness.rhythm[0, 1] == 1.0


def test_a_bar_moved_within_the_scale() -> None:
    bars = bars_of([SCALE, quarters(69, 71, 72, 74), SCALE, quarters(67, 71, 74, 79)])
    likeness = bars.likeness
    assert likeness.scale[0, 1] == 1.0
    assert likeness.shift[0, 1] == 1
    assert likeness.shift[1, 0] == -1
    assert likeness.pitch[0, 1] == 0.0


def test_a_mirrored_bar() -> None:
    likeness = bars_of([SCALE, quarters(72, 71, 69, 67), quarters(67, 69, 71, 72)]).likeness
    assert likeness.inversion[0, 1] == 1.0
    assert likeness.scale[0, 1] == 0.0


def test_bars_of_one_note_and_silent_bars_have_no_intervals() -> None:
    likeness = bars_of([[(0, 67, 4)], [], [(0, 69, 4)], [(0, 67, 4)]]).likeness
    assert likeness.scale[0, 2] == 0.0
    assert likeness.pitch[0, 3] == 1.0
    assert not likeness.rhythm[1].any()
    assert not likeness.contour[0].any()


@given(st.lists(st.lists(st.integers(-3, 3), min_size=6, max_size=6), min_size=1, max_size=3))
def test_the_best_stretch_against_a_plain_search(rows: list[list[int]]) -> None:
    slow = [
        max([0, *(sum(row[first:end]) for first in range(6) for end in range(first + 1, 7))]) for row in rows
    ]
    assert best_stretch(np.array(rows, float)).tolist() == slow
