"""The plan of a human phrase, computed from its notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from constraints.language.vocabulary import density_class
from data_prep.plans.harmony import chord_path, half_bar_weights
from data_prep.plans.relations import BarShape, bar_shapes, closest_relation
from violin.instrument import LOWEST_PITCH
from violin.music import TICKS_PER_BEAT, Key, Phrase
from violin.plan import REGISTERS, BarPlan, Cadence, Chord, Plan, Quality

# Krumhansl & Kessler, Psychological Review 89, 1982: probe-tone ratings from the tonic up.
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_SIGNATURE_BONUS, _RELATIVE_BONUS, _NEIGHBOUR_BONUS = 0.25, 0.2, 0.1
_REGISTER_SEMITONES = 6


def plan_of(phrase: Phrase, beginning_bars: int = 1, ending_bars: int = 1, key: Key | None = None) -> Plan:
    """The plan of a phrase. `key` None: the key of its outer bars, the only ones known when the middle is
    composed.

    A bar of the middle relates to an earlier bar, or to one of the ending if that is closer; a bar of the
    ending relates to an earlier given bar. Any resolution; the phrase is read on the grid of 48 ticks a
    beat.
    """
    phrase = phrase.on_grid()
    weights = half_bar_weights(phrase, 0)
    key = key or _best_key(weights, phrase, beginning_bars, ending_bars)
    chords = chord_path(np.roll(weights, -key.tonic_pitch_class, axis=1), key.minor)
    shapes = bar_shapes(phrase)
    first_given = phrase.bars - ending_bars
    bars = []
    for index, shape in enumerate(shapes):
        others = [*range(index)][::-1]
        if index < beginning_bars:
            pass
        elif index < first_given:
            others += range(first_given, phrase.bars)
        else:
            others = [other for other in others if other < beginning_bars or other >= first_given]
        relation, other, steps = closest_relation(shapes, index, key, others)
        pair = (chords[2 * index], chords[2 * index + 1])
        bars.append(BarPlan(pair, relation, other, steps, _density(shape, phrase), _register(shape)))
    return Plan(key, tuple(bars), cadence_into(chords, first_given) if ending_bars else Cadence.NONE)


def outer_key(phrase: Phrase, beginning_bars: int = 1, ending_bars: int = 1) -> Key:
    """The key of the outer bars: the best of the 24 by Krumhansl's profiles, where the key signature,
    its relative key and their neighbours a fifth away have an advantage in the correlation."""
    return _best_key(half_bar_weights(phrase, 0), phrase, beginning_bars, ending_bars)


def _best_key(weights: np.ndarray, phrase: Phrase, beginning_bars: int, ending_bars: int) -> Key:
    """`outer_key` from the weights of all half bars above C."""
    outer = [*range(beginning_bars), *range(phrase.bars - ending_bars, phrase.bars)] or [*range(phrase.bars)]
    heard = weights.reshape(phrase.bars, 2, 12)[outer].sum(axis=(0, 1))
    fits = _correlations(heard)
    signature = phrase.key or Key()
    best, best_fit = signature, -2.0
    for minor in (False, True):
        for fifths in range(-6, 6):
            key = Key(fifths, minor)
            fit = float(fits[int(minor), key.tonic_pitch_class])
            away = (key.fifths - signature.fifths) % 12
            if away == 0:
                fit += _SIGNATURE_BONUS if key.minor == signature.minor else _RELATIVE_BONUS
            elif away in (1, 11):
                fit += _NEIGHBOUR_BONUS
            if fit > best_fit + 1e-9:
                best, best_fit = key, fit
    return best


# [2, 12, 12]: the profile of each mode, centred and of unit length, above each tonic.
_PROFILES = np.stack(
    [
        [
            np.roll((profile - profile.mean()) / np.linalg.norm(profile - profile.mean()), tonic)
            for tonic in range(12)
        ]
        for profile in (np.array(_MAJOR), np.array(_MINOR))
    ]
)


def _correlations(weights: np.ndarray) -> np.ndarray:
    """float64[2, 12]: correlation with the profile of each mode and tonic; 0 for silence."""
    centred = weights - weights.mean()
    norm = np.linalg.norm(centred)
    return np.asarray(_PROFILES @ centred / norm if norm else np.zeros((2, 12)))


def _density(shape: BarShape, phrase: Phrase) -> int:
    return density_class(len(shape.top), phrase.bar_ticks * TICKS_PER_BEAT // phrase.ticks_per_beat)


def _register(shape: BarShape) -> int:
    """Class of the mean top pitch; 0 without notes."""
    if not shape.pitches:
        return 0
    return register_class(sum(shape.pitches) / len(shape.pitches))


def register_class(mean_pitch: float) -> int:
    """Class of a mean pitch, 0 to 6: half octaves from the open G string up."""
    return min(max(int((mean_pitch - LOWEST_PITCH) // _REGISTER_SEMITONES), 0), REGISTERS - 1)


def cadence_into(chords: Sequence[Chord | None], first_given: int) -> Cadence:
    """How the last chord before bar `first_given` (from 0) leads to the first chord from there on;
    `chords` has one per half bar."""
    before = next((chord for chord in reversed(chords[: 2 * first_given]) if chord), None)
    after = next((chord for chord in chords[2 * first_given :] if chord), None)
    if before is None or after is None or before == after:
        return Cadence.NONE
    dominant = before.root == 7 and before.quality is not Quality.MINOR
    dominant = dominant or (before.root == 11 and before.quality is Quality.DIMINISHED)
    if after.root == 0:
        return Cadence.AUTHENTIC if dominant else Cadence.PLAGAL if before.root == 5 else Cadence.NONE
    if after.root == 7 and after.quality is not Quality.MINOR:
        return Cadence.HALF
    return Cadence.DECEPTIVE if dominant and after.root in (8, 9) else Cadence.NONE
