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
    return entropy_of_counts(np.unique(values, return_counts=True)[1])


def entropy_of_counts(counts: Array) -> float:
    """Shannon entropy of a histogram, in bits; 0 where it is empty."""
    total = counts.sum()
    if total <= 0:
        return 0.0
    share = counts[counts > 0] / total
    return float(-(share * np.log2(share)).sum())


def share(mask: Array) -> float:
    """The share of true elements; 0 for none."""
    return float(mask.mean()) if len(mask) else 0.0


def mean(values: Array) -> float:
    return float(values.mean()) if len(values) else 0.0


def deviation(values: Array) -> float:
    return float(values.std()) if len(values) else 0.0


def correlation(first: Array, second: Array) -> float:
    """Pearson's r; 0 where either does not vary or fewer than three pairs are there."""
    if len(first) < 3:
        return 0.0
    first = first - first.mean()
    second = second - second.mean()
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
    somewhere else in the sequence (overlaps allowed). int32[n]; O(n²) in n row operations."""
    count = len(tokens)
    best = np.zeros(count, np.int32)
    run = np.zeros(count + 1, np.int32)  # run[j]: how long the suffixes at row and at j agree
    for row in range(count - 1, -1, -1):
        run[:count] = np.where(tokens == tokens[row], run[1:] + 1, 0)
        run[row] = 0  # a suffix is no repetition of itself
        best[row] = run[:count].max()
    return best


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
