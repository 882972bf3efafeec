"""Onset sets, places of the hand, and shifts."""

from __future__ import annotations

import tracemalloc

from constraints.hand.playability import (
    LAST_BASE,
    bases_of,
    first_impossible_shift,
    hand_bases,
    onset_sets,
    verdict,
)
from violin.instrument import Tier, is_playable, playable_sets


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


def test_large_chords_leave_nothing_in_memory() -> None:
    def chord(number: int) -> tuple[int, ...]:
        return (*range(55, 85), *(90 + bit for bit in range(12) if number >> bit & 1))

    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(2_000):
        assert verdict(chord(number)) is Tier.EASY  # a rule of its own reports them
        assert not is_playable(chord(number))
        assert first_impossible_shift([(0, chord(number)), (1, (57,))], 1e-6) is None
    kept = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert kept < 100_000  # 2,000 chords of forty notes take a megabyte each time they are remembered


def test_notes_out_of_range_do_not_count_in_a_chord() -> None:
    assert verdict((40, 41, 42, 57, 64, 110)) is verdict((57, 64)) is Tier.EASY
    assert verdict((40, 57, 59)) is verdict((57, 59)) is not Tier.EASY
    assert verdict((40, 41, 42, 43, 57)) is Tier.EASY
