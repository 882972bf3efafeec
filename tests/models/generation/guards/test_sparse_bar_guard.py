"""The guard against empty bars: how many are allowed, and what it forces from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from constraints.language.vocabulary import VOCABULARY, Kind
from models.generation.guards.sparse_bar_guard import LIMIT_BARS, LIMIT_BESIDE_BUSY, SparseBarGuard, bar_limit
from models.generation.sampling import Guard
from violin.music import Meter, Note
from violin.pair import Pair

BAR = 192
RandomMiddles = Callable[[Guard, int, Mapping[Kind, float]], list[list[int]]]


def _pair(first: int, last: int) -> Pair:
    """A bar with `first` onsets before the middle and one with `last` onsets after it."""
    sides = [tuple(Note(12 * index, 69, 12) for index in range(count)) for count in (first, last)]
    return Pair(sides[0], 1, sides[1], 1, 8, Meter(4, 4), None)


def test_the_given_bars_set_the_limit() -> None:
    assert bar_limit(_pair(4, 2)) == LIMIT_BARS
    assert bar_limit(_pair(8, 5)) == LIMIT_BESIDE_BUSY
    assert bar_limit(_pair(8, 1)) > 16
    assert bar_limit(_pair(0, 8)) > 16
    assert bar_limit(Pair((), 0, (), 0, None, Meter(4, 4), None)) == LIMIT_BARS


def _after(*tokens: int, limit: int = 0) -> np.ndarray:
    guard = SparseBarGuard([limit], [BAR])
    for token in tokens:
        guard.advance(np.array([token]))
    mask = np.ones((1, len(VOCABULARY)), dtype=bool)
    guard.restrict(mask)
    return mask[0]


def test_a_bar_needs_a_second_onset_at_the_limit() -> None:
    note = (VOCABULARY.pitch(69), VOCABULARY.duration(12))
    empty = _after(VOCABULARY.BAR)
    assert not empty[VOCABULARY.BAR]
    assert not empty[VOCABULARY.EOS]
    assert empty[VOCABULARY.position(168)]
    assert not empty[VOCABULARY.position(169)]
    struck = _after(VOCABULARY.BAR, VOCABULARY.position(96), note[0])
    assert struck[VOCABULARY.duration(95)]
    assert not struck[VOCABULARY.duration(96)]
    assert not struck[VOCABULARY.LONGER]
    twice = _after(VOCABULARY.BAR, VOCABULARY.position(0), *note, VOCABULARY.position(24), *note)
    assert twice.all()
    assert _after(VOCABULARY.BAR, limit=1).all()
    assert not _after(VOCABULARY.BAR, VOCABULARY.BAR, limit=1)[VOCABULARY.BAR]


def test_the_rules_come_first() -> None:
    guard = SparseBarGuard([0], [BAR])
    guard.advance(np.array([VOCABULARY.BAR]))
    mask = np.zeros((1, len(VOCABULARY)), dtype=bool)
    mask[0, VOCABULARY.BAR] = True
    guard.restrict(mask)
    assert mask[0, VOCABULARY.BAR]


@pytest.mark.parametrize("limit", [0, 2])
def test_no_more_sparse_bars_than_the_limit(random_middles: RandomMiddles, limit: int) -> None:
    quick = {Kind.BAR: 60.0, Kind.LONGER: 0.0}
    free = random_middles(SparseBarGuard([99] * 8, [BAR] * 8), 8, quick)
    assert min(_sparse(bars) for bars in free) > limit
    kept = random_middles(SparseBarGuard([limit] * 8, [BAR] * 8), 8, quick)
    assert max(_sparse(bars) for bars in kept) <= limit


def _sparse(bars: Sequence[int]) -> int:
    return sum(onsets <= 1 for onsets in bars)
