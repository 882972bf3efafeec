"""The ways to hold the notes of one onset: which finger on which string, and where the hand rests.

A state is a set of stops (`violin.hand.Stop`) and the base of the hand, the fret where the first finger
rests or would rest. `states` lists those that a search for a fingering chooses from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from constraints.hand.playability import LAST_BASE, bases_of
from violin.hand import HAND_MM, OPEN_STRINGS, Stop, fingerings, placements, span_mm

Ints = NDArray[np.int64]

OFFSETS = {1: (0,), 2: (1, 2, 3), 3: (2, 3, 4, 5), 4: (4, 5, 6, 7)}
"""Semitones from the base at which a finger stops a single note."""
_LAST_OPEN_BASE = 14  # where the hand may wait while open strings sound
_MOST_CHORD_STATES = 64
_HIGHEST_LOW_STRING_FRET = 14  # above it a note is played on the next string

State = tuple[tuple[Stop, ...], int]


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The N ways to hold one set of pitches, as arrays.

    stops, base   the stops from the lowest string up; int64[N], the base fret
    low, high     int64[N]: the lowest and the highest string that sounds, 0 to 3
    frets         int64[N, 5]: the fret that each finger stops, 0 where it stops none; column 0 unused
    strings       int64[N, 5]: the (lowest) string of that stop, -1 where there is none
    """

    stops: tuple[tuple[Stop, ...], ...]
    base: Ints
    low: Ints
    high: Ints
    frets: Ints
    strings: Ints
    pitches: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.stops)

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """bool[N]: no finger stops anything."""
        return np.asarray(self.frets.max(axis=1) == 0)


@lru_cache(maxsize=4096)
def states(pitches: tuple[int, ...]) -> States:
    """The ways to hold ascending distinct pitches; none where no hand can."""
    found = list(_single(pitches[0]) if len(pitches) == 1 else _chord(pitches))
    frets = np.zeros((len(found), 5), dtype=np.int64)
    strings = np.full((len(found), 5), -1, dtype=np.int64)
    for row, (stops, _) in enumerate(found):
        for stop in reversed(stops):
            if stop.finger:
                frets[row, stop.finger], strings[row, stop.finger] = stop.fret, stop.string
    return States(
        tuple(stops for stops, _ in found),
        np.array([base for _, base in found], dtype=np.int64),
        np.array([stops[0].string for stops, _ in found], dtype=np.int64),
        np.array([stops[-1].string for stops, _ in found], dtype=np.int64),
        frets,
        strings,
        pitches,
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
    """The states whose fingers lie most naturally."""
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
    missed = sum(
        min(abs(stop.fret - base - offset) for offset in OFFSETS[stop.finger])
        for stop in stops
        if stop.finger
    )
    return 100 * missed + max(stop.fret for stop in stops)
