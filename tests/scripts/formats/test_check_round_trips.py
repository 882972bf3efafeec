"""The round trips of phrases: all of them give the same phrase, and a difference is found."""

from __future__ import annotations

from dataclasses import replace

import check_round_trips as script
import pytest
from varied_phrases import VARIED_PHRASES

from violin.music import Key, Meter, Phrase


@pytest.mark.parametrize("name", script.TRIPS)
def test_phrases_come_back_the_same(name: str) -> None:
    pytest.importorskip({"MIDI": "numpy", "MusicXML": "music21", "ABC": "music21"}.get(name, name))
    padded = [replace(phrase, bars=phrase.bars + 2) for phrase in VARIED_PHRASES] if name != "ABC" else []
    count = script.counted(VARIED_PHRASES + padded, script.TRIPS[name])
    lost = len(padded) if script.SHORTER in script.DOCUMENTED.get(name, ()) else 0
    assert count.same == len(VARIED_PHRASES) + len(padded) - lost
    assert dict(count.differences) == ({script.SHORTER: lost} if lost else {})


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (replace(VARIED_PHRASES[0], notes=VARIED_PHRASES[0].notes[1:]), {"other notes"}),
        (replace(VARIED_PHRASES[0], bars=5), {"other bars"}),
        (replace(VARIED_PHRASES[0], key=Key(-3, minor=True)), {"another key"}),
        (replace(VARIED_PHRASES[0], key=None), {"another key"}),
        (replace(VARIED_PHRASES[0], meter=Meter(6, 8)), {"another meter"}),
        (replace(VARIED_PHRASES[0], tempo_us_per_beat=652_175), {"another tempo"}),
        (VARIED_PHRASES[0].with_resolution(480), set()),
    ],
)
def test_each_difference_is_found(changed: Phrase, found: set[str]) -> None:
    assert script.differences(VARIED_PHRASES[0], changed) == found


def test_an_enharmonic_key_is_the_same_key() -> None:
    flat = replace(VARIED_PHRASES[0], key=Key(-6, minor=True))
    assert script.differences(flat, replace(flat, key=Key(6, minor=True))) == {script.RESPELT}
