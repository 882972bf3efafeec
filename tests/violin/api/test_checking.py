"""`violin.lint`, `fix`, `fingering` and the notes that findings colour."""

from __future__ import annotations

import violin
from violin import Key, Meter, Note, Phrase
from violin.api.findings import FINDING_COLOR, colored_findings

CLEAN = Phrase(tuple(Note(144 * bar, 69 + bar % 3, 144) for bar in range(8)), 8, Meter(3, 4), Key())
LOW = Phrase((Note(0, 69, 144), Note(144, 50, 144), *CLEAN.notes[2:]), 8, Meter(3, 4), Key())


def test_a_score_is_linted_as_the_midi_file_of_its_notes() -> None:
    assert violin.lint(CLEAN) == violin.lint(CLEAN.to_musicxml()) == []
    by_phrase, by_score = violin.lint(LOW), violin.lint(LOW.to_musicxml())
    assert [(one.code, one.place, one.message) for one in by_phrase] == [
        (one.code, one.place, one.message) for one in by_score
    ]
    assert by_phrase[0].place == "bar 2 beat 1"
    assert by_score[0].byte_offset is None


def test_findings_have_the_printed_measure_numbers() -> None:
    score = LOW.to_musicxml()
    for number in range(8, 0, -1):
        score = score.replace(f'number="{number}">\n'.encode(), f'number="{number + 40}">\n'.encode())
    assert violin.lint(score, select=["C041"])[0].place == "bar 42 beat 1"


def test_select_ignore_and_given() -> None:
    assert violin.lint(LOW, ignore=["C041"]) == []
    pair = violin.read_pair(Phrase((CLEAN.notes[0], CLEAN.notes[-1]), 8, Meter(3, 4), Key()))
    assert violin.lint(CLEAN, given=pair) == []
    assert {one.code for one in violin.lint(LOW.transposed(1), given=pair)} >= {"C111"}


def test_the_notes_of_findings_are_coloured() -> None:
    assert colored_findings(LOW, violin.lint(LOW)) == {1: FINDING_COLOR}


def test_a_fix_of_a_file_without_a_key() -> None:
    fixed = violin.fix(Phrase(CLEAN.notes, 8, Meter(3, 4)))
    assert list(fixed.applied) == ["C082"]
    assert violin.read(fixed.data).key == Key()


def test_a_fingering_has_a_step_for_each_onset() -> None:
    path = violin.fingering(CLEAN)
    assert [step.tick for step in path.steps] == [note.onset_ticks for note in CLEAN.notes]
    assert [step.stops[0].pitch for step in path.steps] == [note.pitch for note in CLEAN.notes]
