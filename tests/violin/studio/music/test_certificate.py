"""The certificate names what stayed and what did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from violin.music import Key, Note, Phrase
from violin.studio.music.certificate import certificate

BAR = 192
PHRASE = Phrase(tuple(Note(48 * beat, 64 + beat % 8, 48) for beat in range(32)), 8, key=Key(1))
KEPT = {bar: bar for bar in (1, 2, 8)}


def _with_bar(bar: int, *notes: Note) -> Phrase:
    others = [note for note in PHRASE.notes if note.onset_ticks // BAR != bar - 1]
    return replace(PHRASE, notes=(*others, *(note.shifted((bar - 1) * BAR) for note in notes)))


def test_composed_bars_may_differ() -> None:
    found = certificate(PHRASE, _with_bar(4, Note(0, 80, 96)), KEPT)
    assert found == {
        "unchanged": True,
        "bars": [1, 2, 8],
        "notes": 12,
        "words": "Bars 1–2 and 8 unchanged: all 12 notes, meter, key and tempo as given.",
    }


@pytest.mark.parametrize(
    "note", [Note(0, 65, 48), Note(1, 64, 48), Note(0, 64, 47)], ids=["pitch", "onset", "length"]
)
def test_a_changed_note_is_named_by_its_bar(note: Note) -> None:
    same = [Note(48 * beat, 64 + beat, 48) for beat in range(1, 4)]
    found = certificate(PHRASE, _with_bar(1, note, *same), KEPT)
    assert (found["unchanged"], found["words"]) == (False, "Changed: bar 1.")


def test_a_missing_or_added_note_is_a_change() -> None:
    assert not certificate(PHRASE, _with_bar(8, Note(0, 64, 48)), KEPT)["unchanged"]
    extra = replace(PHRASE, notes=(*PHRASE.notes, Note(7 * BAR, 90, 12)))
    assert not certificate(PHRASE, extra, KEPT)["unchanged"]


@pytest.mark.parametrize(("name", "value"), [("tempo_us_per_beat", 400_000), ("key", Key(2))])
def test_key_and_tempo_belong_to_what_was_given(name: str, value: object) -> None:
    found = certificate(PHRASE, replace(PHRASE, **{name: value}), KEPT)
    assert (found["unchanged"], found["words"]) == (False, f"Changed: {name.split('_')[0]}.")


def test_resolutions_are_compared_exactly() -> None:
    assert certificate(PHRASE, PHRASE.with_resolution(480), KEPT)["unchanged"]
    moved = replace(
        PHRASE.with_resolution(480), notes=(Note(1, 64, 479), *PHRASE.with_resolution(480).notes[1:])
    )
    assert not certificate(PHRASE, moved, KEPT)["unchanged"]


def test_an_ending_is_found_in_its_new_place() -> None:
    pair = replace(PHRASE, bars=2, notes=PHRASE.notes[:8])  # a bar of each side
    longer = replace(PHRASE, notes=(*pair.notes[:4], *(note.shifted(6 * BAR) for note in pair.notes[4:])))
    found = certificate(pair, longer, {1: 1, 2: 8})
    assert found["unchanged"] and found["bars"] == [1, 8]


def test_without_given_bars_nothing_is_certified() -> None:
    assert certificate(PHRASE, PHRASE, {})["words"] == "Nothing was given."
