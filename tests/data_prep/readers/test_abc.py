from __future__ import annotations

from pathlib import Path

import pytest

from data_prep.grid.raw_part import RawPart, ScoreError
from data_prep.readers.abc import plain_text
from data_prep.readers.abc_book import overlay_texts, parse_abc
from data_prep.readers.scores import read_parts

HEAD = "X:1\nT:t\nM:4/4\nL:1/4\nK:{}\n"


def tune(music: str, key: str = "C") -> RawPart:
    (((part,)),) = parse_abc(HEAD.format(key) + music + "\n")
    return part


def pitches(music: str, key: str = "C") -> list[int]:
    return [note.pitch for note in tune(music, key).notes]


def plain(music: str) -> str:
    """The first line of music, without shorthand."""
    return plain_text(HEAD.format("C") + music).text.splitlines()[5]


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("^FFFF|FFFF|", [66, 66, 66, 66, 65, 65, 65, 65]),
        ("^F=FF^F|F4|", [66, 65, 65, 66, 65]),
        ("^Ff2F|", [66, 78, 66]),  # the default of the standard: in every octave
        ("^F2F2||F4|]", [66, 66, 65]),
        ("^F2F2:|F4:|", [66, 66, 65]),
        ("^F4-|F2F2|", [66, 65]),  # a tie carries the sign across the barline, only to that note
        ("[^FA]2F2|", [66, 69, 66]),
        ("[^FA]4-|[FA]4|F4|", [66, 69, 65]),  # so does a tie after a chord
        ("{^F}G2F2|", [67, 66]),
        ('"^F"F4|', [65]),  # an annotation is no note
        ("^F2[K:G]=F2|", [66, 65]),
        ("__B2B2|", [69, 69]),
    ],
)
def test_accidentals_hold_to_the_barline(music: str, expected: list[int]) -> None:
    assert pitches(music) == expected


@pytest.mark.parametrize("version", ["", "%abc\n", "%abc-1.6\n", "%abc-2.1\n"])
def test_every_version_of_abc_reads_the_same(version: str) -> None:
    (((part,)),) = parse_abc(version + HEAD.format("D") + "=F2F2|F4|\n")
    assert [note.pitch for note in part.notes] == [65, 65, 66]


@pytest.mark.parametrize(("directive", "last"), [("not", 77), ("octave", 77), ("pitch", 78)])
def test_a_directive_says_how_far_a_sign_reaches(directive: str, last: int) -> None:
    text = f"%%propagate-accidentals {directive}\n" + HEAD.format("C") + "^F2f2|\n"
    (((part,)),) = parse_abc(text)
    assert [note.pitch for note in part.notes] == [66, last]


def test_notes_that_an_accidental_changes_are_counted() -> None:
    assert tune("^FFcF|F4|").carried_accidentals == 2
    assert tune("^FFcF|F4|", "G").carried_accidentals == 0  # the key has the same sign
    assert tune("^FF{F}cF|F4|").carried_accidentals == 2  # grace notes are not read


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Z|", "z4|"),
        ("Z3|", "z4|z4|z4|"),
        ("X2|", "z4|z4|"),
        ("[M:3/4]Z2|", "[M:3/4]z3|z3|"),
        ("[L:1/8]Z|", "[L:1/8]z8|"),
        ("x2A2|", "z2A2|"),
        ('"Zart"!fXZ!A4|', '"Zart"!fXZ!A4|'),
    ],
)
def test_rests_are_written_out(line: str, expected: str) -> None:
    assert plain(line) == expected


@pytest.mark.parametrize(
    ("tempo", "bpm"),
    [
        ("1/4=ca. 40", 40),
        ("1/4 = 40", 40),
        ('"Allegro" 1/4=120', 120),
        ("3/8=80", 120),
        ("1/4=ca 40-50", 40),
        ('"Allegro"', 120),  # no number: the default
    ],
)
def test_tempo_texts_are_read(tempo: str, bpm: int) -> None:
    text = f"X:1\nT:t\nM:4/4\nL:1/4\nQ:{tempo}\nK:C\nABcd|\n"
    (((part,)),) = parse_abc(text)
    assert part.tempos[0][1] == round(60e6 / bpm)


def test_text_before_the_first_tune_is_left_out() -> None:
    text = "Tunes of our village\n\nby nobody: 1850\nO:Ireland\n" + HEAD.format("C") + "ABcd|\n"
    (((part,)),) = parse_abc(text)
    assert len(part.notes) == 4


def test_overlays_of_one_bar_are_layers_with_the_same_barlines() -> None:
    text = HEAD.format("C") + "ABcd|A4 & D4 & F4|A4|\n"
    assert [layer.splitlines()[-1] for layer in overlay_texts(text)] == [
        "ABcd|A4 |A4|",
        " z | D4 | z |",
        " z | F4| z |",
    ]
    found = {(note.onset_beats, note.pitch) for note in tune("ABcd|A4 & D4 & F4|A4|").notes}
    assert {(4.0, 69), (4.0, 62), (4.0, 65), (8.0, 69)} <= found


def test_an_ampersand_in_a_title_is_no_overlay() -> None:
    text = "X:1\nT:Fish & Chips\nM:4/4\nL:1/4\nK:C\nABcd|\n"
    assert overlay_texts(text) == [text]


@pytest.mark.parametrize("text", ["{other}", "http://localhost:1/tune.abc", "file://{other}"])
def test_a_text_is_never_taken_for_a_path_or_an_address(tmp_path: Path, text: str) -> None:
    other = tmp_path / "other.abc"
    other.write_text(HEAD.format("C") + "ABcd|\n")
    file = tmp_path / "tune.abc"
    file.write_text(text.format(other=other))
    with pytest.raises(ScoreError):
        read_parts(file)
