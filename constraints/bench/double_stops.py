"""Scales in double stops, and whether a fingering is one that violin methods teach.

The table `STANDARD_FINGERS` is the common rule of scale books (Flesch, Das Skalensystem, 1926; Ševčík,
op. 9): thirds on 1-3 and 2-4, sixths on neighbouring fingers, octaves on 1-4, tenths on 1-4 extended, an
open string where a note of the scale is one. The lower note lies on the lower of two neighbouring strings,
and on the lower pairs of strings the hand stays at or below fourth position. Fingered octaves, which take 1-3
and 2-4 in turn, are a separate technique and are not counted as standard.
"""

from __future__ import annotations

from typing import NamedTuple

from constraints.hand.fingering import HandPath, HandStep, find_path
from violin.hand import OPEN_STRINGS

MAJOR = (0, 2, 4, 5, 7, 9, 11)
KEYS = {"G": 55, "Bb": 58, "C": 60, "D": 62}
"""The major keys on which the weights of chords were chosen, with the MIDI pitch of the first tonic."""
OTHER_KEYS = {"Ab": 56, "A": 57, "B": 59, "C#": 61, "Eb": 63, "E": 64, "F": 65, "F#": 66}
STEPS = {"thirds": 2, "sixths": 5, "octaves": 7, "tenths": 9}
"""Scale steps from the lower note to the upper."""
STANDARD_FINGERS = {  # fingers of the lower and the upper note; 0 is an open string
    "thirds": {(3, 1), (4, 2), (2, 0)},
    "sixths": {(1, 2), (2, 3), (3, 4), (0, 1)},
    "octaves": {(1, 4), (0, 3)},
    "tenths": {(1, 4), (0, 4), (0, 3)},
}
_HIGHEST = 91
_OCTAVES = 2
_TOP_STRINGS = 2  # the lower string of the highest pair
_LAST_LOW_BASE = 8  # the first finger in fourth position


class ScaleReport(NamedTuple):
    """The double stops of one scale, up and down: how many, how many with standard fingers, how many
    shifts."""

    kind: str
    key: str
    stops: int
    standard: int
    shifts: int


def double_stop_scale(kind: str, key: str) -> list[tuple[int, int]]:
    """(lower, upper) pitches of a major scale in double stops, up to two octaves and down again.

    Thirds begin at the first tonic whose third lies on two strings; the scale ends at G6.
    """
    tonic = (KEYS | OTHER_KEYS)[key]
    while kind == "thirds" and tonic + MAJOR[2] < OPEN_STRINGS[1]:
        tonic += 12

    def pitch(step: int) -> int:
        return tonic + 12 * (step // len(MAJOR)) + MAJOR[step % len(MAJOR)]

    up = [(pitch(step), pitch(step + STEPS[kind])) for step in range(_OCTAVES * len(MAJOR) + 1)]
    up = [stop for stop in up if stop[1] <= _HIGHEST]
    return up + up[-2::-1]


def is_standard(kind: str, step: HandStep) -> bool:
    """Whether one double stop is held with standard fingers."""
    low, high = step.stops
    return (
        low.pitch < high.pitch
        and (low.finger, high.finger) in STANDARD_FINGERS[kind]
        and (low.string >= _TOP_STRINGS or step.base <= _LAST_LOW_BASE)
    )


def scale_path(kind: str, key: str) -> HandPath:
    """The fingering of one scale."""
    return find_path([(48 * index, stop) for index, stop in enumerate(double_stop_scale(kind, key))])


def scale_report(kind: str, key: str) -> ScaleReport:
    """How many double stops of one scale have the standard fingering, and the shifts."""
    path = scale_path(kind, key)
    standard = sum(is_standard(kind, step) for step in path.steps)
    return ScaleReport(kind, key, len(double_stop_scale(kind, key)), standard, path.shifts)
