"""Onset sets, places of the hand, shifts, and the path of a fingering."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.hand.fingering import find_path, position_of
from constraints.hand.playability import LAST_BASE, bases_of, first_impossible_shift, hand_bases, onset_sets
from violin.hand import nut_mm
from violin.instrument import is_playable, playable_sets
from violin.midi import read_phrase


def test_onsets_within_a_96th_of_a_beat_are_one_chord() -> None:
    struck = [(0, 57), (5, 64), (11, 60), (480, 69), (485, 69)]
    assert onset_sets(struck, 480) == [(0, (57, 64)), (11, (60,)), (480, (69,))]
    assert onset_sets([(0, 57), (1, 64)], 48) == [(0, (57,)), (1, (64,))]
    assert onset_sets([], 48) == []


def test_a_stopping_first_finger_is_the_base() -> None:
    assert bases_of([(2, 1)]) == 1 << 2
    assert bases_of([]) == sum(1 << base for base in range(1, LAST_BASE + 1))
    assert bases_of([(1, 1), (30, 4)]) == 0


def test_a_chord_has_a_base_exactly_if_it_is_playable() -> None:
    for pitches, _ in playable_sets()[::97]:
        assert hand_bases(pitches)
    assert hand_bases((57, 59)) == 0


def test_the_whole_neck_needs_time() -> None:
    far = [(0, (57, 64)), (1, (100,))]
    assert first_impossible_shift(far, 0.02) == (0, 1)
    assert first_impossible_shift(far, 0.2) is None


def test_the_hand_moves_while_an_open_string_sounds() -> None:
    assert first_impossible_shift([(0, (57,)), (1, (100,))], 0.02) == (0, 1)
    assert first_impossible_shift([(0, (57,)), (1, (76,)), (2, (100,))], 0.02) is None
    assert first_impossible_shift([(0, (57,)), (1, (76,)), (2, (100,))], 0.01) == (1, 2)


def test_unplayable_chords_are_passed_over() -> None:
    assert first_impossible_shift([(0, (57, 64)), (1, (57, 59)), (2, (57, 64))], 0.001) is None


@given(st.lists(st.sampled_from(playable_sets()), min_size=1, max_size=12))
@settings(max_examples=15)
def test_a_path_holds_every_playable_chord(chords: list[tuple[tuple[int, ...], int]]) -> None:
    sets = [(index * 48, pitches) for index, (pitches, _) in enumerate(chords)]
    path = find_path(sets)
    assert path.unplayable == ()
    for step, (tick, pitches) in zip(path.steps, sets, strict=True):
        assert step.tick == tick
        assert tuple(sorted(stop.pitch for stop in step.stops)) == pitches
        for stop in step.stops:
            assert (stop.fret == 0) == (stop.finger == 0)
            if stop.finger == 1:
                assert stop.fret == step.base
            if stop.finger:
                assert 0 <= nut_mm(stop.fret) - nut_mm(step.base) <= 120


def test_an_unplayable_chord_is_named_and_left_out() -> None:
    path = find_path([(0, (69,)), (48, (57, 59)), (96, (71,))])
    assert path.unplayable == (1,)
    assert [step.tick for step in path.steps] == [0, 96]
    assert find_path([]).steps == ()


def test_a_scale_in_first_position_stays_there() -> None:
    scale = (55, 57, 59, 60, 62, 64, 66, 67, 69, 71, 73, 74, 76, 78, 79, 81)
    path = find_path([(index * 24, (pitch,)) for index, pitch in enumerate(scale)])
    assert {step.position for step in path.steps} == {1}
    assert path.shifts == 0


@pytest.mark.parametrize(("base", "position"), [(1, 1), (2, 1), (3, 2), (5, 3), (7, 4), (9, 5), (12, 7)])
def test_positions_are_counted_as_violinists_do(base: int, position: int) -> None:
    assert position_of(base) == position


def test_the_samples_can_be_fingered(official_samples: Path) -> None:
    for path in sorted((official_samples / "generator_output").glob("*.mid")):
        phrase = read_phrase(path)
        sets = onset_sets([(n.onset_ticks, n.pitch) for n in phrase.notes], phrase.ticks_per_beat)
        assert all(is_playable(pitches) for _, pitches in sets)
        assert find_path(sets).unplayable == ()
