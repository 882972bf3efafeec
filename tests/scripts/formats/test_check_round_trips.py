"""The round trips of phrases: all of them give the same phrase, and a difference is found."""

from __future__ import annotations

from dataclasses import replace

import check_round_trips as script
import pytest

from violin.music import Key, Meter, Note, Phrase

PHRASES = [
    Phrase((Note(0, 55, 48), Note(0, 62, 96), Note(48, 74, 16), Note(64, 76, 16), Note(528, 81, 48)), 4,
           Meter(3, 4), Key(-3), 652_174),
    Phrase((Note(24, 69, 24), Note(96, 71, 160), Note(256, 72, 5), Note(400, 69, 48)), 3,
           Meter(4, 4), Key(2, minor=True)),
]  # fmt: skip


@pytest.mark.parametrize("name", script.TRIPS)
def test_phrases_come_back_the_same(name: str) -> None:
    pytest.importorskip({"MIDI": "numpy", "MusicXML": "music21", "ABC": "music21"}.get(name, name))
    padded = [replace(phrase, bars=phrase.bars + 2) for phrase in PHRASES] if name != "ABC" else []
    count = script.counted(PHRASES + padded, script.TRIPS[name])
    lost = len(padded) if script.SHORTER in script.DOCUMENTED.get(name, ()) else 0
    assert count.same == len(PHRASES) + len(padded) - lost
    assert dict(count.differences) == ({script.SHORTER: lost} if lost else {})


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (replace(PHRASES[0], notes=PHRASES[0].notes[1:]), {"other notes"}),
        (replace(PHRASES[0], bars=5), {"other bars"}),
        (replace(PHRASES[0], key=Key(-3, minor=True)), {"another key"}),
        (replace(PHRASES[0], key=None), {"another key"}),
        (replace(PHRASES[0], meter=Meter(6, 8)), {"another meter"}),
        (replace(PHRASES[0], tempo_us_per_beat=652_175), {"another tempo"}),
        (PHRASES[0].with_resolution(480), set()),
    ],
)
def test_each_difference_is_found(changed: Phrase, found: set[str]) -> None:
    assert script.differences(PHRASES[0], changed) == found


def test_a_key_with_its_other_name_is_no_other_key() -> None:
    flat = replace(PHRASES[0], key=Key(-6, minor=True))
    assert script.differences(flat, replace(flat, key=Key(6, minor=True))) == {script.RESPELT}
