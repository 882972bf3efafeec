"""The chord that each half bar implies: template chords and a Viterbi path.

A hidden Markov model (Raphael & Stoddard, Computer Music Journal 28/3, 2004): the states are the 12
roots above the tonic times the four qualities of `violin.plan.Quality`; a half bar's pitch classes,
weighted by length and by beat, are drawn from its chord; chords prefer to stay within a bar and
to move by falling fifths (Temperley, The Cognition of Basic Musical Structures, 2001, ch. 6).
Roots are relative to the tonic, so a transposed phrase has the same path.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
from numpy.typing import NDArray

from violin.music import Key, Phrase
from violin.plan import Chord, Quality

Array = NDArray[np.float64]

_QUALITIES = tuple(Quality)
CHORDS = tuple(Chord(root, quality) for quality in _QUALITIES for root in range(12))

# Shares of the tones of a chord among the notes of a half bar: the rest are passing and neighbour
# notes, most of them in the scale.
_ROOT, _THIRD, _FIFTH, _SEVENTH = 0.30, 0.26, 0.20, 0.10
_IN_SCALE, _CHROMATIC = 0.20, 0.04
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_MINOR_SCALE = (0, 2, 3, 5, 7, 8, 9, 10, 11)
# How common a chord is: on the scale, dominant and tonic first. In parts of one hundred.
_COMMON_MAJOR = {"I": 30, "V": 16, "V7": 14, "ii": 9, "IV": 9, "vi": 6, "viio": 3, "iii": 2, "II7": 2}
_COMMON_MINOR = {"i": 30, "V": 15, "V7": 14, "iv": 9, "bVI": 5, "bIII": 5, "bVII": 4, "iio": 3, "viio": 5}
_RARE = 0.35
_STAYS_IN_BAR, _STAYS_OVER_BARLINE = 0.6, 0.3
_FALLING_FIFTH, _STEP_UP, _THIRD_DOWN, _OTHER_MOVE = 3.0, 1.5, 1.3, 1.0
_BASS_WEIGHT, _BEAT_WEIGHT = 1.5, 1.5
_EVIDENCE = 2.0  # draws that a sounding beat counts for
_MOST_EVIDENCE = 4.0  # the limit for a half bar with many stops and held notes


def half_bar_weights(phrase: Phrase, tonic: int) -> Array:
    """float64[bars * 2, 12]: beats of each pitch class above the tonic in each half bar, notes on a
    beat and the lowest note of a stop counting 1.5 times."""
    half = phrase.bar_ticks / 2
    weights = np.zeros((phrase.bars * 2, 12))
    lowest: dict[int, int] = {}
    for note in phrase.notes:
        lowest[note.onset_ticks] = min(note.pitch, lowest.get(note.onset_ticks, 127))
    struck = Counter(note.onset_ticks for note in phrase.notes)
    for note in phrase.notes:
        scale = _BEAT_WEIGHT if note.onset_ticks % phrase.ticks_per_beat == 0 else 1.0
        if struck[note.onset_ticks] > 1 and note.pitch == lowest[note.onset_ticks]:
            scale *= _BASS_WEIGHT
        first, last = int(note.onset_ticks // half), int((note.end_ticks - 1) // half)
        for place in range(first, min(last, len(weights) - 1) + 1):
            start, end = place * half, (place + 1) * half
            shared = min(note.end_ticks, end) - max(note.onset_ticks, start)
            weights[place, (note.pitch - tonic) % 12] += scale * shared / phrase.ticks_per_beat
    return weights


def chords_of(phrase: Phrase, key: Key) -> list[Chord | None]:
    """One chord per half bar, relative to the tonic of `key`; None if nothing sounds.

    >>> from violin.music import Note
    >>> bar = [Note(48 * beat, pitch, 48) for beat, pitch in enumerate((60, 64, 67, 62, 67, 71, 60, 64))]
    >>> [str(chord) for chord in chords_of(Phrase(tuple(bar), 2), Key(0))]
    ['I', 'V', 'V', 'I']
    """
    return chord_path(half_bar_weights(phrase, key.tonic_pitch_class), key.minor)


def chord_path(weights: Array, minor: bool) -> list[Chord | None]:
    """The likeliest chords of half bars with the weights of `half_bar_weights`."""
    states = chord_states(weights, minor).tolist()
    return [CHORDS[state] if row.any() else None for state, row in zip(states, weights, strict=True)]


def chord_states(weights: Array, minor: bool) -> NDArray[np.int64]:
    """The same as indices into `CHORDS`, for silent half bars too (Viterbi)."""
    emission = _emission(weights, minor)
    prior, transitions = _dynamics(minor)
    score = prior + emission[0]
    back = np.zeros((len(weights), len(CHORDS)), dtype=np.int64)
    for place in range(1, len(weights)):
        total = score[:, None] + transitions[place % 2]
        back[place] = total.argmax(axis=0)
        score = total.max(axis=0) + emission[place]
    path = np.empty(len(weights), np.int64)
    path[-1] = score.argmax()
    for place in range(len(weights) - 1, 0, -1):
        path[place - 1] = back[place, path[place]]
    return path


def _emission(weights: Array, minor: bool) -> Array:
    """float64[half bars, states]: log-likelihood of each half bar's weights under each chord."""
    total = weights.sum(axis=1, keepdims=True)
    draws = np.minimum(_EVIDENCE * total, _MOST_EVIDENCE)
    return np.asarray(draws * weights / np.maximum(total, 1e-9) @ np.log(_templates(minor)).T)


@cache
def _templates(minor: bool) -> Array:
    """float64[states, 12]: the distribution of pitch classes under each chord."""
    scale = _MINOR_SCALE if minor else _MAJOR_SCALE
    table = np.zeros((len(CHORDS), 12))
    for index, chord in enumerate(CHORDS):
        tones = [(chord.root + tone) % 12 for tone in chord.quality.tones]
        shares = (_ROOT, _THIRD, _FIFTH, _SEVENTH)[: len(tones)]
        others = [step for step in range(12) if step not in tones]
        inside = [step for step in others if step in scale]
        outside = [step for step in others if step not in scale]
        for tone, part in zip(tones, shares, strict=True):
            table[index, tone] = part
        table[index, inside] = _IN_SCALE / max(len(inside), 1)
        table[index, outside] = _CHROMATIC / max(len(outside), 1)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


@cache
def _dynamics(minor: bool) -> tuple[Array, tuple[Array, Array]]:
    """Log prior [states], and log chance of each next chord [states, states] over a barline and within
    a bar."""
    table = _COMMON_MINOR if minor else _COMMON_MAJOR
    common = {str(Chord.parse(name)): share for name, share in table.items()}
    prior = np.array([common.get(str(chord), _RARE) for chord in CHORDS])
    prior /= prior.sum()
    moves = np.empty((len(CHORDS), len(CHORDS)))
    for row, chord in enumerate(CHORDS):
        steps = np.array([(other.root - chord.root) % 12 for other in CHORDS])
        kind = np.select(
            [steps == 5, (steps == 1) | (steps == 2), (steps == 8) | (steps == 9)],
            [_FALLING_FIFTH, _STEP_UP, _THIRD_DOWN],
            _OTHER_MOVE,
        )
        moves[row] = prior * kind
        moves[row, row] = 0.0
        moves[row] /= moves[row].sum()
    same = np.eye(len(CHORDS))
    over, within = (stay * same + (1 - stay) * moves for stay in (_STAYS_OVER_BARLINE, _STAYS_IN_BAR))
    return np.log(prior), (np.log(over), np.log(within))
