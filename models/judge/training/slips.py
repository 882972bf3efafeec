"""Slips of a copyist: one dropped note, or one note in the wrong octave.

Half of the training lines have one, human lines as often as machine lines. So the judge relies on
features that a slip does not change. The same slips measure how steady a judge is (`violin bench judge`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from models.judge.features.canonical import Line, tidied
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH

Random = np.random.Generator
_LEAST_NOTES = 8  # a shorter line keeps all its notes


def dropped_note(line: Line, random: Random) -> Line:
    """The line without one random note. The note before it is not lengthened."""
    if len(line) < _LEAST_NOTES:
        return line
    kept = np.ones(len(line), bool)
    kept[int(random.integers(len(line)))] = False
    return tidied(
        replace(
            line,
            onset_steps=line.onset_steps[kept],
            duration_steps=line.duration_steps[kept],
            pitch=line.pitch[kept],
        )
    )


def octave_slip(line: Line, random: Random) -> Line:
    """The line with one random note an octave higher or lower, whichever the violin has."""
    index = int(random.integers(len(line)))
    pitch = line.pitch.copy()
    ways = [way for way in (-12, 12) if LOWEST_PITCH <= int(pitch[index]) + way <= HIGHEST_PITCH]
    if not ways:
        return line
    pitch[index] += ways[int(random.integers(len(ways)))]
    return tidied(replace(line, pitch=pitch))


SLIPS: dict[str, Callable[[Line, Random], Line]] = {
    "one note dropped": dropped_note,
    "one note an octave off": octave_slip,
}


def with_slip(line: Line, random: Random) -> Line:
    """The line with one of `SLIPS`, drawn at random."""
    slips = tuple(SLIPS.values())
    return slips[int(random.integers(len(slips)))](line, random)
