"""Stability is 1 for what cannot change, and less for what does."""

from __future__ import annotations

import pytest

from data_prep.plans.stability import stability
from violin.music import Key, Note, Phrase


def test_shares_of_what_stays() -> None:
    triad = tuple(Note(24 * place, (60, 64, 67)[place % 3], 24) for place in range(12 * 8))
    found = stability([Phrase(triad, 12, key=Key(0))] * 5)
    assert found.phrases == 5
    assert found.keys == found.chords == found.contexts == 1.0
    assert 0.0 < found.relations < 1.0


def test_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="no phrases"):
        stability([])
