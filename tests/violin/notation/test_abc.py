"""ABC: known tunes, and that what is written is read back."""

from __future__ import annotations

import pytest
from grid_phrases import phrases
from hypothesis import assume, given, settings

from data_prep.readers.score_file import read_score_part
from violin.music import Key, Meter, Note, Phrase
from violin.notation.abc import abc_text


def _tune(*notes: Note, bars: int = 1, meter: Meter = Meter(3, 4), key: Key | None = None) -> str:  # noqa: B008
    return abc_text(Phrase(notes, bars, meter, key)).splitlines()[-1]


@pytest.mark.parametrize(
    ("notes", "text"),
    [
        ((Note(0, 60, 24), Note(24, 72, 24), Note(48, 84, 96)), "Cc c'4 |]"),
        ((Note(0, 55, 72), Note(72, 62, 24), Note(96, 69, 48)), "G,3 D A2 |]"),
        ((Note(0, 69, 16), Note(16, 71, 16), Note(32, 72, 16), Note(48, 74, 96)), "(3:2:3ABc d4 |]"),
        ((Note(0, 62, 144), Note(0, 69, 144)), "[DA]6 |]"),
        ((Note(0, 61, 48), Note(48, 73, 48), Note(96, 72, 48)), "^C2 ^c2 =c2 |]"),
        ((Note(0, 55, 144), Note(0, 74, 144), Note(0, 62, 48)), "[=G,=d]6 & =D2 x4 |]"),
    ],
)
def test_known_bars(notes: tuple[Note, ...], text: str) -> None:
    assert _tune(*notes) == text


def test_a_tie_over_the_barline() -> None:
    assert _tune(Note(0, 69, 192), bars=2) == "A6- | A2 z4 |]"


@settings(max_examples=40)
@given(phrases())
def test_what_is_read_back_is_what_was_written(phrase: Phrase) -> None:
    assume(phrase.bars >= 3)  # music21 finds no bars in fewer
    assume(phrase.meter != Meter(2, 2))  # the corpus reader takes 2/2 for 4/4
    found = read_score_part(abc_text(phrase).encode(), "x.abc").phrase()
    assert found.on_grid().notes == phrase.notes
    assert (found.bars, found.meter, found.key or Key()) == (phrase.bars, phrase.meter, phrase.key or Key())
    assert found.tempo_us_per_beat == phrase.tempo_us_per_beat
