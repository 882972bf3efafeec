"""Where the bars of a sequence begin: a MIDI file does not say how long its pickup is.

A program that writes MIDI from engraving starts at the pickup's first note, so barlines counted from
the file's start fall inside the bars. Each of three facts settles it: a later change of
signature stands at a barline; silence at the start is the rest before a pickup, so the file counts
from a barline; the catalogue of sources may give the length. Otherwise each phase (beats before the first
full bar, in steps of a sixteenth) is judged by what the notes of all parts do at its barlines, after
Lerdahl and Jackendoff, A Generative Theory of Tonal Music (1983), metrical preference rules 3
(event), 5a (length), 5f (harmony) and 6 (bass):

* how long the notes are that begin there, and in how many bars one does;
* how low they are, and how much the harmony of a beat changes there;
* how many of the parts first enter there, and whether the music ends at such a barline.

A phase's probability is the softmax of the weighted evidence; one that is at least .5 probable is
taken, else none. The weights were fitted by maximum likelihood to 318 engraved movements whose pickups
are known, 106 of which have one, with the silence before the pickup cut off (scripts/fit_phase.py).
In five-fold cross-validation, 209 of the 212 without a pickup and 65 of the 106 with one are classified
right; of the 233 answers that are more than .8 probable, 97 % are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data_prep.grid.raw_part import RawNote
from violin.music import Meter

Floats = NDArray[np.float64]

STEP_BEATS = 0.25
WEIGHTS = np.array([0.26, 4.77, 0.38, 0.21, 1.56, 2.05, 2.10, 2.86, -0.80])
"""Crossing notes, length begun, bars begun, end, no pickup, depth, harmony, entries, on a beat."""

_NEAR_BEATS = 0.0625
_SLICE_BEATS = 0.5
_FEWEST_BARS = 8
_LEAD_SILENCE_BEATS = 0.2
_LEAST_PROBABILITY = 0.5


def pickup_beats(meters: Sequence[tuple[float, Meter]], parts: Sequence[Sequence[RawNote]]) -> float:
    """The length of the pickup, 0 to less than a bar, of a sequence whose first signature is at 0."""
    bar = meters[0][1].beats_per_bar
    changes = [beats for beats, meter in meters[1:] if meter != meters[0][1]]
    if changes:
        pickup = changes[0] % bar
        return 0.0 if min(pickup, bar - pickup) < _NEAR_BEATS else pickup
    parts = [part for part in parts if part]
    if not parts or bar % STEP_BEATS:
        return 0.0
    onsets = [note.onset_beats for part in parts for note in part]
    if min(onsets) >= _LEAD_SILENCE_BEATS or max(onsets) < _FEWEST_BARS * bar:
        return 0.0
    probabilities = phase_probabilities(bar, parts)
    best = int(np.argmax(probabilities))
    return best * STEP_BEATS if probabilities[best] >= _LEAST_PROBABILITY else 0.0


def phase_probabilities(bar_beats: float, parts: Sequence[Sequence[RawNote]]) -> Floats:
    """The probability of each phase: float[steps of a sixteenth in a bar]."""
    scores = phase_evidence(bar_beats, parts) @ WEIGHTS
    likelihood = np.exp(scores - scores.max())
    total: Floats = likelihood / likelihood.sum()
    return total


def phase_evidence(bar_beats: float, parts: Sequence[Sequence[RawNote]]) -> Floats:
    """float[steps, 9]: what speaks for each phase, in the order of `WEIGHTS`."""
    steps = round(bar_beats / STEP_BEATS)
    notes = [note for part in parts for note in part]
    bars = max(1.0, max(note.onset_beats for note in notes) // bar_beats)
    middle = sum(note.pitch for note in notes) / len(notes)
    crossing, begun, depth, count = (np.zeros(steps) for _ in range(4))
    begun_bars: list[set[int]] = [set() for _ in range(steps)]
    for note in notes:
        first = round(note.onset_beats / STEP_BEATS)
        last = round((note.end_beats - _NEAR_BEATS) / STEP_BEATS)
        if abs(first * STEP_BEATS - note.onset_beats) < _NEAR_BEATS:
            begun[first % steps] += min(note.end_beats - note.onset_beats, bar_beats)
            begun_bars[first % steps].add(first // steps)
            depth[first % steps] += middle - note.pitch
            count[first % steps] += 1
        for step in range(first + 1, min(last, first + steps - 1) + 1):
            crossing[step % steps] += 1
    evidence = np.zeros((steps, len(WEIGHTS)))
    evidence[:, 0] = crossing * steps / max(crossing.sum(), 1.0) / 4
    evidence[:, 1] = begun * steps / max(begun.sum(), 1e-9) / 4
    evidence[:, 2] = [len(found) / bars for found in begun_bars]
    end = round(max(note.end_beats for note in notes) % bar_beats / STEP_BEATS) % steps
    evidence[end, 3] = float(end > 0)
    evidence[0, 4] = 1.0
    evidence[:, 5] = np.divide(depth, count, out=np.zeros(steps), where=count > 0) / 12
    evidence[:, 6] = 5 * _harmonic_change(steps, notes)
    for part in parts:
        entry = round(part[0].onset_beats / STEP_BEATS)
        if 0 < entry < steps:
            evidence[entry, 7] += 1 / len(parts)
    evidence[:, 8] = np.arange(steps) % round(1 / STEP_BEATS) == 0
    return evidence


def _harmonic_change(steps: int, notes: Sequence[RawNote]) -> Floats:
    """float[steps]: 1 - Jaccard of the pitch classes in the beat before and after, around its mean."""
    slices: dict[int, set[int]] = defaultdict(set)
    for note in notes:
        first, last = int(note.onset_beats / _SLICE_BEATS), int((note.end_beats - 1e-3) / _SLICE_BEATS)
        for index in range(first, last + 1):
            slices[index].add(note.pitch % 12)
    change, count = np.zeros(steps), np.zeros(steps)
    wide = round(_SLICE_BEATS / STEP_BEATS)
    for index in range(1, max(slices) + 1):
        if index - 1 not in slices or index not in slices:
            continue
        before = slices[index - 1] | slices.get(index - 2, set())
        after = slices[index] | slices.get(index + 1, set())
        change[index * wide % steps] += 1 - len(before & after) / len(before | after)
        count[index * wide % steps] += 1
    mean = np.divide(change, count, out=np.zeros(steps), where=count > 0)
    if not change.any():
        return mean
    centred: Floats = np.where(count > 0, mean - mean[count > 0].mean(), -0.1)
    return centred
