"""Notes of new bars that stay: how they are named, which can be kept, and that they come back exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from violin.errors import PairError
from violin.music import Note, Phrase
from violin.pair import Redo, answer, notes_at

PHRASE = Phrase(tuple(Note(240 * n, 62 + n % 7, 230) for n in range(64)), 8, ticks_per_beat=480)
BAR = PHRASE.bar_ticks


def test_notes_are_named_by_bar_and_beat() -> None:
    two = replace(PHRASE, notes=(*PHRASE.notes, Note(240, 80, 100)))
    assert notes_at(two, "1:1.5, 2:1") == (Note(240, 63, 230), Note(240, 80, 100), PHRASE.notes[8])
    assert notes_at(PHRASE, "1:3/2") == (PHRASE.notes[1],)


@pytest.mark.parametrize("text", ["", "4", "4:", "4:x", "4:1;5:1", "a:1", "4:1/0"])
def test_a_text_that_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(PairError, match=r"legal: bars and beats, as in 4:1,5:2\.5"):
        notes_at(PHRASE, text)


def test_kept_notes_come_back_to_the_tick_at_any_resolution() -> None:
    """Their ends need not lie on the grid of 48 ticks."""
    odd = Phrase(tuple(Note(50 * n, 62 + n % 7, 47) for n in range(64)), 8, ticks_per_beat=100)
    for phrase in (PHRASE, odd):
        kept = (phrase.notes[26], phrase.notes[33])
        redo = Redo(phrase, ((4, 4), (5, 6)), kept=kept)
        assert redo.spans == ((4, 6),)
        middle = (Note(48, 67, 24), Note(216, 67, 24), Note(300, 90, 24))
        found = answer(redo.pair(phrase, 0), 8, middle)
        scale = found.ticks_per_beat // phrase.ticks_per_beat
        new = [note for note in found.notes if 3 <= note.onset_ticks // found.bar_ticks < 6]
        expected = [Note(n.onset_ticks * scale, n.pitch, n.duration_ticks * scale) for n in kept]
        assert [note for note in new if note.pitch != 90] == expected
        assert len(new) == 3


def test_each_span_has_its_own_kept_notes() -> None:
    kept = (PHRASE.notes[16], PHRASE.notes[50])
    redo = Redo(PHRASE, ((3, 3), (7, 7)), kept=kept)
    assert [redo.pair(PHRASE, stage).kept for stage in (0, 1)] == [kept[:1], kept[1:]]


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (Note(3 * BAR, 99, 230), "bar 4 beat 1: D#7 is not a note of the phrase; legal: its own notes"),
        (PHRASE.notes[0], "bar 1 beat 1: D4 is in a bar that is kept; legal: notes of the bars to compose"),
        (Note(5 * BAR - 240, 66, 480), "bar 5 beat 4.5: F#4 sounds into bar 6, which is kept"),
        (Note(3 * BAR + 7, 69, 60), "bar 4 beat 1.015: A4 lies off the grid; legal: 48 places"),
        (Note(3 * BAR + 20, 50, 60), "bar 4 beat 1.042: D3 cannot be kept; legal: G3 to C8"),
    ],
)
def test_a_note_that_cannot_be_kept_is_refused(note: Note, message: str) -> None:
    notes = PHRASE.notes if note.pitch == 99 else (*PHRASE.notes, note)
    with pytest.raises(PairError) as error:
        Redo(replace(PHRASE, notes=notes), ((4, 5),), "a.mid", (note,))
    assert str(error.value).startswith(f"a.mid: {message}")
