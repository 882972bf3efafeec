"""Statistics of sequences that several groups of features share, and the description of a feature."""

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
    """A feature: `words` describe it for a musician, `source` cites the formula."""

    words: str
    source: str


Features = Mapping[str, Feature]


def entropy_bits(values: Array) -> float:
    """Shannon entropy of the values' relative frequencies, in bits; 0 for none.

    >>> entropy_bits(np.array([1, 1, 2, 3]))
    1.5
    """
    if len(values) == 0:
        return 0.0
    ordered = np.sort(values)
    edges = np.flatnonzero(ordered[1:] != ordered[:-1])
    return entropy_of_counts(np.diff(np.concatenate(([-1], edges, [len(ordered) - 1]))))


def entropy_of_counts(counts: Array) -> float:
    """Shannon entropy of a histogram, in bits; 0 if it is empty."""
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
    """The standard deviation; 0 for none. (numpy's own `std` has an overhead of twenty microseconds.)"""
    count = len(values)
    if count == 0:
        return 0.0
    rest = values - float(np.add.reduce(values)) / count
    return float(np.sqrt(float(rest @ rest) / count))


def correlation(first: Array, second: Array) -> float:
    """Pearson's r; 0 if either is constant or there are fewer than three pairs."""
    if len(first) < 3:
        return 0.0
    first = first - np.add.reduce(first) / len(first)
    second = second - np.add.reduce(second) / len(second)
    scale = np.sqrt((first @ first) * (second @ second))
    return float(first @ second / scale) if scale > 1e-12 else 0.0


def longest_true_run(mask: Array) -> int:
    """The length of the longest run of true elements.

    >>> longest_true_run(np.array([True, True, False, True]))
    2
    """
    if not mask.any():
        return 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max())


def repeat_lengths(tokens: Array) -> Array:
    """For each position, the length of the longest run that begins there and also occurs elsewhere
    in the sequence (overlaps allowed). int32[n]; O(n log² n) time, O(n log n) memory.

    The suffixes of the sequence are ordered by prefix doubling (Manber & Myers, SIAM J. Computing
    22/5, 1993). A suffix agrees longest with one of its two neighbours in that order.

    >>> repeat_lengths(np.array([1, 2, 3, 1, 2, 9])).tolist()
    [2, 1, 0, 2, 1, 0]
    """
    count = len(tokens)
    if count < 2:
        return np.zeros(count, np.int32)
    # ranks[k][i]: the place of the 2**k tokens from i in the order of all such blocks. A block that is
    # cut short by the end of the sequence is equal to no other.
    ranks = [np.unique(tokens, return_inverse=True)[1].astype(np.int64)]
    while ranks[-1].max() < count - 1:
        width = 1 << (len(ranks) - 1)
        following = np.zeros(count, np.int64)
        following[:-width] = ranks[-1][width:] + 1
        ranks.append(np.unique(ranks[-1] * (count + 1) + following, return_inverse=True)[1])
    order = np.argsort(ranks[-1])
    first, second = order[:-1], order[1:]
    agreement = np.zeros(count - 1, np.int64)
    for power in range(len(ranks) - 1, -1, -1):
        here, there = first + agreement, second + agreement
        inside = np.maximum(here, there) < count
        here, there = np.where(inside, here, 0), np.where(inside, there, 0)
        agreement += (inside & (ranks[power][here] == ranks[power][there])).astype(np.int64) << power
    lengths = np.zeros(count, np.int32)
    lengths[first] = agreement
    lengths[second] = np.maximum(lengths[second], agreement)
    return lengths


def compressed_share(tokens: Array) -> float:
    """Compressed size (deflate, without its eight bytes of framing) over the size at one byte per
    token; low means repetitive (the compression distance of Cilibrasi, Vitányi & de Wolf, Computer Music
    Journal 28/4, 2004)."""
    if len(tokens) == 0:
        return 1.0
    data = (np.asarray(tokens) % 251).astype(np.uint8).tobytes()
    return (len(zlib.compress(data, 9)) - _DEFLATE_FRAME_BYTES) / len(data)


def divergence_bits(first: Array, second: Array) -> float:
    """Jensen-Shannon divergence of two histograms, in bits, 0 to 1 (Lin, IEEE Trans. Information
    Theory 37/1, 1991); 1 if one of them is empty."""
    if first.sum() <= 0 or second.sum() <= 0:
        return 1.0
    first = first / first.sum()
    second = second / second.sum()
    middle = (first + second) / 2
    return max(0.0, entropy_of_counts(middle) - (entropy_of_counts(first) + entropy_of_counts(second)) / 2)
