from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from violin.music import Key, Meter, Note, Phrase, common_resolution, pitch_name, sounding_sets


def test_names_of_pitches() -> None:
    assert [pitch_name(pitch) for pitch in (55, 60, 61, 69, 76)] == ["G3", "C4", "C#4", "A4", "E5"]


def test_bars_of_the_two_meters() -> None:
    assert Meter(3, 4).bar_ticks() == 144
    assert Meter(4, 4).bar_ticks() == 192
    assert Meter(6, 8).bar_ticks() == 144
    with pytest.raises(ValueError, match="not a whole number"):
        Meter(1, 64).bar_ticks(1)


@pytest.mark.parametrize(
    ("key", "name", "tonic"),
    [
        (Key(0), "C major", 0),
        (Key(-2), "Bb major", 10),
        (Key(0, minor=True), "A minor", 9),
        (Key(3, minor=True), "F# minor", 6),
    ],
)
def test_keys_have_names_and_tonics(key: Key, name: str, tonic: int) -> None:
    assert str(key) == name
    assert key.tonic_pitch_class == tonic


@given(st.integers(-7, 7), st.booleans(), st.integers(-12, 12))
def test_transposing_a_key_moves_its_tonic(fifths: int, minor: bool, semitones: int) -> None:
    key = Key(fifths, minor)
    moved = key.transposed(semitones)
    assert moved.tonic_pitch_class == (key.tonic_pitch_class + semitones) % 12
    assert moved.minor == minor


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Note(-1, 60, 1),
        lambda: Note(0, 128, 1),
        lambda: Note(0, 60, 0),
        lambda: Key(8),
        lambda: Meter(3, 5),
        lambda: Phrase((), bars=0),
        lambda: Phrase((Note(0, 60, 193),), bars=1),
    ],
)
def test_impossible_values_are_refused(wrong) -> None:
    with pytest.raises(ValueError):
        wrong()


def test_notes_are_sorted_and_places_read_as_music() -> None:
    phrase = Phrase((Note(200, 60, 10), Note(0, 62, 10)), bars=2)
    assert [note.onset_ticks for note in phrase.notes] == [0, 200]
    assert phrase.place(192 + 72) == "bar 2 beat 2.5"


def test_the_grid_closes_gaps_of_one_file_tick() -> None:
    phrase = Phrase((Note(0, 60, 239), Note(240, 62, 239)), bars=1, ticks_per_beat=480)
    assert phrase.on_grid().notes == (Note(0, 60, 24), Note(24, 62, 24))


def test_rounding_never_makes_one_pitch_overlap() -> None:
    both_round_to_0 = Phrase((Note(0, 60, 8), Note(8, 60, 8)), bars=1, ticks_per_beat=960)
    assert both_round_to_0.on_grid().notes == (Note(0, 60, 1),)
    overlapping = Phrase((Note(0, 60, 100), Note(48, 60, 48)), bars=1)
    assert overlapping.on_grid().notes == (Note(0, 60, 48), Note(48, 60, 48))


phrases = st.builds(
    lambda spans, resolution: Phrase(
        tuple(Note(onset, pitch, length) for onset, pitch, length in spans), bars=4, ticks_per_beat=resolution
    ),
    st.lists(st.tuples(st.integers(0, 150), st.integers(55, 100), st.integers(1, 40)), max_size=30),
    st.sampled_from([24, 48, 96, 220, 480, 1023]),
)


@given(phrases)
def test_on_grid_keeps_bars_and_is_idempotent(phrase: Phrase) -> None:
    gridded = phrase.on_grid()
    assert gridded.bars == phrase.bars and gridded.ticks_per_beat == 48
    assert gridded.on_grid() == gridded
    assert {note.pitch for note in gridded.notes} == {note.pitch for note in phrase.notes}


@given(phrases)
def test_a_finer_resolution_and_back_is_exact(phrase: Phrase) -> None:
    finer = common_resolution(phrase.ticks_per_beat, 48)
    if finer is None:
        return
    assert phrase.with_resolution(finer).with_resolution(phrase.ticks_per_beat) == phrase


def test_a_coarser_resolution_that_moves_a_note_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        Phrase((Note(1, 60, 48),), bars=1).with_resolution(24)


def test_common_resolution_stays_within_a_midi_header() -> None:
    assert common_resolution(480, 48) == 480
    assert common_resolution(220, 48) == 2640
    assert common_resolution(1001, 48) is None


def test_slices_hold_the_notes_that_begin_in_them() -> None:
    phrase = Phrase((Note(0, 60, 192 + 48), Note(192, 72, 192), Note(384, 74, 48)), bars=3)
    assert phrase.slice_bars(1, 1).notes == (Note(0, 72, 192),)
    assert phrase.slice_bars(0, 1).notes == (Note(0, 60, 192),)


def test_transposition_moves_notes_and_key() -> None:
    moved = Phrase((Note(0, 60, 48),), bars=1, key=Key(0)).transposed(2)
    assert moved.notes[0].pitch == 62 and moved.key == Key(2)


def test_sounding_sets_change_at_onsets_and_ends() -> None:
    notes = (Note(0, 60, 96), Note(48, 67, 48), Note(96, 62, 24))
    assert sounding_sets(notes) == [(0, (60,)), (48, (60, 67)), (96, (62,)), (120, ())]
