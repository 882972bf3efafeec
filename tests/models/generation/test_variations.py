"""How much two answers differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.generation.variations import difference, least_difference
from violin.music import Note, Phrase

BARS = range(2)
phrases = st.lists(st.tuples(st.integers(0, 383), st.integers(55, 60)), max_size=8).map(
    lambda places: Phrase(tuple(Note(onset, pitch, 1) for onset, pitch in places), 2)
)


@given(phrases, phrases)
def test_it_is_a_symmetric_share_and_zero_for_the_same_notes(one: Phrase, other: Phrase) -> None:
    found = difference(one, other, BARS)
    assert 0 <= found <= 1
    assert found == difference(other, one, BARS)
    assert difference(one, one, BARS) == 0


def test_only_the_named_bars_count_on_the_grid() -> None:
    one = Phrase((Note(0, 69, 48), Note(192, 71, 48), Note(240, 72, 48)), 2)
    other = Phrase((Note(0, 60, 480), Note(1921, 71, 480)), 2, ticks_per_beat=480)
    assert difference(one, other, [0]) == 1
    assert difference(one, other, [1]) == pytest.approx(1 / 3)
    assert difference(one, other, BARS) == pytest.approx(1 - 2 / 5)


def test_the_most_similar_of_several() -> None:
    one = Phrase((Note(0, 69, 48),), 1)
    assert least_difference(one, [Phrase((Note(0, 70, 48),), 1), one], [0]) == 0
    assert least_difference(one, [], [0]) is None
