"""Features of repeated runs with tolerance: a run continues after a note that does not match.

The line is compared with itself shifted by a number of half beats. At each place where one of them has
an onset, a match counts +1 and anything else -1. A run's strength is the greatest sum over consecutive
places. So a dropped note or an octave slip weakens a run but does not divide it.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.canonical import STEPS_PER_BEAT
from models.judge.features.likeness import best_stretch
from models.judge.features.measures import Array, Feature, Features, Values, share

_SOURCE = "self-similarity by lag: Foote 1999; local alignment: Smith & Waterman, J. Mol. Biol. 147, 1981"
_KINDS = {
    "pitch": "the same notes",
    "scale": "the same steps of the scale",
    "rhythm": "the same onsets",
}
_RANGES = {
    "figure": "less than a bar later",
    "bars": "whole bars later",
    "any": "at any distance",
}
_GROUP = 4
_PLACES_AT_ONCE = 1 << 17  # lags times steps; a line of 256 beats has 800,000
_HALF_BEAT = STEPS_PER_BEAT // 2

FEATURES: Features = {
    f"run_{kind}_{reach}": Feature(
        f"strongest run of {words} repeated {where}, with tolerance, share of the phrase", _SOURCE
    )
    for kind, words in _KINDS.items()
    for reach, where in _RANGES.items()
} | {
    f"again_{kind}_{reach}": Feature(
        f"share of notes in groups of four with {words} {where}",
        "pattern coverage: Conklin, JNMR 2010",
    )
    for kind, words in _KINDS.items()
    for reach, where in _RANGES.items()
}


def measure(bars: LineBars) -> Values:
    """The strength of the strongest runs over the number of onsets, 0 to 1."""
    lags = _lags(bars)
    notes = np.flatnonzero(bars.top_grid.ravel() >= 0)
    of_range = {
        "figure": lags < bars.line.bar_steps,
        "bars": lags % bars.line.bar_steps == 0,
        "any": np.ones(len(lags), bool),
    }
    strength = {(kind, reach): 0.0 for kind in _KINDS for reach in _RANGES}
    again = {name: np.zeros(len(notes), bool) for name in strength}
    at_once = max(1, _PLACES_AT_ONCE // bars.top_grid.size)
    for first in range(0, len(lags), at_once):
        some = slice(first, first + at_once)
        matches, wrong = _matches(bars, lags[some])
        for kind, match in matches.items():
            strengths = best_stretch(np.where(match, 1.0, wrong))
            groups = _in_groups(match[:, notes])
            for reach, inside in of_range.items():
                most = float(strengths[inside[some]].max(initial=0.0))
                strength[kind, reach] = max(strength[kind, reach], most)
                again[kind, reach] |= groups[inside[some]].any(axis=0)
    found: Values = {}
    for kind, reach in strength:
        found[f"run_{kind}_{reach}"] = strength[kind, reach] / len(notes)
        found[f"again_{kind}_{reach}"] = share(again[kind, reach])
    return {name: found[name] for name in FEATURES}


def _matches(bars: LineBars, lags: Array) -> tuple[dict[str, Array], Array]:
    """For each kind the places where the line matches itself a lag later, bool[lags, steps]; and -1 where
    one of the two has an onset, 0 elsewhere."""
    top, degree = bars.top_grid.ravel(), bars.degree_grid.ravel()
    here, later, there = _compared(top, lags)
    either, both = here | there, here & there
    equal = both & (top[None, :] == later)
    _, degree_later, _ = _compared(degree, lags)
    moved = both & _same_as_before(degree_later - degree[None, :], both)
    return {"pitch": equal, "scale": moved, "rhythm": both}, np.where(either, -1.0, 0.0)


def _in_groups(match: Array) -> Array:
    """Whether each element lies in a run of four or more true elements of its row: bool[lags, notes]."""
    inside = np.zeros(match.shape, bool)
    if match.shape[1] >= _GROUP:
        starts = np.logical_and.reduce(
            [match[:, first : match.shape[1] - _GROUP + 1 + first] for first in range(_GROUP)]
        )
        for first in range(_GROUP):
            inside[:, first : first + starts.shape[1]] |= starts
    return inside


def _lags(bars: LineBars) -> Array:
    """The lags, int[lags] in steps: half beats up to two bars, then whole beats, up to the line's length."""
    length = bars.line.bars * bars.line.bar_steps
    near = min(2 * bars.line.bar_steps, length)
    close, far = np.arange(_HALF_BEAT, near, _HALF_BEAT), np.arange(near, length, STEPS_PER_BEAT)
    return np.concatenate([close, far]).astype(np.int64)


def _compared(row: Array, lags: Array) -> tuple[Array, Array, Array]:
    """Three arrays [lags, steps]: whether a place has an onset, the value a lag later (-1 beyond the end),
    and whether that place has an onset. A place whose later one is beyond the end counts as without."""
    place = np.arange(len(row))[None, :] + lags[:, None]
    inside = place < len(row)
    later = np.where(inside, row[np.minimum(place, len(row) - 1)], -1)
    return (row >= 0)[None, :] & inside, later, later >= 0


def _same_as_before(difference: Array, where: Array) -> Array:
    """Whether each true place has the difference of the true place before it in its row."""
    place = np.where(where, np.arange(where.shape[1]), -1)
    before = np.maximum.accumulate(place, axis=1)
    before = np.concatenate([np.full((len(place), 1), -1), before[:, :-1]], axis=1)
    known = before >= 0
    return known & (np.take_along_axis(difference, np.maximum(before, 0), axis=1) == difference)
