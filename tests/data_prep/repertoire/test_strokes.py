"""Which notes scores strike together, and which they mark as not a chord."""

from __future__ import annotations

import pytest

from data_prep.grid.raw_part import ScoreError
from data_prep.repertoire.strokes import Notated, says_harmonics
from data_prep.repertoire.strokes_humdrum import humdrum_strokes
from data_prep.repertoire.strokes_musicxml import musicxml_strokes

STRUCK, HARMONIC, ARPEGGIO = Notated

KERN = """\
**kern	**kern
*Icello	*Ivioln
*M4/4	*M4/4
=1	=1
4C	4a 4ff
.	qqb 8.cc#]
!	!LO:N:n=2:vis=1:head=rhombus:harmonic
4D	4ggg 4cc 4g
4E	4a: 4ff:
4r	4r
=2	=2
!	!LO:TX:a:t=Sons harmoniques.
4C	4b 4g
4D	4ayy 4ff
=3	=3
4C	4c 4e
!	!LO:TX:b:t=sul G
4C	4c 4e
!	!LO:TX:a:t=Flag.
4C	4c
=4	=4
*	*^
4C	4ee	4g
4D	.	4a- 4B#
*	*v	*v
*	*cue
2E	2ggg 2bb
*-	*-
"""


def test_a_row_of_a_spine_is_one_stroke_with_what_the_score_says() -> None:
    [(role, strokes)] = humdrum_strokes(KERN)
    assert role == "solo"
    assert strokes == [
        ("bar 1", (69, 77), STRUCK),
        ("bar 1", (67, 72, 91), HARMONIC),
        ("bar 1", (69, 77), ARPEGGIO),
        ("bar 2", (67, 71), HARMONIC),
        ("bar 2", (77,), HARMONIC),
        ("bar 3", (60, 64), HARMONIC),
        ("bar 3", (60, 64), STRUCK),
        ("bar 3", (60,), HARMONIC),
        ("bar 4", (67, 76), STRUCK),
        ("bar 4", (60, 68), STRUCK),
    ]


def test_words_at_the_head_of_a_section_hold_for_all_of_it() -> None:
    section = [
        "=8||",
        "!LO:TX:t=Sons harmoniques.",
        "4c",
        "!LO:TX:t=du talon",
        "4d",
        "=9",
        "4e",
        "=10||",
        "4f",
    ]
    [(_, strokes)] = humdrum_strokes("\n".join(["**kern", *section, "*-"]))
    assert [stroke.notated for stroke in strokes] == [HARMONIC, HARMONIC, HARMONIC, STRUCK]


def test_humdrum_columns_can_be_named() -> None:
    [(role, strokes)] = humdrum_strokes(KERN, "0", "bass")
    assert role == "bass"
    assert strokes[0] == ("bar 1", (48,), STRUCK)
    with pytest.raises(ScoreError, match="kern"):
        humdrum_strokes("no score")


def note(step: str, octave: int, inside: str = "", duration: int = 2, marks: str = "") -> str:
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note{marks}>{inside}{pitch}<duration>{duration}</duration></note>"


CHORD = "<chord/>"


def score(*bars: str, name: str = "Violin I") -> bytes:
    numbered = "".join(f'<measure number="{number}">{bar}</measure>' for number, bar in enumerate(bars, 1))
    return (
        f'<score-partwise><part-list><score-part id="P1"><part-name>Viola</part-name></score-part>'
        f'<score-part id="P2"><part-name>{name}</part-name></score-part></part-list>'
        f'<part id="P1"><measure number="1">{note("C", 3)}</measure></part>'
        f'<part id="P2">{numbered}</part></score-partwise>'
    ).encode()


def test_voices_and_chords_of_a_bar_are_struck_at_their_onsets() -> None:
    bar = (
        "<attributes><divisions>2</divisions></attributes>"
        + note("E", 5)
        + note("D", 5)
        + "<backup><duration>4</duration></backup>"
        + note("G", 4)
        + note("A", 4, "<grace/>")
        + note("B", 4, CHORD)
        + "<forward><duration>2</duration></forward>"
    )
    [(role, strokes)] = musicxml_strokes(score(bar))
    assert role == "solo"
    assert strokes == [("bar 1", (67, 71, 76), STRUCK), ("bar 1", (74,), STRUCK)]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (note("C", 5, CHORD), ((67, 72), STRUCK)),
        (note("C", 5, CHORD).replace("</note>", "<notehead>diamond</notehead></note>"), ((67, 72), HARMONIC)),
        (
            note("C", 5, CHORD).replace(
                "</note>",
                "<notations><technical><harmonic><artificial/><touching-pitch/></harmonic></technical>"
                "</notations></note>",
            ),
            ((67, 72), HARMONIC),
        ),
        (
            note("C", 5, CHORD).replace("</note>", "<notations><arpeggiate/></notations></note>"),
            ((67, 72), ARPEGGIO),
        ),
        (note("C", 5, f'{CHORD}<tie type="stop"/>'), ((67,), STRUCK)),
        (note("C", 5, CHORD, marks=' print-object="no"'), ((67,), STRUCK)),
        (note("C", 5, f"<cue/>{CHORD}"), ((67,), STRUCK)),
    ],
)
def test_marks_of_a_chord(second: str, expected: tuple[tuple[int, ...], Notated]) -> None:
    [(_, strokes)] = musicxml_strokes(score(note("G", 4) + second))
    assert [(stroke.pitches, stroke.notated) for stroke in strokes] == [expected]


def test_words_hold_for_their_bar_and_a_transposing_part_sounds_elsewhere() -> None:
    words = "<direction><direction-type><words>flag.</words></direction-type></direction>"
    moved = "<attributes><transpose><chromatic>-2</chromatic></transpose></attributes>"
    [(_, strokes)] = musicxml_strokes(score(words + note("G", 4), moved + note("G", 4)))
    assert strokes == [("bar 1", (67,), HARMONIC), ("bar 2", (65,), STRUCK)]


@pytest.mark.parametrize("data", [b"", b"<html/>", score(note("G", 4)).replace(b"</pitch>", b"")])
def test_bytes_that_are_not_musicxml_are_refused(data: bytes) -> None:
    with pytest.raises(ScoreError):
        musicxml_strokes(data)


@pytest.mark.parametrize("words", ["Flag.", "flageolet", "sons harmoniques", "zapis flażoletów", "harmonics"])
def test_words_that_ask_for_harmonics(words: str) -> None:
    assert says_harmonics(words)
    assert not says_harmonics("con sordino")
