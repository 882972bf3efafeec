"""Parts of MusicXML and ABC files as phrases, with the measure numbers that are printed."""

from __future__ import annotations

import pytest

from data_prep.readers.score_file import read_score_part
from violin.errors import NotationError
from violin.music import Key, Meter, Note

_NOTE = (
    "<note><pitch><step>{}</step><octave>{}</octave></pitch>"
    "<duration>{}</duration><type>quarter</type></note>"
)


def _measure(number: str, *notes: tuple[str, int, int], head: str = "") -> str:
    return f'<measure number="{number}">{head}{"".join(_NOTE.format(*note) for note in notes)}</measure>'


def _score(*parts: tuple[str, str]) -> bytes:
    listed = "".join(
        f'<score-part id="P{index}"><part-name>{name}</part-name></score-part>'
        for index, (name, _) in enumerate(parts)
    )
    bodies = "".join(f'<part id="P{index}">{body}</part>' for index, (_, body) in enumerate(parts))
    return f'<score-partwise version="4.0"><part-list>{listed}</part-list>{bodies}</score-partwise>'.encode()


def _head(beats: int = 3) -> str:
    return (
        "<attributes><divisions>5</divisions><key><fifths>-1</fifths><mode>minor</mode></key>"
        f"<time><beats>{beats}</beats><beat-type>4</beat-type></time></attributes>"
    )


MELODY = (
    _measure("0", ("D", 5, 5), head=_head())
    + _measure("1", ("A", 4, 5), ("B", 4, 5), ("C", 5, 5))
    + _measure("2", ("D", 5, 1), ("E", 5, 1), ("F", 5, 1), ("G", 5, 1), ("A", 5, 1), ("D", 5, 10))
)
QUARTET = _score(("Violin I", MELODY), ("Violin II", MELODY), ("Viola", MELODY))


def test_a_pickup_is_filled_up_and_keeps_its_number() -> None:
    part = read_score_part(QUARTET, "quartet.musicxml", "Violin I")
    assert part.name == "Violin I"
    assert part.measures == ("0", "1", "2")
    phrase = part.phrase()
    assert (phrase.bars, phrase.meter, phrase.key) == (3, Meter(3, 4), Key(-1, minor=True))
    assert phrase.place(phrase.notes[0].onset_ticks) == "bar 1 beat 3"


def test_a_quintuplet_is_exact_at_a_finer_resolution() -> None:
    phrase = read_score_part(QUARTET, "quartet.musicxml", "1").phrase()
    assert phrase.ticks_per_beat == 240
    assert phrase.notes[4:9] == tuple(
        Note(6 * 240 + 48 * step, pitch, 48) for step, pitch in enumerate((74, 76, 77, 79, 81))
    )


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (None, "x.xml: 3 parts; choose one with --part: 1 'Violin I', 2 'Violin II', 3 'Viola'"),
        ("Cello", "x.xml: no parts are called 'Cello'; there are: 1 'Violin I', 2 'Violin II', 3 'Viola'"),
        ("4", "x.xml: no parts are called '4'; there are: 1 'Violin I', 2 'Violin II', 3 'Viola'"),
    ],
)
def test_the_parts_are_named_where_one_must_be_chosen(part: str | None, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        read_score_part(QUARTET, "x.xml", part)
    assert str(caught.value) == message


def test_the_only_violin_needs_no_choice() -> None:
    data = _score(("Violin", MELODY), ("Piano", MELODY))
    assert read_score_part(data, "x.xml").name == "Violin"


def test_a_change_of_meter_is_named_with_its_measure() -> None:
    body = _measure("7", *[("A", 4, 5)] * 3, head=_head()) + _measure("8", *[("A", 4, 5)] * 4, head=_head(4))
    part = read_score_part(_score(("Violin", body)), "x.xml")
    with pytest.raises(NotationError, match=r"x\.xml: the meter changes from 3/4 to 4/4 in measure 8; legal"):
        part.phrase()


@pytest.mark.parametrize("data", [b"", b"<score", b"PK\x03\x04", b"<html/>", b"\xff\xfe"])
def test_bytes_that_are_not_a_score_give_one_line(data: bytes) -> None:
    with pytest.raises(NotationError, match=r"^x\.musicxml: [^\n]+\Z"):
        read_score_part(data, "x.musicxml")


def test_an_abc_tune() -> None:
    part = read_score_part(b"X:1\nT:A\nM:4/4\nL:1/4\nK:G\nGABc|d4|g4|]\n", "tune.abc")
    assert [note.pitch for note in part.phrase().notes] == [67, 69, 71, 72, 74, 79]
    assert part.measures == ("1", "2", "3")
