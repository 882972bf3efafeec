"""Where the bars of a sequence begin: a MIDI file does not say how long its pickup is.

Each phase (the beats before the first full bar) is judged by what notes do at its barlines, over all
parts of the file: a note that sounds across a barline speaks against it, a note that begins there
for it, the more the longer it is. Long notes mark strong places: Lerdahl and Jackendoff, A
Generative Theory of Tonal Music (1983), metrical preference rules 3 (event) and 5a (length).

A signature that changes later settles the matter, since it stands at a barline.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_prep.raw_part import RawNote
from violin.music import Meter

_STEP_BEATS = 0.25
_TOLERANCE_BEATS = 0.06
_CROSSING_WEIGHT = 1.0
_LENGTH_WEIGHT = 0.5
_PREFERENCE_FOR_ZERO = 0.08
_FEWEST_BARS = 8


def pickup_beats(meters: Sequence[tuple[float, Meter]], parts: Sequence[Sequence[RawNote]]) -> float:
    """The length of the pickup, 0 to less than a bar, of a sequence whose first signature is at 0."""
    first = meters[0][1].beats_per_bar
    changes = [beats for beats, meter in meters[1:] if meter != meters[0][1]]
    if changes:
        pickup = changes[0] % first
        return 0.0 if first - pickup < _TOLERANCE_BEATS or pickup < _TOLERANCE_BEATS else pickup
    notes = [note for part in parts for note in part]
    if not notes or max(note.onset_beats for note in notes) < _FEWEST_BARS * first:
        return 0.0
    scores = phase_scores(first, notes)
    best = max(range(len(scores)), key=lambda step: (scores[step], -step))
    return best * _STEP_BEATS if scores[best] > scores[0] + _PREFERENCE_FOR_ZERO else 0.0


def phase_scores(bar_beats: float, notes: Sequence[RawNote]) -> list[float]:
    """How well each phase, in steps of a sixteenth, explains the notes; about -1 to 1."""
    steps = round(bar_beats / _STEP_BEATS)
    crossing = [0.0] * steps
    begun = [0.0] * steps
    for note in notes:
        start = round(note.onset_beats / _STEP_BEATS)
        end = round((note.end_beats - _TOLERANCE_BEATS) / _STEP_BEATS)
        length = min(note.end_beats - note.onset_beats, bar_beats)
        if abs(start * _STEP_BEATS - note.onset_beats) < _TOLERANCE_BEATS:
            begun[start % steps] += min(length, bar_beats)
        for step in range(start + 1, min(end, start + steps - 1) + 1):
            crossing[step % steps] += 1
    total_crossing = sum(crossing) or 1.0
    total_begun = sum(begun) or 1.0
    return [
        (_LENGTH_WEIGHT * begun[step] / total_begun - _CROSSING_WEIGHT * crossing[step] / total_crossing)
        * steps
        / 4
        for step in range(steps)
    ]
