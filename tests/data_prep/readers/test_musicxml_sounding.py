from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from data_prep.readers.musicxml_sounding import at_sounding_pitch, without_cues


def part(attributes: str, *notes: str) -> Element:
    return fromstring(
        f'<part><measure number="1"><attributes>{attributes}</attributes>{"".join(notes)}</measure></part>'
    )


def note(step: str, octave: int, alter: int = 0, more: str = "") -> str:
    pitch = f"<step>{step}</step><alter>{alter}</alter><octave>{octave}</octave>"
    return f"<note>{more}<pitch>{pitch}</pitch></note>"


def spelled(element: Element) -> list[tuple[str, int, int]]:
    return [
        (
            pitch.findtext("step", ""),
            int(pitch.findtext("alter", "0")),
            int(pitch.findtext("octave", "")),
        )
        for pitch in element.iter("pitch")
    ]


@pytest.mark.parametrize(
    ("transpose", "written", "sounding"),
    [
        ("<chromatic>-2</chromatic>", ("C", 4, 0), ("B", -1, 3)),
        ("<chromatic>0</chromatic><octave-change>-1</octave-change>", ("A", 4, 0), ("A", 0, 3)),
        ("<chromatic>3</chromatic>", ("B", 4, -1), ("C", 1, 5)),
        ("<chromatic>-9</chromatic><octave-change>1</octave-change>", ("E", 4, 0), ("G", 0, 4)),
    ],
)
def test_pitches_move_by_semitones_and_octaves(
    transpose: str, written: tuple[str, int, int], sounding: tuple[str, int, int]
) -> None:
    element = part(f"<transpose>{transpose}</transpose>", note(*written))
    at_sounding_pitch(element)
    assert spelled(element) == [sounding]
    assert element.find(".//transpose") is None


@pytest.mark.parametrize(
    ("semitones", "written", "sounding"), [(-2, 0, -2), (-3, 0, 3), (1, 0, -5), (2, 4, 6), (5, -6, 5)]
)
def test_the_key_moves_with_the_pitches(semitones: int, written: int, sounding: int) -> None:
    key = f"<key><fifths>{written}</fifths></key><transpose><chromatic>{semitones}</chromatic></transpose>"
    element = part(key)
    at_sounding_pitch(element)
    assert element.findtext(".//fifths") == str(sounding)


def test_a_staff_may_transpose_alone() -> None:
    element = part(
        '<transpose number="2"><chromatic>-2</chromatic></transpose>',
        note("D", 4, more="<staff>1</staff>"),
        note("D", 4, more="<staff>2</staff>"),
    )
    at_sounding_pitch(element)
    assert spelled(element) == [("D", 0, 4), ("C", 0, 4)]


def test_a_cue_chord_and_a_cue_grace_add_no_rest() -> None:
    element = part(
        "",
        note("C", 5, more="<grace/><cue/>"),
        note("C", 5, more="<cue/>"),
        note("E", 5, more="<cue/><chord/>"),
        note("A", 4),
    )
    without_cues(element)
    kinds = ["rest" if found.find("rest") is not None else "note" for found in element.iter("note")]
    assert kinds == ["rest", "note"]
    assert element.find(".//cue") is None
