"""The check of a phrase of which some bars were composed anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from constraints.linter.answers import check_answer, check_redone
from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase
from violin.pair import Redo, answer

PHRASE = Phrase(tuple(Note(48 * beat, 62 + beat % 8, 48) for beat in range(32)), 8, key=Key(2))
REDO = Redo(PHRASE, ((4, 5),), "a.mid")
BAR = PHRASE.bar_ticks


def redone(middle: tuple[Note, ...] = (Note(0, 80, BAR),)) -> Phrase:
    return answer(REDO.pair(PHRASE, 0), 8, middle)


def check(phrase: Phrase) -> tuple[str, ...]:
    return check_redone(phrase_bytes(phrase), "a.mid", REDO).own


def test_a_phrase_whose_kept_bars_are_the_same_passes_as_an_answer_does() -> None:
    phrase = redone()
    assert check(phrase) == ()
    assert check(phrase.with_resolution(480)) == ()
    assert check_answer(phrase_bytes(phrase), "a.mid", REDO.pair(PHRASE, 0)).own == ()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (replace(redone(), notes=redone().notes[1:]), "bar 1 beat 1: D4 of a kept bar is not exactly"),
        (redone((Note(BAR, 80, BAR),)), None),
        (
            replace(redone(), notes=(*redone().notes, Note(7 * BAR, 90, 1))),
            "bar 8 beat 1: F#6 of a kept bar is not exactly",
        ),
        (
            replace(redone(()), notes=(*redone(()).notes, Note(4 * BAR, 50 + 12, BAR + 1))),
            "bar 5 beat 1: D4 sounds into a kept bar",
        ),
        (replace(redone(), key=Key(3)), "key A major; legal: D major, as before"),
        (replace(redone(), tempo_us_per_beat=400_000), "tempo in µs a beat 400000; legal: 500000, as before"),
        (replace(redone(), bars=9), "bars 9; legal: 8, as before"),
    ],
)
def test_each_change_of_a_kept_bar_is_reported(changed: Phrase, message: str | None) -> None:
    found = check(changed)
    assert any(line.startswith(message) for line in found) if message else found == ()


def test_a_kept_note_that_changed_is_reported() -> None:
    kept = PHRASE.notes[14]
    redo = Redo(PHRASE, ((4, 5),), "a.mid", (kept,))
    phrase = answer(redo.pair(PHRASE, 0), 8, (Note(96, 68, 24), Note(0, 80, 96)))
    assert kept in phrase.notes
    assert Note(3 * BAR + 96, 68, 24) not in phrase.notes
    for changed in (replace(kept, duration_ticks=24), replace(kept, onset_ticks=kept.onset_ticks + 1)):
        other = replace(phrase, notes=tuple(changed if note == kept else note for note in phrase.notes))
        found = check_redone(phrase_bytes(other), "a.mid", redo).own
        assert found == ("bar 4 beat 3: the kept G#4 is not there",)
    assert check_redone(phrase_bytes(phrase), "a.mid", redo).own == ()


def test_what_the_phrase_broke_before_is_inherited() -> None:
    low = replace(PHRASE, notes=(*PHRASE.notes, Note(0, 40, 48)))
    redo = Redo(low, ((4, 5),), "a.mid")
    phrase = answer(redo.pair(low, 0), 8, (Note(0, 80, BAR),))
    found = check_redone(phrase_bytes(phrase), "a.mid", redo)
    assert found.own == ()
    assert any("E2" in line for line in found.inherited)


def test_bytes_that_are_not_a_phrase_are_reported() -> None:
    assert check_redone(b"MThd", "a.mid", REDO).own
