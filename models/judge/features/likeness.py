"""The likeness of two bars: a number from 0 to 1 that one wrong note changes a little.

Each measure is an overlap (Dice, Ecology 26, 1945) of the onsets of two bars at the same places. An
exact comparison jumps from 1 to 0 when a copyist drops one note; an overlap loses that note's share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.measures import Array

_WIDEST = 60  # scale steps between two bars


@dataclass(frozen=True, eq=False)
class Likeness:
    """Symmetric matrices [bars, bars] of values from 0 to 1; the diagonal is 0.

    `rhythm`: share of onsets at the same places. `pitch`: share of the same top notes at the same
    places. `scale`: the same after the best shift within the scale, in intervals, so that bars of one
    note have 0; `shift` int[bars, bars] is that shift in scale steps, from the row's bar to the
    column's.
    """

    rhythm: Array
    pitch: Array
    scale: Array
    shift: Array

    @classmethod
    def of(cls, bars: LineBars) -> Likeness:
        """Compare every two bars of a line by their top notes."""
        top, degree = _grid(bars, bars.events.top), _grid(bars, bars.degree)
        count = bars.line.bars
        first, second = np.triu_indices(count, 1)
        sounding = top >= 0
        onsets = sounding.sum(axis=1)
        both = sounding[first] & sounding[second]
        size = (onsets[first] + onsets[second]) / 2
        equal = both & (top[first] == top[second])
        shift, moved = _most_frequent(degree[second] - degree[first], both)

        def matrix(values: Array) -> Array:
            table = np.zeros((count, count))
            table[first, second] = table[second, first] = values
            return table

        signed = np.zeros((count, count), np.int64)
        signed[first, second], signed[second, first] = shift, -shift
        return cls(
            matrix(both.sum(axis=1) / np.maximum(size, 1)),
            matrix(equal.sum(axis=1) / np.maximum(size, 1)),
            matrix(np.maximum(moved - 1, 0) / np.maximum(size - 1, 1)),
            signed,
        )


def _grid(bars: LineBars, values: Array) -> Array:
    """The value of each onset at its place, int64[bars, bar_steps]; -1 without an onset."""
    rows = np.full((bars.line.bars, bars.line.bar_steps), -1, np.int64)
    rows[bars.events.bar, bars.events.place_steps] = values
    return rows


def _most_frequent(values: Array, where: Array) -> tuple[Array, Array]:
    """The most frequent of the values of each row at the true places, and how often it occurs."""
    rows, columns = np.nonzero(where)
    width = 2 * _WIDEST + 1
    inside = np.clip(values[rows, columns], -_WIDEST, _WIDEST) + _WIDEST
    counts = np.bincount(rows * width + inside, minlength=len(values) * width).reshape(len(values), width)
    best = counts.argmax(axis=1) if len(values) else np.zeros(0, np.int64)
    return best - _WIDEST, counts[np.arange(len(values)), best]
