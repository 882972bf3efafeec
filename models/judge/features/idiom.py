"""Features of violin idiom: strings, crossings, bariolage, open strings and the moving hand.

Each note is assigned to the highest open string that is not above it, an estimate that needs no search.
`constraints.hand.fingering` would find better fingerings in a hundred times the time.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.measures import Array, Feature, Features, Values, mean, share
from violin.instrument import OPEN_STRINGS

_STRINGS = "string crossings: Galamian, Principles of Violin Playing, 1962"
_BARIOLAGE = "bariolage: Stowell, Violin Technique and Performance Practice, 1985"
_HAND = "hand frames and shifts: Galamian 1962; Sayegh, CMJ 13/3, 1989"
_FAST_STEPS = 4  # a triplet of eighths or faster
_FRAME = 7  # semitones under the hand on one string, open string included

FEATURES: Features = {
    "crossings": Feature("share of notes on another string than the note before", _STRINGS),
    "crossings_wide": Feature("share of string changes that skip a string", _STRINGS),
    "crossings_fast": Feature("share of fast notes on another string than the note before", _STRINGS),
    "crossings_back": Feature("share of string changes that go back at once", _STRINGS),
    "crossings_on_beats": Feature("share of string changes that are on eighths", _STRINGS),
    "bariolage": Feature("share of notes that alternate with an open string", _BARIOLAGE),
    "open_fast": Feature("share of open strings among fast notes minus that among other notes", _BARIOLAGE),
    "open_leaps": Feature("share of leaps to or from an open string", _BARIOLAGE),
    "frame_notes": Feature("mean number of notes without a shift", _HAND),
    "shifts_fast": Feature("share of fast notes that need a shift", _HAND),
    "shifts_on_beats": Feature("share of shifts on beats", _HAND),
    "fast_range": Feature("range of runs of fast notes in semitones", _HAND),
    "fast_scalar": Feature("share of steps among fast notes minus that among other notes", _HAND),
}

_OPEN = np.sort(np.array(OPEN_STRINGS))


def measure(bars: LineBars) -> Values:
    """The features of idiom of a line's top notes."""
    events = bars.events
    top = events.top
    string = np.maximum(np.searchsorted(_OPEN, top, side="right") - 1, 0)
    change = np.diff(string)
    crossing = change != 0
    fast = events.ioi_steps[:-1] <= _FAST_STEPS
    is_open = np.isin(top, _OPEN)
    size = np.abs(np.diff(top))
    back = change[1:] == -change[:-1]
    pedal = (top[2:] == top[:-2]) & is_open[2:] & ~is_open[1:-1]
    step = (size >= 1) & (size <= 2)
    leap = size >= 5
    shift = _shifts(top, string)
    values = {
        "crossings": share(crossing),
        "crossings_wide": share(np.abs(change[crossing]) > 1),
        "crossings_fast": share(crossing[fast]),
        "crossings_back": share(back[crossing[:-1]]),
        "crossings_on_beats": share(events.place_steps[1:][crossing] % 6 == 0),
        "bariolage": share(pedal),
        "open_fast": _contrast(is_open[:-1], fast),
        "open_leaps": share((is_open[1:] | is_open[:-1])[leap]),
        "frame_notes": float(np.log2(len(top) / (1.0 + shift.sum()))),
        "shifts_fast": share(shift[1:][fast]),
        "shifts_on_beats": share(events.place_steps[shift] % 12 == 0),
        "fast_range": _fast_range(top, fast),
        "fast_scalar": _contrast(step, fast),
    }
    return {name: values[name] for name in FEATURES}


def _shifts(top: Array, string: Array) -> Array:
    """Notes that the hand's frame does not reach: bool[n]. The hand stays until a stopped note lies
    outside the frame, then moves so that this note is at its nearer end."""
    low, moved = 0, np.zeros(len(top), bool)
    for index, fret in enumerate((top - _OPEN[string]).tolist()):
        if fret and not low <= fret <= low + _FRAME:
            moved[index] = True
            low = fret if fret < low else fret - _FRAME
    return moved


def _contrast(mask: Array, where: Array) -> float:
    return share(mask[where]) - share(mask[~where]) if where.any() and not where.all() else 0.0


def _fast_range(top: Array, fast: Array) -> float:
    """The mean range of runs of successive fast notes."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], fast.astype(np.int8), [0]))))
    starts, ends = edges[::2], edges[1::2]
    ranges = [
        np.ptp(top[start : end + 1]) for start, end in zip(starts, ends, strict=True) if end - start >= 3
    ]
    return mean(np.array(ranges, float))
