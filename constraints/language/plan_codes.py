"""A plan as class numbers, the form of `violin.plan.Plan` that networks read and write."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from violin.challenge import MAX_BARS
from violin.music import Key
from violin.plan import (
    DENSITIES,
    OPEN,
    REGISTERS,
    BarPlan,
    Cadence,
    Chord,
    Open,
    Plan,
    PlannedChord,
    Quality,
    Relation,
)

SILENCE = 12 * len(Quality) + 1  # instead of a chord
WIDEST_STEPS = 7
FIRST, SECOND, RELATION, DISTANCE, STEPS, DENSITY, REGISTER = range(7)
CHORD_CODES, _RELATIONS, _STEPS = SILENCE + 1, len(Relation) + 1, 2 * WIDEST_STEPS + 2
DISTANCES = 2 * MAX_BARS - 1
BAR_SIZES = (CHORD_CODES, CHORD_CODES, _RELATIONS, DISTANCES, _STEPS, DENSITIES + 1, REGISTERS + 1)

_QUALITIES, _KINDS, _CADENCES = tuple(Quality), tuple(Relation), tuple(Cadence)


@dataclass(frozen=True, slots=True)
class PlanCodes:
    """A plan of B bars, given bars included, as class numbers; 0 is "not planned".

    bars      int16[B, 7]: first and second chord (1 to 48 relative to the tonic, 49 silence), relation
              (1 to 6), distance of the related bar (1 to 15 bars back, 16 to 30 for 1 to 15 bars
              ahead, in the ending), steps (1 to 15 for -7 to 7), density and register (from 1)
    cadence   1 to 5 in the order of `violin.plan.Cadence`
    tonic     pitch class of the key's tonic
    minor     its mode
    """

    bars: NDArray[np.int16]
    cadence: int
    tonic: int
    minor: bool

    def sounding(self) -> NDArray[np.int16]:
        """The rows with absolute chord roots, followed by a row of zeros."""
        rows = np.zeros((len(self.bars) + 1, self.bars.shape[1]), np.int16)
        rows[:-1] = self.bars
        chords = rows[:, : SECOND + 1]
        quality, root = np.divmod(chords - 1, 12)
        is_chord = (chords > 0) & (chords < SILENCE)
        rows[:, : SECOND + 1] = np.where(is_chord, 1 + (root + self.tonic) % 12 + 12 * quality, chords)
        return rows


def codes_of(plan: Plan) -> PlanCodes:
    """The class numbers of a plan."""
    rows = [
        (
            chord_code(bar.chords[0]),
            chord_code(bar.chords[1]),
            0 if isinstance(bar.relation, Open) else 1 + _KINDS.index(bar.relation),
            0 if bar.other is None else distance_code(index, bar.other),
            np.clip(bar.steps, -WIDEST_STEPS, WIDEST_STEPS) + WIDEST_STEPS + 1 if bar.steps else 0,
            0 if isinstance(bar.density, Open) else bar.density + 1,
            0 if isinstance(bar.register, Open) else bar.register + 1,
        )
        for index, bar in enumerate(plan.bars)
    ]
    bars = np.array(rows, np.int16).reshape(-1, len(BAR_SIZES))
    key = plan.key
    cadence = 0 if isinstance(plan.cadence, Open) else 1 + _CADENCES.index(plan.cadence)
    return PlanCodes(bars, cadence, key.tonic_pitch_class, key.minor)


def distance_code(bar: int, other: int) -> int:
    """The code of the distance from a bar to the related one.

    >>> distance_code(5, 3), distance_code(5, 7), other_bar(5, 17)
    (2, 17, 7)
    """
    return bar - other if other < bar else MAX_BARS - 1 + other - bar


def other_bar(bar: int, distance: int) -> int:
    """The index of the bar at a distance, above 0, from a bar."""
    return bar - distance if distance < MAX_BARS else bar + distance - (MAX_BARS - 1)


def chord_code(chord: PlannedChord) -> int:
    """The code of a chord relative to the tonic; 0 if it is left open.

    >>> chord_code(Chord(0, Quality.MAJOR)), chord_code(None)
    (1, 49)
    """
    if isinstance(chord, Open):
        return 0
    return SILENCE if chord is None else 1 + chord.root + 12 * _QUALITIES.index(chord.quality)


def plan_of_codes(codes: PlanCodes) -> Plan:
    """The plan for some class numbers; its key has at most six sharps or flats."""
    keys = (Key(fifths, codes.minor) for fifths in range(-6, 6))
    key = next(key for key in keys if key.tonic_pitch_class == codes.tonic)
    bars = []
    for index, row in enumerate(codes.bars.tolist()):
        first, second, relation, distance, steps, density, register = row
        bars.append(
            BarPlan(
                (chord_of(first) if first else OPEN, chord_of(second) if second else OPEN),
                _KINDS[relation - 1] if relation else OPEN,
                other_bar(index, distance) if distance else None,
                steps - WIDEST_STEPS - 1 if steps else 0,
                density - 1 if density else OPEN,
                register - 1 if register else OPEN,
            )
        )
    return Plan(key, tuple(bars), _CADENCES[codes.cadence - 1] if codes.cadence else OPEN)


def chord_of(code: int) -> Chord | None:
    """The chord of a code above 0, relative to the tonic; None for silence."""
    return None if code == SILENCE else Chord((code - 1) % 12, _QUALITIES[(code - 1) // 12])
