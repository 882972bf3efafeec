"""Note arrays, music21 streams and piano rolls of phrases."""

from __future__ import annotations

import numpy as np
import pytest
from grid_phrases import phrases
from hypothesis import assume, given, settings

from violin.api.other_libraries import from_music21
from violin.errors import NotationError
from violin.interop.music21_stream import to_music21
from violin.interop.note_arrays import from_note_array, note_array
from violin.interop.piano_roll import piano_roll, piano_roll_png
from violin.music import Key, Meter, Note, Phrase

PHRASE = Phrase((Note(0, 55, 144), Note(0, 74, 72), Note(72, 76, 72)), 1, Meter(6, 8), Key(1), 1_000_000)


def test_the_fields_of_partitura() -> None:
    rows = note_array(PHRASE)
    assert rows["pitch"].tolist() == [55, 74, 76]
    assert rows["onset_div"].tolist() == [0, 0, 72]
    assert rows["onset_quarter"].tolist() == [0, 0, 1.5]
    assert rows["onset_beat"].tolist() == [0, 0, 3]  # eighths in 6/8
    assert rows["duration_sec"].tolist() == [3, 1.5, 1.5]
    assert rows["voice"].tolist() == [2, 1, 1]
    assert rows["id"].tolist() == ["n0", "n1", "n2"]
    assert set(rows["divs_pq"].tolist()) == {48}


@given(phrases())
def test_note_arrays_come_back(phrase: Phrase) -> None:
    found = from_note_array(note_array(phrase), phrase.meter, phrase.key, phrase.tempo_us_per_beat)
    assert found.notes == phrase.notes
    assert found.velocity == phrase.velocity


def test_a_note_array_without_a_field_or_with_two_resolutions_is_refused() -> None:
    with pytest.raises(NotationError, match="no field 'divs_pq'"):
        from_note_array(np.zeros(1, [("onset_div", "i4"), ("duration_div", "i4"), ("pitch", "i4")]))
    rows = note_array(PHRASE)
    rows["divs_pq"][0] = 96
    with pytest.raises(NotationError, match="2 resolutions"):
        from_note_array(rows)


@settings(max_examples=25)
@given(phrases())
def test_music21_gives_the_notes_back(phrase: Phrase) -> None:
    assume(phrase.meter != Meter(2, 2))  # the corpus reader takes 2/2 for 4/4
    found = from_music21(to_music21(phrase))
    assert (found.on_grid().notes, found.meter, found.key) == (phrase.notes, phrase.meter, phrase.key)


def test_a_piano_roll_sounds_where_the_notes_are() -> None:
    roll = piano_roll(PHRASE, steps_a_beat=4)
    assert roll.shape == (128, 12)
    assert np.flatnonzero(roll[55]).tolist() == list(range(12))
    assert np.flatnonzero(roll[76]).tolist() == list(range(6, 12))
    pytest.importorskip("matplotlib")
    assert piano_roll_png(PHRASE)[:8] == b"\x89PNG\r\n\x1a\n"
