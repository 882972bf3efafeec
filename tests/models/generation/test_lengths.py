"""Lengths are drawn from those of the training phrases."""

from __future__ import annotations

from collections import Counter

import pytest

from models.generation.lengths import drawn_bars

FACTS = {"data": {"phrases_of_each_length": {"8": 30, "12": 10, "16": 0}}}


def test_each_length_comes_up_by_its_share() -> None:
    counts = Counter(drawn_bars(FACTS, seed=1, key=(number,)) for number in range(400))
    assert set(counts) == {8, 12}
    assert counts[8] / 400 == pytest.approx(3 / 4, abs=0.08)


def test_seed_and_key_decide() -> None:
    drawn = [drawn_bars(FACTS, seed, (key,)) for seed in range(3) for key in range(40)]
    assert drawn == [drawn_bars(FACTS, seed, (key,)) for seed in range(3) for key in range(40)]
    assert drawn[:40] != drawn[40:80] != drawn[80:]


@pytest.mark.parametrize("facts", [{}, {"data": {}}, {"data": {"phrases_of_each_length": {"7": 3}}}])
def test_eight_bars_where_the_weights_have_no_lengths(facts: dict[str, object]) -> None:
    assert drawn_bars(facts, 1, ()) == 8


@pytest.mark.parametrize("bars", [8, 16])
def test_the_only_length_is_taken(bars: int) -> None:
    assert drawn_bars({"data": {"phrases_of_each_length": {str(bars): 1}}}, 1, ()) == bars
