"""Distances between a set of phrases and a set of human phrases, per feature and overall.

mgeval (Yang & Lerch 2020, "On the evaluation of generative models in music") compares two sets by the
distances within the human set and those between the sets: the Kullback-Leibler divergence of the
two distributions of distances, and their overlapping area. Its nine features do not cover
structure, so structure is reported separately: a high overlap in the basic features can hide a low
one in structure.

The Fréchet distance (Heusel et al. 2017) is computed on the judge's features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models import form
from violin.music import Phrase

Floats = NDArray[np.float64]

_LENGTHS_TICKS = np.array([0, 5, 7, 11, 13, 17, 23, 25, 35, 37, 47, 49, 71, 73, 95, 97, 10_000])
_BINS = 100
_SMALL = 1e-9


def _pitches(phrase: Phrase) -> list[int]:
    return [note.pitch for note in phrase.notes]


def _lengths(phrase: Phrase) -> NDArray[np.int64]:
    durations = [note.duration_ticks for note in phrase.notes]
    return np.clip(np.searchsorted(_LENGTHS_TICKS, durations, side="right") - 1, 0, len(_LENGTHS_TICKS) - 2)


def _shares(values: Sequence[int] | NDArray[np.int64], size: int) -> Floats:
    counts = np.bincount(values, minlength=size).astype(np.float64)
    return counts / max(1.0, counts.sum())


def _moves(values: Sequence[int] | NDArray[np.int64], size: int) -> Floats:
    table = np.zeros((size, size))
    for one, two in pairwise(values):
        table[one, two] += 1
    return (table / max(1.0, table.sum())).ravel()


def _number(value: float) -> Floats:
    return np.array([value])


# mgeval's nine features, each computed from a phrase on the grid.
BASICS: Mapping[str, Callable[[Phrase], Floats]] = {
    "pitch count": lambda phrase: _number(len(set(_pitches(phrase)))),
    "pitch range": lambda phrase: _number(max(_pitches(phrase)) - min(_pitches(phrase))),
    "mean interval": lambda phrase: _number(float(np.mean(np.abs(np.diff(_pitches(phrase)))))),
    "note count": lambda phrase: _number(len(phrase.notes) / phrase.bars),
    "mean inter-onset interval": lambda phrase: _number(
        float(np.mean(np.diff([note.onset_ticks for note in phrase.notes])))
    ),
    "pitch classes": lambda phrase: _shares([pitch % 12 for pitch in _pitches(phrase)], 12),
    "pitch class transitions": lambda phrase: _moves([pitch % 12 for pitch in _pitches(phrase)], 12),
    "note lengths": lambda phrase: _shares(_lengths(phrase), len(_LENGTHS_TICKS) - 1),
    "note length transitions": lambda phrase: _moves(_lengths(phrase), len(_LENGTHS_TICKS) - 1),
}

STRUCTURE: Mapping[str, Callable[[Phrase], Floats]] = {
    "repeated bars": lambda phrase: _number(form.bar_repeat_ratio(phrase)),
    "longest repeated run": lambda phrase: _number(form.longest_repeated_run(phrase)),
    "self-similarity": lambda phrase: _number(form.self_similarity(phrase)),
    "groove similarity": lambda phrase: _number(form.groove_similarity(phrase)),
}


def nearness(
    human: Sequence[Phrase], other: Sequence[Phrase], feature: Callable[[Phrase], Floats]
) -> tuple[float, float]:
    """(KL divergence in nats, overlapping area 0..1) between the distances from set to set and
    those within the human set, both as histograms of `_BINS` bins over their common range.

    Phrases of fewer than two notes are left out.
    """
    one, two = (
        np.stack([feature(phrase) for phrase in phrases if len(phrase.notes) > 1])
        for phrases in (human, other)
    )
    within = _distances(one, one)[np.triu_indices(len(one), 1)]
    between = _distances(one, two).ravel()
    highest = max(float(within.max()), float(between.max()), _SMALL)
    edges = np.linspace(0, highest, _BINS + 1)
    first, second = (np.histogram(values, edges)[0] / len(values) for values in (within, between))
    smooth = [_smoothed(shares) for shares in (first, second)]
    divergence = float((smooth[0] * np.log(smooth[0] / smooth[1])).sum())
    return divergence, min(1.0, float(np.minimum(*smooth).sum()))


def frechet_distance(one: Floats, two: Floats) -> float:
    """Fréchet distance between Gaussians fitted to float64[n, F] and float64[m, F], divided by F.
    Features are scaled by the standard deviations of the first set:
    |μ1 - μ2|² + tr(C1 + C2 - 2 (C1 C2)^½)."""
    spread = np.where(one.std(0) > _SMALL, one.std(0), 1.0)
    first, second = one / spread, two / spread
    covariances = [np.cov(rows, rowvar=False) for rows in (first, second)]
    root = _root(covariances[0])
    values = np.linalg.eigvalsh(root @ covariances[1] @ root)
    crossed = np.sqrt(np.maximum(values, 0)).sum()
    shift = ((first.mean(0) - second.mean(0)) ** 2).sum()
    return float((shift + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * crossed) / one.shape[1])


def distinct_share(phrases: Sequence[Phrase], steps: int = 4) -> float:
    """The share of distinct runs among all runs of `steps` melodic steps (interval, ticks) in the
    phrases: a measure of diversity (distinct-n, Li et al. 2016)."""
    runs = []
    for phrase in phrases:
        moves = [
            (two.pitch - one.pitch, two.onset_ticks - one.onset_ticks) for one, two in pairwise(phrase.notes)
        ]
        runs += [tuple(moves[place : place + steps]) for place in range(len(moves) - steps + 1)]
    return len(set(runs)) / max(1, len(runs))


def _distances(one: Floats, two: Floats) -> Floats:
    squares = (one**2).sum(1)[:, None] + (two**2).sum(1)[None] - 2 * one @ two.T
    found: Floats = np.sqrt(np.maximum(squares, 0))
    return found


def _smoothed(shares: Floats) -> Floats:
    """Smoothed with a Gaussian of two bins, so that neither divergence nor area depends on the bin
    edges."""
    kernel = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)
    blurred = np.convolve(shares, kernel / kernel.sum(), mode="same") + _SMALL
    found: Floats = blurred / blurred.sum()
    return found


def _root(symmetric: Floats) -> Floats:
    values, vectors = np.linalg.eigh(symmetric)
    found: Floats = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return found
