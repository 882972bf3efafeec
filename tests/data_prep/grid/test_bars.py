from __future__ import annotations

from data_prep.grid.bars import counted_bars, engraved_bars
from data_prep.grid.raw_part import RawBar
from violin.music import Meter

THREE, FOUR, CUT = Meter(3, 4), Meter(4, 4), Meter(2, 4)


def bars(meter: Meter, *lengths: float, start: float = 0.0) -> list[RawBar]:
    result = []
    for length in lengths:
        result.append(RawBar(start, start + length, meter, False))
        start += length
    return result


def test_full_bars_stay_as_they_are() -> None:
    found = engraved_bars(bars(THREE, 3, 3, 3))
    assert found.barlines == (0, 144, 288, 432)
    assert found.lead_beats == 0


def test_a_signature_that_its_bars_contradict_is_replaced() -> None:
    found = engraved_bars(bars(THREE, 2, 2, 2, 2, 2))
    assert found.meters == ((0, CUT),)
    assert found.barlines == (0, 96, 192, 288, 384, 480)


def test_a_new_signature_is_at_its_bar() -> None:
    found = engraved_bars(bars(THREE, 3, 3) + bars(FOUR, 4, 4, start=6))
    assert found.meters == ((0, THREE), (288, FOUR))


def test_an_overfull_bar_is_left_for_the_next_stage_to_refuse() -> None:
    assert engraved_bars(bars(FOUR, 4, 5, 4)).barlines == (0, 192, 432, 624)


def test_bars_of_a_sequence_are_counted_from_its_pickup() -> None:
    found = counted_bars([(0.0, FOUR)], 1.0, 9.0)
    assert found.barlines == (0, 192, 384, 576)
    assert found.tick(0) == 144
    assert found.tick(1) == 192


def test_bars_of_a_sequence_begin_anew_at_each_signature() -> None:
    found = counted_bars([(0.0, FOUR), (8.0, THREE)], 0.0, 13.5)
    assert found.meters == ((0, FOUR), (384, THREE))
    assert found.barlines == (0, 192, 384, 528, 672)


def test_a_signature_that_repeats_itself_changes_nothing() -> None:
    assert counted_bars([(0.0, FOUR), (6.0, FOUR)], 0.0, 8.0).barlines == (0, 192, 384)
