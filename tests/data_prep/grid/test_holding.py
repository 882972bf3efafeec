from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from data_prep.grid.holding import held_as_playable
from violin.instrument import is_playable
from violin.music import Note, sounding_sets

notes_of_a_violin = st.lists(
    st.builds(Note, st.integers(0, 96), st.integers(55, 100), st.integers(1, 96)), min_size=1, max_size=24
)


@settings(max_examples=150)
@given(notes_of_a_violin)
def test_every_sounding_set_of_the_result_is_playable(notes: list[Note]) -> None:
    held, _ = held_as_playable(notes)
    for _, pitches in sounding_sets(held):
        assert len(pitches) == len(set(pitches)) <= 4
        assert not pitches or is_playable(pitches)


@settings(max_examples=100)
@given(notes_of_a_violin)
def test_the_result_needs_no_further_cut_and_only_shortens(notes: list[Note]) -> None:
    held, _ = held_as_playable(notes)
    assert held_as_playable(held) == (held, 0)
    longest = {}
    for note in notes:
        place = (note.onset_ticks, note.pitch)
        longest[place] = max(longest.get(place, 0), note.duration_ticks)
    assert all(note.duration_ticks <= longest[note.onset_ticks, note.pitch] for note in held)


def test_a_held_note_ends_where_the_hand_must_let_it_go() -> None:
    both_on_the_g_string = [Note(0, 57, 96), Note(48, 59, 48)]
    assert held_as_playable(both_on_the_g_string) == ((Note(0, 57, 48), Note(48, 59, 48)), 1)


def test_the_earliest_held_note_is_cut_first() -> None:
    held, touched = held_as_playable([Note(0, 55, 192), Note(24, 62, 168), Note(48, 57, 48)])
    assert touched == 1
    assert held == (Note(0, 55, 48), Note(24, 62, 168), Note(48, 57, 48))


def test_a_set_that_an_end_makes_unplayable_is_cut_there() -> None:
    held, touched = held_as_playable([Note(0, 70, 96), Note(0, 77, 48), Note(0, 93, 96)])
    assert touched == 1
    assert held == (Note(0, 70, 48), Note(0, 77, 48), Note(0, 93, 96))


def test_a_chord_beyond_the_hand_keeps_its_outer_notes() -> None:
    chord = [Note(0, pitch, 48) for pitch in (55, 57, 62, 69, 76)]
    held, touched = held_as_playable(chord)
    assert [note.pitch for note in held] == [55, 62, 69, 76]
    assert touched == 1


def test_two_voices_in_unison_are_one_note_and_nothing_is_touched() -> None:
    assert held_as_playable([Note(0, 69, 48), Note(0, 69, 96)]) == ((Note(0, 69, 96),), 0)


def test_a_pitch_struck_again_ends_the_first() -> None:
    assert held_as_playable([Note(0, 69, 96), Note(48, 69, 48)]) == ((Note(0, 69, 48), Note(48, 69, 48)), 1)
