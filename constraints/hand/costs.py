"""What a fingering costs: features of a way to hold an onset, and of the move from one to the next.

The cost of a path through a phrase is the sum of feature times weight over its onsets and moves (no unit,
lower is better; a weight may be negative). `fingering_weights.json` holds the weights. Those of single
notes are fitted to a violinist's fingerings by scripts/fit_fingering.py. Those of chords are in
`CHORD_WEIGHTS` of that script: they were chosen by hand on scales in double stops, because the fingerings
have no chords.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.hand.chord_states import OFFSETS
from constraints.hand.states import Places, States
from violin.hand import FINGER_SEMITONES, LAST_FRET, OPEN_STRINGS, nut_mm

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
    "spread",  # semitones by which fingers of a chord are farther apart than is natural
    "squeeze",  # semitones by which they are closer than is natural, to each other or to the base
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
    "shift",  # the base moves by more
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
    "pattern_changed",  # other fingers for a double stop of a similar interval when the hand moves
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
    """Weights by name as two arrays; KeyError if one is missing."""
    return (
        np.array([table[name] for name in STATE_FEATURES]),
        np.array([table[name] for name in STEP_FEATURES]),
    )


def state_features(states: States) -> Floats:
    """float64[N, len(STATE_FEATURES)] of the N ways to hold one onset."""
    places = states.places
    rows = {name: np.zeros(len(states)) for name in STATE_FEATURES}
    for finger in (2, 3, 4):
        fret, base = places.frets[finger], places.base
        is_used = fret > 0
        least, most = OFFSETS[finger][0], OFFSETS[finger][-1]
        nearest = np.minimum(np.maximum(fret - base, least), most)
        for usual in OFFSETS[finger]:
            rows[f"finger_{finger}_at_{usual}"] += is_used & (nearest == usual)
        beyond = _NUT_MM[fret] - _NUT_MM[np.minimum(base + most, LAST_FRET)]
        rows["reach_mm"] += np.where(is_used, np.maximum(beyond, 0), 0)
        rows["squeeze"] += np.where(is_used, np.maximum(least - (fret - base), 0), 0)
    is_open, position = places.is_open, _POSITIONS[places.base]
    rows["half_position"] += ~is_open & (places.base == 1)
    for number in (2, 3, 4):
        rows[f"position_{number}"] += ~is_open & (position == number)
    rows["position_5_up"] += ~is_open & (position >= 5)
    rows["base_mm"] += np.where(is_open, 0, _NUT_MM[places.base])
    _add_stops(rows, places)
    if (places.sizes > 1).any():
        _add_chords(rows, places)
    return np.stack([rows[name] for name in STATE_FEATURES], axis=1)


def _add_stops(rows: dict[str, Floats], places: Places) -> None:
    """Add the features that each note has by itself: open strings, and the height on the lower ones."""
    sounds = places.holds >= 0
    strings, fingers = places.holds >> 3, places.holds & 7
    frets = places.notes - np.array(OPEN_STRINGS)[strings]
    is_open = sounds & (fingers == 0)
    is_stopped = sounds & (fingers > 0)
    is_highest = strings == len(OPEN_STRINGS) - 1
    rows["open_string"] += is_open.sum(axis=0)
    rows["open_e_string"] += (is_open & is_highest).sum(axis=0)
    rows["fourth_for_open"] += (~is_highest & (fingers == 4) & (frets == _OPEN_FRET)).sum(axis=0)
    heights = np.where(is_stopped, np.maximum(frets - _LOW_STRING_FRET, 0), 0)
    for string, letter in enumerate("gda"):
        rows[f"{letter}_string_height"] += (heights * (strings == string)).sum(axis=0)
    is_low = (places.sizes > 1) & (places.low < _TOP_PAIR)
    rows["low_strings_height"] += is_low * (heights * (strings == places.low)).sum(axis=0)


def _add_chords(rows: dict[str, Floats], places: Places) -> None:
    """Add the features that notes of a chord have together: how fingers and strings lie."""
    strings, fingers = places.holds >> 3, places.holds & 7
    on_string = [
        np.where((places.holds >= 0) & (strings == string), places.notes, -1).max(axis=0)
        for string in range(len(OPEN_STRINGS))
    ]
    for lower, higher in pairwise(on_string):
        rows["crossed_strings"] += (higher >= 0) & (lower > higher)
    for finger in range(1, 5):
        count = ((places.holds >= 0) & (fingers == finger)).sum(axis=0)
        rows["barre"] += np.maximum(count - 1, 0)
        if finger == 4:
            rows["barre_4"] += np.maximum(count - 1, 0)
    for low, high in combinations(range(1, 5), 2):
        is_next = (places.frets[low] > 0) & (places.frets[high] > 0)
        is_next &= ~(places.frets[low + 1 : high] > 0).any(axis=0)
        least, most = FINGER_SEMITONES[high - low]
        distance = places.frets[high] - places.frets[low]
        rows["spread"] += is_next * np.maximum(distance - most, 0)
        rows["squeeze"] += is_next * np.maximum(least - distance, 0)


def step_features(old: Places, new: Places) -> dict[str, NDArray[Any]]:
    """Arrays [N] by name of `STEP_FEATURES`: of N steps, each from a state of `old` to that of `new`."""
    gap = np.maximum(new.low - old.high, old.low - new.high)
    crosses = gap > 0
    interval = new.middle - old.middle
    moved = np.abs(new.base - old.base)
    shifts = moved > 1
    old_frets, new_frets = old.frets[1:], new.frets[1:]
    used = (old_frets > 0) & (new_frets > 0)
    one_string = old.strings[1:] == new.strings[1:]
    was_open, is_open = old.is_open, new.is_open
    slides = used & one_string & (old_frets != new_frets)
    is_melodic = (old.sizes == 1) & (new.sizes == 1)
    both_stopped = (old.sizes == 2) & (new.sizes == 2) & ~was_open & ~is_open
    return {
        "string_change": crosses,
        "skipped_strings": np.maximum(gap - 1, 0),
        "step_across_strings": crosses & (interval != 0) & (np.abs(interval) < 3),
        "semitone_move": moved == 1,
        "shift": shifts,
        "shift_mm": np.where(shifts, np.abs(_NUT_MM[new.base] - _NUT_MM[old.base]), 0),
        "shift_up": shifts & (new.base > old.base),
        **{f"shift_to_finger_{f}": shifts & (new.frets[f] > 0) for f in (2, 3, 4)},
        **{f"shift_from_finger_{f}": shifts & (old.frets[f] > 0) for f in (2, 3, 4)},
        "shift_by_open_string": shifts & (was_open | is_open),
        "shift_on_one_finger": shifts & slides.any(axis=0),
        "shift_across_strings": shifts & crosses & ~was_open & ~is_open,
        "shift_against_melody": shifts & ((new.base - old.base) * interval < 0),
        "finger_hops": (used & ~one_string & (old_frets != new_frets)).any(axis=0),
        "finger_stays": (used & ~one_string & (old_frets == new_frets)).any(axis=0),
        "chromatic_slide": (slides & (np.abs(old_frets - new_frets) == 1)).any(axis=0) & is_melodic,
        "to_open_string": is_open & ~was_open & crosses,
        "from_open_string": was_open & ~is_open & crosses,
        "repeated_note_changed": _changed(old, new),
        "pattern_changed": (moved > 0) & both_stopped & _pattern_changed(old, new),
    }


def _changed(old: Places, new: Places) -> NDArray[np.bool_]:
    """bool[N]: a pitch that both sets share is held in another way."""
    changed = np.zeros(len(old.base), dtype=bool)
    for old_note, old_hold in zip(old.notes, old.holds, strict=True):
        for new_note, new_hold in zip(new.notes, new.holds, strict=True):
            changed |= (old_note == new_note) & (old_hold != new_hold)
    return changed


def _pattern_changed(old: Places, new: Places) -> NDArray[np.bool_]:
    """bool[N]: the intervals of two double stops differ by at most a semitone, but other fingers are used."""
    old_interval, new_interval = (some.notes[1] - some.notes[0] for some in (old, new))
    changed = ((old.frets > 0) != (new.frets > 0)).any(axis=0)
    return changed & (np.abs(old_interval - new_interval) <= 1)
