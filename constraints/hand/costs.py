"""What a fingering costs: features of a way to hold an onset, and of the move from one to the next.

A path through a phrase costs the sum over its onsets and moves of feature times weight (no unit, lower
is better; a weight may be negative). `fingering_weights.json` holds the weights. Those of single notes
are fitted to a violinist's fingerings by scripts/fit_fingering.py; those of chords (`CHORD_FEATURES`)
are set by hand after the fingerings of scales in double stops, since those data have no chords.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constraints.hand.states import OFFSETS, States
from violin.hand import LAST_FRET, Stop, misfit, nut_mm

Floats = NDArray[np.float64]
WEIGHTS_PATH = Path(__file__).with_name("fingering_weights.json")

_FINGER_OFFSETS = [(finger, offset) for finger in (2, 3, 4) for offset in OFFSETS[finger]]
STATE_FEATURES = (
    *(f"finger_{finger}_at_{offset}" for finger, offset in _FINGER_OFFSETS),  # semitones from the base
    "open_string",
    "open_e_string",
    "fourth_for_open",  # the fourth finger on the pitch of the next open string
    "half_position",
    "position_2",
    "position_3",
    "position_4",
    "position_5_up",
    "base_mm",  # of the base from the nut
    "g_string_height",  # frets above the seventh
    "d_string_height",
    "a_string_height",
    "spread",  # semitones by which fingers of a chord are farther apart than they fall
    "squeeze",  # semitones by which they are closer, to each other or to the base
    "reach_mm",  # how far fingers of a chord lie beyond their farthest place from the base
    "low_strings_height",  # frets above the seventh of a chord's lowest stop on the G or D string
    "barre",  # one finger on several strings
    "barre_4",  # ... the fourth finger
    "crossed_strings",  # the lower of two notes on the higher string
)
STEP_FEATURES = (
    "string_change",
    "skipped_strings",
    "step_across_strings",  # a melodic second over a string change
    "semitone_move",  # the base moves by one fret
    "shift",  # by more
    "shift_mm",
    "shift_up",
    *(f"shift_to_finger_{finger}" for finger in (2, 3, 4)),
    *(f"shift_from_finger_{finger}" for finger in (2, 3, 4)),
    "shift_by_open_string",
    "shift_on_one_finger",  # on one string
    "shift_across_strings",
    "shift_against_melody",
    "finger_hops",  # one finger, another string, another fret
    "finger_stays",  # one finger, another string, the same fret
    "chromatic_slide",  # one finger, one string, a semitone; single notes
    "to_open_string",
    "from_open_string",
    "repeated_note_changed",  # another string or finger for a pitch that is repeated
    "pattern_changed",  # other fingers for a double stop of like interval when the hand moves
)
CHORD_FEATURES = (
    "spread",
    "squeeze",
    "reach_mm",
    "low_strings_height",
    "barre",
    "barre_4",
    "crossed_strings",
    "pattern_changed",
)
_LOW_STRING_FRET = 7
_TOP_PAIR = 2  # the lower string of the highest two
_OPEN_FRET = 7  # gives the pitch of the next open string
_POSITION_OF_BASE = (1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 8, 8)
_NUT_MM = np.array([nut_mm(fret) for fret in range(LAST_FRET + 1)])


def position_of(base: int) -> int:
    """The position whose first finger lies at a fret: 2 -> 1 (first), 5 -> 3 (third)."""
    last = len(_POSITION_OF_BASE) - 1
    return _POSITION_OF_BASE[base] if base <= last else 8 + (base - last + 1) * 7 // 12


_POSITIONS = np.array([position_of(base) for base in range(LAST_FRET + 1)])


@cache
def shipped_weights() -> tuple[Floats, Floats]:
    """The weights of `STATE_FEATURES` and of `STEP_FEATURES`, float64 each."""
    return weights_from(json.loads(WEIGHTS_PATH.read_text(encoding="utf-8")))


def weights_from(table: dict[str, float]) -> tuple[Floats, Floats]:
    """Weights by name as two arrays; KeyError where one is missing."""
    return (
        np.array([table[name] for name in STATE_FEATURES]),
        np.array([table[name] for name in STEP_FEATURES]),
    )


def state_features(states: States) -> Floats:
    """float64[N, len(STATE_FEATURES)] of the N ways to hold one onset."""
    rows = {name: np.zeros(len(states)) for name in STATE_FEATURES}
    for finger in (2, 3, 4):
        offset = states.frets[:, finger] - states.base
        is_used = states.frets[:, finger] > 0
        least, most = OFFSETS[finger][0], OFFSETS[finger][-1]
        for usual in OFFSETS[finger]:
            rows[f"finger_{finger}_at_{usual}"] += is_used & (np.clip(offset, least, most) == usual)
        beyond = _NUT_MM[states.frets[:, finger]] - _NUT_MM[np.minimum(states.base + most, LAST_FRET)]
        rows["reach_mm"] += np.where(is_used, np.maximum(beyond, 0), 0)
        rows["squeeze"] += np.where(is_used, np.maximum(least - offset, 0), 0)
    for row, stops in enumerate(states.stops):
        rows["open_e_string"][row] = any(stop.string == 3 and not stop.finger for stop in stops)
        rows["fourth_for_open"][row] = sum(
            stop.finger == 4 and stop.fret == _OPEN_FRET and stop.string < 3 for stop in stops
        )
    is_open, position = states.is_open, _POSITIONS[states.base]
    rows["open_string"] += np.array([sum(not stop.finger for stop in stops) for stops in states.stops])
    rows["half_position"] += ~is_open & (states.base == 1)
    for number in (2, 3, 4):
        rows[f"position_{number}"] += ~is_open & (position == number)
    rows["position_5_up"] += ~is_open & (position >= 5)
    rows["base_mm"] += np.where(is_open, 0, _NUT_MM[states.base])
    for string, name in enumerate("gda"):
        highest = np.array(
            [max((s.fret for s in stops if s.string == string), default=0) for stops in states.stops]
        )
        rows[f"{name}_string_height"] += np.maximum(highest - _LOW_STRING_FRET, 0)
    if len(states.pitches) > 1:
        for row, stops in enumerate(states.stops):
            fingers = sorted((s for s in stops if s.finger), key=lambda s: (s.fret, s.finger))
            for low, high in pairwise(fingers):
                off = misfit(low, high)
                if low.finger == high.finger:
                    rows["barre"][row] += 1
                    rows["barre_4"][row] += low.finger == 4
                elif off > 0:
                    rows["spread"][row] += off
                else:
                    rows["squeeze"][row] -= off
        rows["low_strings_height"] += [
            max(stops[0].fret - _LOW_STRING_FRET, 0) if stops[0].string < _TOP_PAIR else 0
            for stops in states.stops
        ]
        rows["crossed_strings"] += np.array(
            [sum(a.pitch > b.pitch for a, b in pairwise(stops)) for stops in states.stops]
        )
    return np.stack([rows[name] for name in STATE_FEATURES], axis=1)


def step_features(before: States, after: States) -> dict[str, Floats]:
    """float64[N, M] by name of `STEP_FEATURES`, for each pair of the N states before and M after."""
    old_base, new_base = before.base[:, None], after.base[None]
    gap = np.maximum(after.low[None] - before.high[:, None], before.low[:, None] - after.high[None])
    crosses = gap > 0
    is_melodic = len(before.pitches) == len(after.pitches) == 1
    interval = float(np.mean(after.pitches) - np.mean(before.pitches))
    moved = np.abs(new_base - old_base)
    shifts = moved > 1
    old_frets, new_frets = before.frets[:, None, 1:], after.frets[None, :, 1:]
    used = (old_frets > 0) & (new_frets > 0)
    one_string = before.strings[:, None, 1:] == after.strings[None, :, 1:]
    was_open, is_open = before.is_open[:, None], after.is_open[None]
    slides = used & one_string & (old_frets != new_frets)
    return {
        "string_change": crosses,
        "skipped_strings": np.maximum(gap - 1, 0),
        "step_across_strings": crosses & (0 < abs(interval) < 3),
        "semitone_move": moved == 1,
        "shift": shifts,
        "shift_mm": np.where(shifts, np.abs(_NUT_MM[new_base] - _NUT_MM[old_base]), 0),
        "shift_up": shifts & (new_base > old_base),
        **{f"shift_to_finger_{f}": shifts & (after.frets[None, :, f] > 0) for f in (2, 3, 4)},
        **{f"shift_from_finger_{f}": shifts & (before.frets[:, None, f] > 0) for f in (2, 3, 4)},
        "shift_by_open_string": shifts & (was_open | is_open),
        "shift_on_one_finger": shifts & slides.any(axis=2),
        "shift_across_strings": shifts & crosses & ~was_open & ~is_open,
        "shift_against_melody": shifts & ((new_base - old_base) * interval < 0),
        "finger_hops": (used & ~one_string & (old_frets != new_frets)).any(axis=2),
        "finger_stays": (used & ~one_string & (old_frets == new_frets)).any(axis=2),
        "chromatic_slide": (slides & (np.abs(old_frets - new_frets) == 1)).any(axis=2) & is_melodic,
        "to_open_string": is_open & ~was_open & crosses,
        "from_open_string": was_open & ~is_open & crosses,
        "repeated_note_changed": _changed(before, after),
        "pattern_changed": _pattern_changed(before, after, moved > 0),
    }


def _changed(before: States, after: States) -> NDArray[np.bool_]:
    """bool[N, M]: a pitch that both sets share is held in another way."""
    changed = np.zeros((len(before), len(after)), dtype=bool)
    for pitch in set(before.pitches) & set(after.pitches):
        old, new = ([_code(stops, pitch) for stops in some.stops] for some in (before, after))
        changed |= np.array(old)[:, None] != np.array(new)[None]
    return changed


def _code(stops: tuple[Stop, ...], pitch: int) -> int:
    stop = next(stop for stop in stops if stop.pitch == pitch)
    return 8 * stop.string + stop.finger


def _pattern_changed(before: States, after: States, moves: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """bool[N, M]: the hand moves between double stops of like interval and takes other fingers."""
    if not (len(before.pitches) == len(after.pitches) == 2):
        return np.zeros_like(moves)
    old, new = np.ptp(before.pitches), np.ptp(after.pitches)
    if abs(int(old) - int(new)) > 1:
        return np.zeros_like(moves)
    changed = ((before.frets[:, None] > 0) != (after.frets[None] > 0)).any(axis=2)
    return moves & changed & ~before.is_open[:, None] & ~after.is_open[None]
