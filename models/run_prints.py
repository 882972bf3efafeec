"""Fingerprints of runs of notes, the same in every key and at every place in the bar.

The notes of a phrase are sorted by onset and pitch. A *step* is (interval in semitones, ticks
between two onsets), so a run of steps is the same in every key (originality report: Yin et al. 2022,
arXiv 2208.05162; chords contribute steps of 0 ticks).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from violin.music import Note

RUN_STEPS = 8

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def steps_of(notes: Iterable[Note]) -> NDArray[np.int64]:
    """Shape (notes - 1, 2): interval and ticks from each note to the next, in onset-pitch order."""
    table = np.array([(n.pitch, n.onset_ticks) for n in sorted(notes)], dtype=np.int64).reshape(-1, 2)
    return np.diff(table, axis=0)


def step_codes(interval: NDArray[np.int64], ticks: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One code per step; equal steps have equal codes."""
    return ((interval + 128).astype(np.uint64) << np.uint64(16)) | ticks.astype(np.uint64)


def fold(prints: NDArray[np.uint64], codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The fingerprint of a run with one more step at its end (a polynomial modulo 2^64)."""
    with np.errstate(over="ignore"):
        return prints * _MULTIPLIER + (codes + np.uint64(1)) * _MIX


def short(prints: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """The high half of a mixed fingerprint: what the index stores."""
    with np.errstate(over="ignore"):
        mixed = (prints ^ (prints >> np.uint64(31))) * _MIX
    return (mixed >> np.uint64(32)).astype(np.uint32)


def run_prints(notes: Sequence[Note], length_steps: int = RUN_STEPS) -> NDArray[np.uint32]:
    """Fingerprint of each run of `length_steps` steps; entry i begins at note i."""
    steps = steps_of(notes)
    count = len(steps) - length_steps + 1
    if count < 1:
        return np.empty(0, dtype=np.uint32)
    codes = step_codes(steps[:, 0], steps[:, 1])
    prints = np.zeros(count, dtype=np.uint64)
    for offset in range(length_steps):
        prints = fold(prints, codes[offset : offset + count])
    return short(prints)
