"""Scales in double stops and the standard that their fingerings are compared with."""

from __future__ import annotations

import pytest

from constraints.bench.double_stops import (
    KEYS,
    OTHER_KEYS,
    STEPS,
    double_stop_scale,
    is_standard,
    scale_report,
)
from constraints.hand.fingering import HandStep
from violin.hand import Stop


def test_scales_go_up_and_down_in_their_interval() -> None:
    octaves = double_stop_scale("octaves", "C")
    assert octaves[:3] == [(60, 72), (62, 74), (64, 76)]
    assert octaves == octaves[::-1]
    assert octaves[len(octaves) // 2] == (79, 91)
    assert double_stop_scale("thirds", "G")[0] == (67, 71)  # G3 and B3 both need the G string
    assert {high - low for low, high in double_stop_scale("tenths", "D")} == {15, 16}


@pytest.mark.parametrize(
    ("kind", "low", "high", "base", "expected"),
    [
        ("octaves", Stop(2, 7, 1), Stop(3, 12, 4), 7, True),
        ("octaves", Stop(2, 7, 2), Stop(3, 12, 3), 6, False),
        ("octaves", Stop(0, 0, 0), Stop(1, 5, 3), 2, True),
        ("octaves", Stop(0, 12, 1), Stop(1, 17, 4), 12, False),  # higher than the next pair of strings needs
        ("thirds", Stop(1, 5, 3), Stop(2, 2, 1), 2, True),
        ("thirds", Stop(1, 5, 4), Stop(2, 2, 1), 1, False),
        ("sixths", Stop(0, 2, 1), Stop(1, 4, 2), 2, True),
        ("sixths", Stop(0, 2, 1), Stop(1, 4, 3), 2, False),
        ("tenths", Stop(0, 2, 1), Stop(1, 10, 4), 2, True),
    ],
)
def test_standard_fingers(kind: str, low: Stop, high: Stop, base: int, expected: bool) -> None:
    assert is_standard(kind, HandStep(0, (low, high), base)) is expected


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("key", KEYS)
def test_scales_are_fingered_as_taught(kind: str, key: str) -> None:
    report = scale_report(kind, key)
    assert report.stops == len(double_stop_scale(kind, key))
    assert report.standard == report.stops
    assert report.shifts < report.stops


@pytest.mark.parametrize("kind", STEPS)
def test_keys_that_the_weights_were_not_chosen_on(kind: str) -> None:
    reports = [scale_report(kind, key) for key in OTHER_KEYS]
    assert sum(report.standard for report in reports) >= 0.97 * sum(report.stops for report in reports)
