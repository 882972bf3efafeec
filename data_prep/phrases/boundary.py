"""Local boundaries of a melody, and their strength at each barline.

The Local Boundary Detection Model of Cambouropoulos (2001), "The local boundary detection
model (LBDM) and its application in the study of expressive timing", Proc. ICMC, Havana: a
boundary is felt where an interval differs from its neighbours, in proportion to its size. For
the intervals x of one parameter the degree of change between neighbours is

    r(i, i+1) = |x(i) - x(i+1)| / (x(i) + x(i+1)),  0 if both are 0

and the strength at interval i is s(i) = x(i) * (r(i-1, i) + r(i, i+1)), scaled to a largest
value of 1. Parameters and weights are the paper's: pitch .25, time between onsets .5, rest .25.
The melody is the highest note of each onset.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from violin.music import TICKS_PER_BEAT, Note

_PITCH_WEIGHT, _ONSET_WEIGHT, _REST_WEIGHT = 0.25, 0.5, 0.25
_LONGEST_INTERVAL_TICKS = 4 * TICKS_PER_BEAT  # one long rest must not flatten all other boundaries
_UPBEAT_TICKS = TICKS_PER_BEAT  # a phrase with an upbeat of up to a beat belongs to the barline after it
_UPBEAT_SHARE = 0.7
_DOUBLE_BAR_STRENGTH = 0.5
_CROSSING_NOTE_STRENGTH = -0.5

Floats = NDArray[np.float64]


def top_line(notes: Sequence[Note]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Onsets, pitches and ends (ticks) of the highest note of each onset, in time order."""
    highest: dict[int, Note] = {}
    for note in notes:
        known = highest.get(note.onset_ticks)
        if known is None or note.pitch > known.pitch:
            highest[note.onset_ticks] = note
    line = [highest[onset] for onset in sorted(highest)]
    return (
        np.array([note.onset_ticks for note in line], np.int64),
        np.array([note.pitch for note in line], np.int64),
        np.array([note.end_ticks for note in line], np.int64),
    )


def local_boundaries(notes: Sequence[Note]) -> tuple[NDArray[np.int64], Floats]:
    """Onset ticks of the melody and the strength, 0 to 1, of the boundary before each.

    The first onset has strength 1: the music begins there.
    """
    onsets, pitches, ends = top_line(notes)
    if len(onsets) < 2:
        return onsets, np.ones(len(onsets))
    between = np.minimum(np.diff(onsets), _LONGEST_INTERVAL_TICKS).astype(np.float64)
    rests = np.clip(onsets[1:] - ends[:-1], 0, _LONGEST_INTERVAL_TICKS).astype(np.float64)
    leaps = np.abs(np.diff(pitches)).astype(np.float64)
    strength = (
        _PITCH_WEIGHT * _change_strength(leaps)
        + _ONSET_WEIGHT * _change_strength(between)
        + _REST_WEIGHT * _change_strength(rests)
    )
    # A long interval lies between a long note and the next one: the boundary is before the next.
    return onsets, np.concatenate(([1.0], _scaled(strength)))


def barline_strengths(
    notes: Sequence[Note], barlines: Sequence[int], double_bars: Sequence[int] = ()
) -> Floats:
    """How well the music may be cut at each barline, about -0.5 to 1.5.

    The strongest local boundary from one beat before the barline (an upbeat, at a discount) to
    the barline itself, more at a double bar, less where a note sounds across.
    """
    bars = np.asarray(barlines, np.int64)
    strengths = np.zeros(len(bars))
    onsets, local = local_boundaries(notes)
    first = np.searchsorted(onsets, bars - _UPBEAT_TICKS, side="left")
    last = np.searchsorted(onsets, bars, side="right")
    for index in range(len(bars)):
        for place in range(first[index], last[index]):
            share = 1.0 if onsets[place] == bars[index] else _UPBEAT_SHARE
            strengths[index] = max(strengths[index], share * local[place])
    strengths[np.isin(bars, np.asarray(double_bars, np.int64))] += _DOUBLE_BAR_STRENGTH
    strengths[_crossed(notes, bars)] += _CROSSING_NOTE_STRENGTH
    return strengths


def _crossed(notes: Sequence[Note], barlines: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which barlines some note sounds across."""
    starts = np.sort(np.array([note.onset_ticks for note in notes], np.int64))
    ends = np.sort(np.array([note.end_ticks for note in notes], np.int64))
    begun = np.searchsorted(starts, barlines, side="left")
    finished = np.searchsorted(ends, barlines, side="right")
    crossed: NDArray[np.bool_] = begun > finished
    return crossed


def _change_strength(intervals: Floats) -> Floats:
    padded = np.concatenate((intervals[:1], intervals, intervals[-1:]))
    total = padded[:-1] + padded[1:]
    change = np.divide(np.abs(np.diff(padded)), total, out=np.zeros_like(total), where=total > 0)
    return _scaled(intervals * (change[:-1] + change[1:]))


def _scaled(values: Floats) -> Floats:
    largest = values.max(initial=0.0)
    return values / largest if largest > 0 else values
