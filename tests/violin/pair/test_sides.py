"""How many bars are given on each side, where a given bar of rest lies beside the gap."""

from __future__ import annotations

import pytest

from violin.errors import PairError
from violin.midi import phrase_bytes
from violin.music import Meter, Note, Phrase
from violin.pair import answer, pair_of, parse_sides, read_given, usual_sides

COMMON = Meter(4, 4)


def phrase_with(bars_with_notes: list[int], bars: int, meter: Meter = COMMON) -> Phrase:
    """A phrase with one long note in each of these bars (from 0)."""
    ticks = meter.bar_ticks()
    return Phrase(tuple(Note(bar * ticks, 69 + bar, ticks) for bar in bars_with_notes), bars, meter)


@pytest.mark.parametrize(
    ("with_notes", "bars", "sides", "read"),
    [
        ([0, 6, 7], 8, (2, 2), (2, 2)),  # the second bar is a given rest
        ([0, 1, 7], 8, (2, 2), (2, 2)),  # the last but one is
        ([0, 7], 8, (2, 2), (2, 2)),  # both are
        ([0, 1, 2, 7], 8, (2, 2), (3, 1)),  # more than usual on one side: the file's own reading
        ([0, 7], 8, (4, 4), (1, 1)),  # no bar would be left to compose
        ([0, 3], 4, (2, 2), (2, 2)),  # a short file has no gap but the rests
        ([0, 1], 2, (2, 2), (1, 1)),  # side by side
    ],
)
def test_rests_beside_the_gap_are_given_if_most_pairs_have_them(
    with_notes: list[int], bars: int, sides: tuple[int, int], read: tuple[int, int]
) -> None:
    alone = pair_of(phrase_with(with_notes, bars))
    pair = alone.with_rests(sides)
    assert pair.sides == read
    assert pair.bars == alone.bars
    whole = 12 if pair.bars is None else pair.bars
    assert answer(pair, whole, ()).notes == answer(alone, whole, ()).notes
    assert pair == alone or pair == pair_of(phrase_with(with_notes, bars), split=sides)


def test_the_usual_sides_are_those_of_more_than_half() -> None:
    two = pair_of(phrase_with([0, 1, 6, 7], 8))
    one = pair_of(phrase_with([0, 7], 8))
    assert usual_sides([two, two, one]) == (2, 2)
    assert usual_sides([two, one]) is None
    assert usual_sides([]) is None


@pytest.mark.parametrize("text", ["", "2", "2+", "+1", "0+1", "2-1", "a+b", "8+8", "1+1+1", "-1+2"])
def test_a_malformed_split_is_refused(text: str) -> None:
    with pytest.raises(PairError, match="legal"):
        parse_sides(text)


def test_a_split_holds_in_any_meter() -> None:
    data = phrase_bytes(phrase_with([0, 7], 8, meter=Meter(6, 8)))
    assert read_given(data, "a.mid").sides == (1, 1)
    pair = read_given(data, "a.mid", (2, 1))
    assert (pair.sides, pair.meter, pair.bars) == ((2, 1), Meter(6, 8), 8)
    with pytest.raises(PairError, match="drops it"):
        read_given(phrase_bytes(phrase_with([0, 1, 7], 8)), "a.mid", (1, 1))
