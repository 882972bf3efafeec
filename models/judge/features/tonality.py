"""Key finding with profiles, and the implied harmony of a bar."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.judge.features.measures import Array

# Krumhansl & Kessler, Psychological Review 89, 1982: probe-tone ratings from the tonic up.
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_MINOR_SCALE = (0, 2, 3, 5, 7, 8, 9, 10, 11)  # melodic and harmonic forms together
_MAJOR_STEPS = (0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6)  # the scale step at or below each semitone
_MINOR_STEPS = (0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)


class KeyFound(NamedTuple):
    """The best key: `tonic` pitch class, `minor`, Pearson's r of its profile (`fit`) and its
    distance to the best key with another tonic (`lead`)."""

    tonic: int
    minor: bool
    fit: float
    lead: float


def _profiles() -> Array:
    rows = [np.roll(profile, tonic) for profile in (_MAJOR, _MINOR) for tonic in range(12)]
    table = np.array(rows)
    table -= table.mean(axis=1, keepdims=True)
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True))


def _chords() -> Array:
    """0/1 templates of the 24 triads, 12 dominant sevenths and 12 diminished sevenths, by root."""
    shapes = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 3, 6, 9))
    table = np.zeros((len(shapes) * 12, 12))
    for kind, shape in enumerate(shapes):
        for root in range(12):
            table[kind * 12 + root, [(root + step) % 12 for step in shape]] = 1.0
    return table


_PROFILES = _profiles()
_CHORDS = _chords()


def keys_of(weights: Array) -> Array:
    """Correlation of pitch-class weights [..., 12] with the 24 key profiles [..., 24] (Krumhansl,
    Cognitive Foundations of Musical Pitch, 1990): index 0-11 major on C..B, 12-23 minor."""
    centred = weights - weights.mean(axis=-1, keepdims=True)
    norm = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.asarray((centred / np.maximum(norm, 1e-9)) @ _PROFILES.T)


def key_of(weights: Array) -> KeyFound:
    """The best key of pitch-class weights [12]."""
    fits = keys_of(weights)
    best = int(fits.argmax())
    tonic, minor = best % 12, best >= 12
    others = fits.copy()
    others[[tonic, tonic + 12]] = -1.0
    return KeyFound(tonic, minor, float(fits[best]), float(fits[best] - others.max()))


def scale_mask(key: KeyFound) -> Array:
    """bool[12]: the pitch classes of the key's scale; a minor key has both forms of the sixth and the
    seventh."""
    mask = np.zeros(12, bool)
    mask[[(key.tonic + step) % 12 for step in (_MINOR_SCALE if key.minor else _MAJOR_SCALE)]] = True
    return mask


def degrees_of(pitch: Array, key: KeyFound) -> Array:
    """Scale degrees of pitches in the key's seven-step scale, int64[n]: 0 is the tonic of octave 0,
    seven per octave. A pitch between two degrees gets the lower one. Both sixths of a minor key
    have the same degree, and so do both sevenths, so that a diatonic sequence keeps its steps."""
    octave, step = np.divmod(pitch.astype(np.int64) - key.tonic, 12)
    return octave * 7 + np.asarray(_MINOR_STEPS if key.minor else _MAJOR_STEPS)[step]


def chords_of(weights: Array) -> tuple[Array, Array, Array]:
    """For weights [bars, 12]: the share that the best chord explains, its root and its shape (0 major,
    1 minor, 2 dominant seventh, 3 diminished seventh) for each bar.

    A chord's score is the weight on its tones, minus a small penalty for each tone beyond three and
    for each tone that does not sound (Pardo & Birmingham, Computer Music Journal 26/2, 2002).
    """
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    explained = weights @ _CHORDS.T / total
    silent = ((weights <= 0).astype(float) @ _CHORDS.T) * 0.04
    size = (_CHORDS.sum(axis=1) - 3) * 0.05
    best = (explained - silent - size).argmax(axis=1)
    return explained[np.arange(len(weights)), best], best % 12, best // 12
