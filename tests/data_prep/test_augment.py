from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_prep.augment import DEFAULT_TRANSFORMS, TRANSFORMS, legal_shifts, mixed_targets, spliced, transposed
from violin.instrument import is_playable
from violin.music import Key, Note, Phrase, sounding_sets


def scale(lowest: int = 60, bars: int = 8, key: Key | None = Key(0)) -> Phrase:  # noqa: B008
    notes = tuple(Note(48 * beat, lowest + beat % 8, 48) for beat in range(4 * bars))
    return Phrase(notes, bars, key=key)


def test_shifts_stay_in_range() -> None:
    assert legal_shifts(scale(57)) == tuple(range(-2, 7))
    assert legal_shifts(scale(70)) == tuple(range(-5, 7))
    assert legal_shifts(scale(98), top=100) == tuple(range(-5, 1))
    assert legal_shifts(Phrase((), 8)) == (0,)


def test_an_open_string_chord_moves_only_where_a_hand_can_follow() -> None:
    chord = tuple(Note(0, pitch, 192) for pitch in (55, 62, 71, 79))
    shifts = legal_shifts(Phrase(chord, 8))
    assert 0 in shifts and min(shifts) >= 0
    for shift in shifts:
        assert is_playable([note.pitch + shift for note in chord])


@settings(max_examples=50)
@given(st.integers(55, 95), st.integers(0, 1000))
def test_a_transposed_phrase_is_playable_and_seeded(lowest: int, seed: int) -> None:
    moved = transposed(scale(lowest), random.Random(seed))
    assert moved == transposed(scale(lowest), random.Random(seed))
    assert all(is_playable(pitches) for _, pitches in sounding_sets(moved.notes) if pitches)


def test_only_transposition_is_on_by_default() -> None:
    assert DEFAULT_TRANSFORMS == ("transpose",)
    assert set(DEFAULT_TRANSFORMS) <= set(TRANSFORMS)


def test_a_splice_joins_two_phrases_at_a_four_bar_line_in_one_key() -> None:
    first, donor = scale(60), replace(scale(64).transposed(2), key=Key(2))
    joined = spliced(first, [donor], random.Random(1))
    assert joined is not None and joined.bars == 8 and joined.key == Key(0)
    assert joined.slice_bars(0, 4) == first.slice_bars(0, 4)
    moved = donor.transposed(-2)
    assert joined.slice_bars(4, 4).notes == moved.slice_bars(4, 4).notes


@pytest.mark.parametrize(
    "donor",
    [
        scale(60, key=Key(0, True)),
        scale(60, bars=12),
        scale(60, key=None),
        replace(scale(60), tempo_us_per_beat=900_000),
        scale(84),
        Phrase((Note(0, 60, 192),), 8, key=Key(0)),
    ],
)
def test_what_does_not_match_is_not_joined(donor: Phrase) -> None:
    assert spliced(scale(60), [donor], random.Random(1)) is None


def test_no_note_is_cut_by_a_seam() -> None:
    held = Phrase((Note(0, 60, 48), Note(4 * 192 - 48, 62, 96), Note(7 * 192, 60, 48)), 8, key=Key(0))
    assert spliced(held, [replace(held, velocity=81)], random.Random(1)) is None
    assert spliced(held, [], random.Random(1)) is None


def test_targets_are_laid_bar_on_bar() -> None:
    bar, pad = 9, 0
    first = np.array([1, 2, bar, 3, 4, 5, bar, 6], np.int16)
    second = np.array([1, 2, bar, 3, bar, 7, 8], np.int16)
    mixed = mixed_targets(first, second, bar, pad, random.Random(3))
    assert mixed.first.tolist() == [1, 2, 9, 3, 4, 5, 9, 6, 0]
    assert mixed.second.tolist() == [1, 2, 9, 3, 0, 0, 9, 7, 8]
    assert mixed.shared == 4 and 0 < mixed.weight < 1
    with pytest.raises(ValueError, match="as many in both"):
        mixed_targets(first, second[:4], bar, pad, random.Random(3))
