"""The ways to hold chords, for many chords at once: strings, fingers and the base of the hand.

The same rules as `violin.hand.placements`, `violin.hand.fingerings` and `playability.bases_of`, applied to
arrays: one row per placement, then one row per fingering, then one row per state. A test compares both.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.hand.playability import FINGER_REACH_MM, LAST_BASE
from violin.hand import BARRE_STRINGS, CAPS, HAND_MM, LAST_FRET, OPEN_STRINGS, REACH_MM, nut_mm

Ints = NDArray[np.int64]

OFFSETS = {1: (0,), 2: (1, 2, 3), 3: (2, 3, 4, 5), 4: (4, 5, 6, 7)}
"""Semitones from the base at which a finger stops a single note."""
LAST_OPEN_BASE = 14  # where the hand may wait while open strings sound
_MOST_STATES = 24
_FINGERS = range(5)  # 0 is an open string
_NUT_MM = np.array([nut_mm(fret) for fret in range(LAST_FRET + 1)])
_REACH_MM = np.array(FINGER_REACH_MM)
_MISSED = np.array(
    [
        [min(abs(distance - offset) for offset in OFFSETS.get(finger, (distance,))) for distance in range(30)]
        for finger in _FINGERS
    ]
)
"""[finger][semitones from the base]: semitones to the nearest of the finger's `OFFSETS`."""


class ChordStates(NamedTuple):
    """N states of several chords of k notes, those of one chord together, the most natural first.

    chord    [N]: the row of the chord
    strings  [N, k]: the strings that sound, ascending
    frets    [N, k]: the fret on each, 0 for an open string
    fingers  [N, k]: the finger on each, 0 for an open string
    base     [N]: the base fret
    """

    chord: Ints
    strings: Ints
    frets: Ints
    fingers: Ints
    base: Ints


def chord_states(chords: Ints) -> ChordStates:
    """The `_MOST_STATES` states of each chord whose fingers lie most naturally.

    `chords` is [S, k] of ascending distinct pitches, k from 2 to 4. A chord that no hand can hold has none.
    """
    chord, strings, frets = _placements(chords)
    row, fingers = _fingerings(frets)
    chord, strings, frets = chord[row], strings[row], frets[row]
    row, base = _bases(frets, fingers)
    chord, strings, frets, fingers = chord[row], strings[row], frets[row], fingers[row]
    order = np.lexsort((_sort_keys(strings, frets, fingers, base), chord))
    place = np.arange(len(order)) - np.searchsorted(chord, chord)  # rows of one chord are together
    order = order[place < _MOST_STATES]
    return ChordStates(*(some[order] for some in (chord, strings, frets, fingers, base)))


def _placements(chords: Ints) -> tuple[Ints, Ints, Ints]:
    """Each way to place chords on neighbouring strings within `CAPS` and `HAND_MM`: the chord, the strings
    and the frets, both by string."""
    count = chords.shape[1]
    orders = _string_orders(count)  # [O, k]: the string of each pitch
    frets = chords[:, None] - np.array(OPEN_STRINGS)[orders]
    fits = ((frets >= 0) & (frets <= np.array(CAPS[count])[orders])).all(axis=2)
    chord, order = np.nonzero(fits)
    by_string = np.argsort(orders, axis=1)[order]
    frets = np.take_along_axis(frets[chord, order], by_string, axis=1)
    strings = np.sort(orders, axis=1)[order]
    is_stopped = frets > 0
    highest = _NUT_MM[frets].max(axis=1)
    lowest = np.where(is_stopped, _NUT_MM[frets], np.inf).min(axis=1)
    near = ~is_stopped.any(axis=1) | (highest - lowest <= HAND_MM)
    return chord[near], strings[near], frets[near]


@cache
def _string_orders(count: int) -> Ints:
    """[O, count]: every choice of `count` neighbouring strings in every order."""
    orders = permutations(range(len(OPEN_STRINGS)), count)
    return np.array([order for order in orders if max(order) - min(order) == count - 1])


def _fingerings(frets: Ints) -> tuple[Ints, Ints]:
    """Each way to stop placements [R, k]: the placement [N] and the fingers [N, k] by string."""
    holds = _together()
    row = np.arange(len(frets))
    fingers = np.zeros((len(frets), 0), np.int64)
    for string in range(frets.shape[1]):
        row, fingers = np.repeat(row, len(_FINGERS)), np.repeat(fingers, len(_FINGERS), axis=0)
        finger = np.tile(_FINGERS, len(row) // len(_FINGERS))
        fret = frets[row, string]
        fits = (fret == 0) == (finger == 0)
        for lower in range(string):
            fits &= holds[frets[row, lower], fingers[:, lower], fret, finger]
            is_barre = (fingers[:, lower] == finger) & (finger > 0)
            if string - lower >= BARRE_STRINGS:
                fits &= ~is_barre
            for between in range(lower + 1, string):
                fits &= ~is_barre | (frets[row, between] >= fret)
        row, fingers = row[fits], np.hstack((fingers, finger[:, None]))[fits]
    return row, fingers


@cache
def _together() -> NDArray[np.bool_]:
    """bool[fret, finger, fret, finger]: one hand holds both stops, the first on a lower string.

    The strings between two strings under one finger are not checked.
    """
    reach = np.full((len(_FINGERS), len(_FINGERS)), -np.inf)  # [finger nearer the nut, the other]
    for (near, far), mm in REACH_MM.items():
        reach[near, far] = mm
    fret, finger, other_fret, other_finger = np.ix_(*(range(LAST_FRET + 1), _FINGERS) * 2)
    distance = _NUT_MM[other_fret] - _NUT_MM[fret]
    up = (fret <= other_fret) & (distance <= reach[finger, other_finger])
    down = (fret > other_fret) & (-distance <= reach[other_finger, finger])
    is_open = (finger == 0) | (other_finger == 0)
    return np.asarray(is_open | up | down | ((finger == other_finger) & (fret == other_fret)))


def _bases(frets: Ints, fingers: Ints) -> tuple[Ints, Ints]:
    """Each base of fingerings [R, k]: the fingering [N] and the base [N]; see `playability.bases_of`."""
    is_stopped = fingers > 0
    places = _NUT_MM[frets]
    lowest = np.where(is_stopped, places - _REACH_MM[fingers], -np.inf).max(axis=1)
    highest = np.where(is_stopped, places, np.inf).min(axis=1)
    of_bases = _NUT_MM[: LAST_BASE + 1]
    first = np.maximum(np.searchsorted(of_bases, lowest - 1e-9, "left"), 1)
    end = np.maximum(np.searchsorted(of_bases, highest + 1e-9, "right"), 1)
    end = np.where(is_stopped.any(axis=1), end, LAST_OPEN_BASE + 1)
    counts = np.maximum(end - first, 0)
    row = np.repeat(np.arange(len(frets)), counts)
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    return row, first[row] + place


def _sort_keys(strings: Ints, frets: Ints, fingers: Ints, base: Ints) -> Ints:
    """A sort key for each state: awkwardness, then the stops from the lowest string up, then the base.

    Awkwardness is the semitones by which fingers miss the nearest of their usual `OFFSETS`, then the height.
    """
    missed = np.where(fingers > 0, _MISSED[fingers, np.maximum(frets - base[:, None], 0)], 0).sum(axis=1)
    keys = 100 * missed + frets.max(axis=1)
    keys = keys << 2 | strings[:, 0]
    for string in range(frets.shape[1]):
        keys = keys << 5 | frets[:, string]
        keys = keys << 3 | fingers[:, string]
    return np.asarray(keys << 5 | base)
