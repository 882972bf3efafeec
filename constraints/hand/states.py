"""The ways to hold the notes of one onset: which finger on which string, and where the hand rests.

A state is a set of stops (`violin.hand.Stop`) and the base of the hand, the fret where the first finger
rests or would rest. `states` lists those that a search for a fingering chooses from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.hand.playability import LAST_BASE, bases_of
from violin.hand import HAND_MM, OPEN_STRINGS, Stop, fingerings, placements, span_mm

Shorts = NDArray[np.int16]

OFFSETS = {1: (0,), 2: (1, 2, 3), 3: (2, 3, 4, 5), 4: (4, 5, 6, 7)}
"""Semitones from the base at which a finger stops a single note."""
_LAST_OPEN_BASE = 14  # where the hand may wait while open strings sound
_MOST_CHORD_STATES = 24
_HIGHEST_LOW_STRING_FRET = 14  # above it a note is played on the next string

State = tuple[tuple[Stop, ...], int]


class Places(NamedTuple):
    """N states of one or more sets of pitches, as arrays of int16 with one column a state.

    base     [N]: the base fret
    low      [N]: the lowest string that sounds, 0 to 3
    high     [N]: the highest
    frets    [5, N]: the fret that each finger stops, 0 where it stops none; row 0 is unused
    strings  [5, N]: the (lowest) string of that stop, -1 where there is none
    notes    [4, N]: the pitches, ascending; -1 where there are fewer
    holds    [4, N]: 8 * string + finger of each pitch
    """

    base: Shorts
    low: Shorts
    high: Shorts
    frets: Shorts
    strings: Shorts
    notes: Shorts
    holds: Shorts

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """bool[N]: no finger stops anything."""
        return np.asarray(~self.frets.any(axis=0))

    @property
    def sizes(self) -> NDArray[np.int64]:
        """int64[N]: how many notes sound."""
        return np.count_nonzero(self.notes >= 0, axis=0)

    def take(self, places: NDArray[np.int64]) -> Places:
        """The states at some places."""
        return Places(*(row[..., places] for row in self))

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
    """The ways to hold ascending distinct pitches; none where no hand can."""
    found = list(_single(pitches[0]) if len(pitches) == 1 else _chord(pitches))
    frets, strings, notes, holds = ([] for _ in range(4))
    for stops, _ in found:
        fret_of, string_of = [0] * 5, [-1] * 5
        for stop in reversed(stops):
            if stop.finger:
                fret_of[stop.finger], string_of[stop.finger] = stop.fret, stop.string
        by_pitch = sorted((stop.pitch, 8 * stop.string + stop.finger) for stop in stops)
        by_pitch += [(-1, -1)] * (len(OPEN_STRINGS) - len(stops))
        frets.append(fret_of)
        strings.append(string_of)
        notes.append([pitch for pitch, _ in by_pitch])
        holds.append([hold for _, hold in by_pitch])
    columns = (
        [base for _, base in found],
        [stops[0].string for stops, _ in found],
        [stops[-1].string for stops, _ in found],
    )
    tables = ((frets, 5), (strings, 5), (notes, 4), (holds, 4))
    return States(
        tuple(stops for stops, _ in found),
        Places(
            *(np.array(column, dtype=np.int16) for column in columns),
            *(np.array(table, dtype=np.int16).reshape(-1, width).T for table, width in tables),
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
    missed = sum(
        min(abs(stop.fret - base - offset) for offset in OFFSETS[stop.finger])
        for stop in stops
        if stop.finger
    )
    return 100 * missed + max(stop.fret for stop in stops)
