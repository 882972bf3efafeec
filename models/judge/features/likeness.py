"""The likeness of two bars: a number from 0 to 1 that one wrong note changes a little.

Each measure is an overlap (Dice, Ecology 26, 1945) of the onsets of two bars at the same places. An
exact comparison jumps from 1 to 0 when a copyist drops one note; an overlap loses that note's share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.judge.features.measures import Array

_SILENT = -1
_WIDEST = 60  # scale steps between two bars
_SAMPLE_STEPS = 3  # the melody is sampled at sixteenths for its contour


@dataclass(frozen=True, eq=False)
class Likeness:
    """Symmetric matrices [bars, bars] of values from 0 to 1; the diagonal is 0.

    `rhythm`: share of onsets at the same places. `lengths`: the same with the same time to the next onset.
    `pitch`: share of the same top notes at the same places. `scale`: the same after the best shift within the
    scale, counted in intervals instead of notes, so bars of one note have 0; `shift` int[bars, bars] is that
    shift in scale steps, from the row's bar to the column's. `inversion`: the same for the mirrored bar.
    `contour`: correlation of the sounding melodies, 0 where negative.
    """

    rhythm: Array
    lengths: Array
    pitch: Array
    scale: Array
    shift: Array
    inversion: Array
    contour: Array

    @classmethod
    def of(cls, top: Array, degree: Array, ioi: Array) -> Likeness:
        """From the top note, its scale degree and the time to the next onset at each onset,
        int[bars, steps]; -1 in `top` elsewhere."""
        bars = len(top)
        first, second = np.triu_indices(bars, 1)
        sounding = top >= 0
        onsets = sounding.sum(axis=1)
        both = sounding[first] & sounding[second]
        size = (onsets[first] + onsets[second]) / 2
        length = both & (ioi[first] == ioi[second])
        equal = both & (top[first] == top[second])
        shift, moved = _most_frequent(degree[second] - degree[first], both)
        _, mirrored = _most_frequent(degree[second] + degree[first] - 2 * int(degree[sounding].mean()), both)
        intervals = np.maximum(size - 1, 1)
        melody = _held(top)

        def matrix(values: Array) -> Array:
            table = np.zeros((bars, bars), values.dtype)
            table[first, second] = table[second, first] = values
            return table

        signed = np.zeros((bars, bars), np.int64)
        signed[first, second], signed[second, first] = shift, -shift
        contour = np.maximum(melody @ melody.T, 0.0)
        np.fill_diagonal(contour, 0.0)
        return cls(
            matrix(both.sum(axis=1) / np.maximum(size, 1)),
            matrix(length.sum(axis=1) / np.maximum(size, 1)),
            matrix(equal.sum(axis=1) / np.maximum(size, 1)),
            matrix(np.maximum(moved - 1, 0) / intervals),
            signed,
            matrix(np.maximum(mirrored - 1, 0) / intervals),
            contour,
        )

    def __getitem__(self, kind: str) -> Array:
        found: Array = getattr(self, kind)
        return found


def _most_frequent(values: Array, where: Array) -> tuple[Array, Array]:
    """The most frequent of the values of each row at the true places, and how often it occurs."""
    rows, columns = np.nonzero(where)
    width = 2 * _WIDEST + 1
    inside = np.clip(values[rows, columns], -_WIDEST, _WIDEST) + _WIDEST
    counts = np.bincount(rows * width + inside, minlength=len(values) * width).reshape(len(values), width)
    best = counts.argmax(axis=1) if len(values) else np.zeros(0, np.int64)
    return best - _WIDEST, counts[np.arange(len(values)), best]


def _held(top: Array) -> Array:
    """The melody of each bar at every sixteenth, centred and scaled to length 1; zeros if it is
    constant or silent. [bars, sixteenths]"""
    place = np.where(top >= 0, np.arange(top.shape[1]), _SILENT)
    last = np.maximum.accumulate(place, axis=1)
    first = np.argmax(top >= 0, axis=1)
    last = np.where(last >= 0, last, first[:, None])[:, ::_SAMPLE_STEPS]
    curve = np.take_along_axis(top, last, axis=1).astype(float)
    curve -= curve.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(curve, axis=1, keepdims=True)
    return np.asarray(curve / np.where(norm > 1e-9, norm, 1.0))


def best_stretch(gain: Array) -> Array:
    """The greatest sum of consecutive elements of each row, 0 if all are negative (Kadane; Bentley,
    CACM 27/9, 1984). Matches that count +1 and mismatches that count -1 make a run with tolerance.

    >>> best_stretch(np.array([[1.0, 1, -1, 1, 1], [-1, -1, -1, -1, -1]])).tolist()
    [3.0, 0.0]
    """
    if gain.shape[-1] == 0:
        return np.zeros(gain.shape[:-1])
    total = np.cumsum(gain, axis=-1)
    lowest = np.minimum(np.minimum.accumulate(total, axis=-1), 0.0)
    before = np.concatenate([np.zeros((*total.shape[:-1], 1)), lowest[..., :-1]], axis=-1)
    return np.maximum((total - before).max(axis=-1), 0.0)
