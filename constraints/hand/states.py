"""The ways to hold the notes of one onset: which finger on which string, and where the hand rests.

A state is a set of stops (`violin.hand.Stop`) and the base of the hand, the fret where the first finger
rests or would rest. `states` lists those that a search for a fingering chooses from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.hand.chord_states import LAST_OPEN_BASE, OFFSETS, ChordStates, chord_states
from constraints.hand.playability import LAST_BASE
from violin.hand import LAST_FRET, MAX_STOPS, OPEN_STRINGS, Stop

Shorts = NDArray[np.int16]
Pitches = tuple[int, ...]

_HIGHEST_LOW_STRING_FRET = 14  # above it a note is played on the next string
_MOST_KNOWN_SETS = 8192
_KNOWN: dict[Pitches, States] = {}


class Places(NamedTuple):
    """N states of one or more sets of pitches, as arrays with one column per state (int16 unless stated).

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

    def part(self, first: int, end: int) -> Places:
        """The states from index `first` up to, not including, `end`."""
        rows: list[Any] = [row[..., first:end] for row in self]
        return Places(*rows)

    @staticmethod
    def stacked(some: Sequence[Places]) -> Places:
        """The states of several sets side by side."""
        return Places(*(np.concatenate(rows, axis=-1) for rows in zip(*some, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The N ways to hold one or more sets of pitches."""

    places: Places

    def __len__(self) -> int:
        return len(self.places.base)

    def stops(self, place: int) -> tuple[Stop, ...]:
        """The stops of one state, from the lowest string up."""
        notes, holds = self.places.notes[:, place].tolist(), self.places.holds[:, place].tolist()
        held = sorted(
            (hold >> 3, note, hold & 7) for note, hold in zip(notes, holds, strict=True) if hold >= 0
        )
        return tuple(Stop(string, note - OPEN_STRINGS[string], finger) for string, note, finger in held)

    @staticmethod
    def stacked(some: Sequence[States]) -> States:
        """The states of several sets, one after the other."""
        return States(Places.stacked([each.places for each in some]))


def states(pitches: Pitches) -> States:
    """The ways to hold ascending distinct pitches; none if no hand can."""
    return states_of([pitches])[0]


def states_of(sets: Sequence[Pitches]) -> list[States]:
    """The ways to hold each set of ascending distinct pitches. Those not known yet are found together."""
    if len(_KNOWN) > _MOST_KNOWN_SETS:
        _KNOWN.clear()
    unknown: dict[int, list[Pitches]] = {}
    for pitches in dict.fromkeys(sets):
        if pitches not in _KNOWN:
            unknown.setdefault(len(pitches), []).append(pitches)
    found = _KNOWN
    for count, chords in unknown.items():
        if not 1 <= count <= MAX_STOPS:
            parts = [_NO_STATES] * len(chords)
        else:
            rows = np.array(chords, np.int64)
            parts = _parted(_singles(rows) if count == 1 else chord_states(rows), len(chords))
        found.update(zip(chords, parts, strict=True))
    return [found[pitches] for pitches in sets]


def _singles(notes: NDArray[np.int64]) -> ChordStates:
    """The states of single notes [S, 1]; an open string leaves the hand where it is, so it has many bases."""
    rows = [
        (row, string, fret, finger, base)
        for row, pitch in enumerate(notes[:, 0].tolist())
        for string, open_pitch in enumerate(OPEN_STRINGS)
        if 0 <= (fret := pitch - open_pitch) <= LAST_FRET
        if fret <= _HIGHEST_LOW_STRING_FRET or string == len(OPEN_STRINGS) - 1
        for finger, base in _single_stops(fret)
    ]
    table = np.array(rows, np.int64).reshape(len(rows), 5)
    return ChordStates(table[:, 0], table[:, 1:2], table[:, 2:3], table[:, 3:4], table[:, 4])


def _single_stops(fret: int) -> list[tuple[int, int]]:
    """(finger, base) of each way to stop one fret."""
    waiting = [(0, base) for base in range(1, LAST_OPEN_BASE + 1)] if fret == 0 else []
    bases = [(finger, fret - offset) for finger, offsets in OFFSETS.items() for offset in offsets]
    return waiting + [(finger, base) for finger, base in bases if 1 <= base <= LAST_BASE]


def _parted(found: ChordStates, sets: int) -> list[States]:
    """The states of each of some sets."""
    places = _places(found)
    cuts = np.searchsorted(found.chord, np.arange(sets + 1)).tolist()
    return [States(places.part(first, end)) for first, end in pairwise(cuts)]


def _places(found: ChordStates) -> Places:
    (size, count), every = found.frets.shape, np.arange(len(found.frets))
    frets, strings = np.zeros((5, size), np.int16), np.full((5, size), -1, np.int16)
    for place in reversed(range(count)):  # the lowest string under a finger is written last
        finger = found.fingers[:, place]
        frets[finger, every], strings[finger, every] = found.frets[:, place], found.strings[:, place]
    frets[0], strings[0] = 0, -1
    pitches = np.array(OPEN_STRINGS)[found.strings] + found.frets
    ascending = np.argsort(pitches, axis=1)
    notes, holds = np.full((2, MAX_STOPS, size), -1, np.int16)
    notes[:count] = np.take_along_axis(pitches, ascending, axis=1).T
    holds[:count] = np.take_along_axis(8 * found.strings + found.fingers, ascending, axis=1).T
    return Places(
        base=found.base.astype(np.int16),
        low=found.strings[:, 0].astype(np.int16),
        high=found.strings[:, -1].astype(np.int16),
        frets=frets,
        strings=strings,
        notes=notes,
        holds=holds,
        sizes=np.full(size, count, np.int16),
        middle=pitches.sum(axis=1) / count,
        is_open=np.asarray(~frets.any(axis=0)),
    )


_NO_STATES = States(_places(chord_states(np.zeros((0, 2), np.int64))))
