"""Figures of sequences that several groups of features share, and the description of a feature."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Values = dict[str, float]


_DEFLATE_FRAME_BYTES = 8


class Feature(NamedTuple):
    """What a feature is: `words` say it to a musician, `source` where the formula is from."""

    words: str
    source: str


Features = Mapping[str, Feature]


def entropy_bits(values: Array) -> float:
    """Shannon entropy of the values' relative frequencies, in bits; 0 for none."""
    if len(values) == 0:
        return 0.0
    ordered = np.sort(values)
    edges = np.flatnonzero(ordered[1:] != ordered[:-1])
    return entropy_of_counts(np.diff(np.concatenate(([-1], edges, [len(ordered) - 1]))))


def entropy_of_counts(counts: Array) -> float:
    """Shannon entropy of a histogram, in bits; 0 where it is empty."""
    total = float(np.add.reduce(counts))
    if total <= 0:
        return 0.0
    share = counts[counts > 0] / total
    return -float(share @ np.log2(share))


def share(mask: Array) -> float:
    """The share of true elements; 0 for none."""
    return np.count_nonzero(mask) / len(mask) if len(mask) else 0.0


def mean(values: Array) -> float:
    return float(np.add.reduce(values)) / len(values) if len(values) else 0.0


def deviation(values: Array) -> float:
    """The standard deviation; 0 for none. (numpy's own `std` takes twenty microseconds to begin.)"""
    count = len(values)
    if count == 0:
        return 0.0
    rest = values - float(np.add.reduce(values)) / count
    return float(np.sqrt(float(rest @ rest) / count))


def correlation(first: Array, second: Array) -> float:
    """Pearson's r; 0 where either does not vary or fewer than three pairs are there."""
    if len(first) < 3:
        return 0.0
    first = first - np.add.reduce(first) / len(first)
    second = second - np.add.reduce(second) / len(second)
    scale = np.sqrt((first @ first) * (second @ second))
    return float(first @ second / scale) if scale > 1e-12 else 0.0


def longest_true_run(mask: Array) -> int:
    """The length of the longest run of true elements."""
    if not mask.any():
        return 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max())


def repeat_lengths(tokens: Array) -> Array:
    """For each position the length of the longest run that begins there and begins again
    somewhere else in the sequence (overlaps allowed). int32[n]; O(n²) memory and time."""
    count = len(tokens)
    if count < 2:
        return np.zeros(count, np.int32)
    # same[i, d]: whether the tokens at i and at i + d are equal; beyond the end they never are.
    _, number = np.unique(tokens, return_inverse=True)
    padded = np.concatenate([number, np.full(count, -1, number.dtype)])
    same = np.lib.stride_tricks.sliding_window_view(padded, count)[:count] == number[:, None]
    place = np.arange(count, dtype=np.int32)
    ends = np.where(same, np.int32(count), place[:, None])
    ends = np.minimum.accumulate(ends[::-1], axis=0)[::-1]
    run = ends - place[:, None]
    run[:, 0] = 0  # a suffix is no repetition of itself
    # run[i, d] is the agreement of the suffixes at i and at i + d: it counts for both.
    square = np.zeros((count, 2 * count), np.int32)
    row, item = square.strides
    np.lib.stride_tricks.as_strided(square, (count, count), (row + item, item))[:] = run
    return np.maximum(square.max(axis=1), square.max(axis=0)[:count])


def compressed_share(tokens: Array) -> float:
    """Bytes after deflate, less its frame of eight, divided by bytes before, one byte a token: low
    is repetitive (the compression distance of Cilibrasi, Vitányi & de Wolf, Computer Music
    Journal 28/4, 2004)."""
    if len(tokens) == 0:
        return 1.0
    data = (np.asarray(tokens) % 251).astype(np.uint8).tobytes()
    return (len(zlib.compress(data, 9)) - _DEFLATE_FRAME_BYTES) / len(data)


def divergence_bits(first: Array, second: Array) -> float:
    """Jensen-Shannon divergence of two histograms, in bits, 0 to 1 (Lin, IEEE Trans. Information
    Theory 37/1, 1991); 1 where one of them is empty."""
    if first.sum() <= 0 or second.sum() <= 0:
        return 1.0
    first = first / first.sum()
    second = second / second.sum()
    middle = (first + second) / 2
    return max(0.0, entropy_of_counts(middle) - (entropy_of_counts(first) + entropy_of_counts(second)) / 2)
