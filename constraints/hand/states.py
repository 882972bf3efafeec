"""The ways to hold the notes of one onset: which finger on which string, and where the hand rests.

A state is a set of stops (`violin.hand.Stop`) and the base of the hand, the fret where the first finger
rests or would rest. `states` lists those that a search for a fingering chooses from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.hand.playability import LAST_BASE, bases_of
from violin.hand import HAND_MM, LAST_FRET, OPEN_STRINGS, Stop, fingerings, placements, span_mm

Shorts = NDArray[np.int16]

OFFSETS = {1: (0,), 2: (1, 2, 3), 3: (2, 3, 4, 5), 4: (4, 5, 6, 7)}
"""Semitones from the base at which a finger stops a single note."""
_MISSED = tuple(
    tuple(
        min(abs(distance - offset) for offset in OFFSETS.get(finger, (0,))) for distance in range(LAST_FRET)
    )
    for finger in range(5)
)
"""[finger][semitones from the base]: semitones to the nearest of the finger's `OFFSETS`."""
_LAST_OPEN_BASE = 14  # where the hand may wait while open strings sound
_MOST_CHORD_STATES = 24
_HIGHEST_LOW_STRING_FRET = 14  # above it a note is played on the next string
_ROW_LENGTH = 3 + 5 + 5 + 4 + 4  # base, low, high; frets, strings; notes, holds

State = tuple[tuple[Stop, ...], int]


class Places(NamedTuple):
    """N states of one or more sets of pitches, as arrays with one column a state (int16 if not said).

    base     [N]: the base fret
    low      [N]: the lowest string that sounds, 0 to 3
    high     [N]: the highest
    frets    [5, N]: the fret that each finger stops, 0 where it stops none; row 0 is unused
    strings  [5, N]: the (lowest) string of that stop, -1 if there is none
    notes    [4, N]: the pitches, ascending; -1 if there are fewer
    holds    [4, N]: 8 * string + finger of each pitch
    sizes    [N]: how many notes sound
    middle   float64[N]: the mean of the pitches
    is_open  bool[N]: no finger stops anything
    """

    base: Shorts
    low: Shorts
    high: Shorts
    frets: Shorts
    strings: Shorts
    notes: Shorts
    holds: Shorts
    sizes: Shorts
    middle: NDArray[np.float64]
    is_open: NDArray[np.bool_]

    def take(self, places: NDArray[np.int64]) -> Places:
        """The states at some places."""
        taken: list[Any] = [row.take(places, axis=-1) for row in self]
        return Places(*taken)

    @staticmethod
    def stacked(some: Sequence[Places]) -> Places:
        """The states of several sets side by side."""
        return Places(*(np.concatenate(rows, axis=-1) for rows in zip(*some, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The N ways to hold one set of pitches: the stops from the lowest string up, and their `Places`."""

    stops: tuple[tuple[Stop, ...], ...]
    places: Places

    def __len__(self) -> int:
        return len(self.stops)

    @staticmethod
    def stacked(some: Sequence[States]) -> States:
        """The states of several sets, one after the other."""
        stops = tuple(chain.from_iterable(each.stops for each in some))
        return States(stops, Places.stacked([each.places for each in some]))


@lru_cache(maxsize=8192)
def states(pitches: tuple[int, ...]) -> States:
    """The ways to hold ascending distinct pitches; none if no hand can."""
    found = list(_single(pitches[0]) if len(pitches) == 1 else _chord(pitches))
    missing = [-1] * (len(OPEN_STRINGS) - len(pitches))
    rows = []
    for stops, base in found:
        frets, strings = [0] * 5, [-1] * 5
        for stop in reversed(stops):
            if stop.finger:
                frets[stop.finger], strings[stop.finger] = stop.fret, stop.string
        holds = [hold for _, hold in sorted((stop.pitch, 8 * stop.string + stop.finger) for stop in stops)]
        row = (
            base,
            stops[0].string,
            stops[-1].string,
            *frets,
            *strings,
            *pitches,
            *missing,
            *holds,
            *missing,
        )
        rows.append(row)
    count = len(rows)
    table = np.array(rows, dtype=np.int16).reshape(count, _ROW_LENGTH).T
    frets_of_fingers = table[3:8]
    return States(
        tuple(stops for stops, _ in found),
        Places(
            base=table[0],
            low=table[1],
            high=table[2],
            frets=frets_of_fingers,
            strings=table[8:13],
            notes=table[13:17],
            holds=table[17:21],
            sizes=np.full(count, len(pitches), dtype=np.int16),
            middle=np.full(count, sum(pitches) / len(pitches)),
            is_open=~frets_of_fingers.any(axis=0),
        ),
    )


def _single(pitch: int) -> Iterator[State]:
    for ((string, fret),) in placements((pitch,)):
        if fret > _HIGHEST_LOW_STRING_FRET and string < len(OPEN_STRINGS) - 1:
            continue
        if fret == 0:
            yield from (((Stop(string, 0, 0),), base) for base in range(1, _LAST_OPEN_BASE + 1))
        for finger, offsets in OFFSETS.items():
            for offset in offsets:
                if 1 <= fret - offset <= LAST_BASE:
                    yield (Stop(string, fret, finger),), fret - offset


def _chord(pitches: tuple[int, ...]) -> Iterator[State]:
    """The `_MOST_CHORD_STATES` states whose fingers lie most naturally."""
    found = []
    for placed in placements(pitches):
        if span_mm(placed) > HAND_MM:
            continue
        for stops in fingerings(placed):
            bits = bases_of((stop.fret, stop.finger) for stop in stops if stop.finger)
            last = LAST_BASE if any(stop.finger for stop in stops) else _LAST_OPEN_BASE
            found += [
                (_awkwardness(stops, base), (stops, base)) for base in range(1, last + 1) if bits >> base & 1
            ]
    found.sort()
    yield from (state for _, state in found[:_MOST_CHORD_STATES])


def _awkwardness(stops: tuple[Stop, ...], base: int) -> int:
    """Semitones by which fingers miss the nearest of their usual `OFFSETS`, then the height."""
    missed = sum(_MISSED[stop.finger][stop.fret - base] for stop in stops if stop.finger)
    return 100 * missed + max(stop.fret for stop in stops)
