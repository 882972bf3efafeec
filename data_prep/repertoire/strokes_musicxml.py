"""What the violins' parts of a MusicXML file strike together.

Only the violins' parts are parsed, and of each note only its place, its pitch and the marks that say how the
notes of a chord belong together.

Source: MusicXML 4.0 (W3C Community Group report): note, notehead, harmonic, arpeggiate, backup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree

from data_prep.grid.raw_part import ScoreError
from data_prep.readers.musicxml import unpacked
from data_prep.readers.selection import is_violin_name, named_places, roles_for
from data_prep.repertoire.strokes import Stroke, notated, says_harmonics

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_PART = re.compile(rb"<part\s[^>]*>.*?</part>", re.DOTALL)


@dataclass
class _Onset:
    """What begins at one place of a bar."""

    pitches: set[int] = field(default_factory=set)
    harmonic: bool = False
    arpeggio: bool = False


def musicxml_strokes(data: bytes, violin_tracks: str = "", roles: str = "") -> list[tuple[str, list[Stroke]]]:
    """(role, strokes) of each violin's part, its staves and voices together; ScoreError if the bytes are not
    MusicXML by part."""
    data = unpacked(data)
    head = data.partition(b"<part ")[0]
    parts = _PART.findall(data)
    if not parts:
        raise ScoreError("no MusicXML by part")
    if violin_tracks:
        wanted = [[int(place) for place in group] for group in named_places(violin_tracks)]
    else:
        names = re.findall(rb"<part-name[^>]*>([^<]*)", head)
        wanted = [
            [index] for index, name in enumerate(names) if is_violin_name(name.decode("utf-8", "replace"))
        ]
        wanted = wanted or [[index] for index in range(len(parts))]
    found = []
    for role, places in zip(roles_for(roles, len(wanted)), wanted, strict=True):
        strokes = [stroke for place in places for stroke in _strokes(_element(parts[place]))]
        found.append((role, strokes))
    return found


def _element(part: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(part)
    except ElementTree.ParseError as error:
        raise ScoreError(f"not well-formed MusicXML: {str(error)[:100]}") from error


def _strokes(part: ElementTree.Element) -> Iterator[Stroke]:
    divisions, transposed = 1, 0
    for bar in part.iter("measure"):
        onsets: dict[Fraction, _Onset] = {}
        position = onset = Fraction(0)
        in_harmonics = False
        for element in bar:
            tag = element.tag
            if tag == "note":
                if element.find("grace") is not None:
                    continue
                if element.find("chord") is None:
                    onset = position
                    position += _beats(element, divisions)
                if _is_struck(element):
                    _take(element, onsets.setdefault(onset, _Onset()), transposed, in_harmonics)
            elif tag == "backup":
                position -= _beats(element, divisions)
            elif tag == "forward":
                position += _beats(element, divisions)
            elif tag == "attributes":
                divisions = int(element.findtext("divisions") or divisions)
                for change in element.iter("transpose"):
                    octaves = int(change.findtext("octave-change") or 0)
                    transposed = round(float(change.findtext("chromatic") or 0)) + 12 * octaves
            elif tag == "direction":
                in_harmonics |= any(says_harmonics(words.text or "") for words in element.iter("words"))
        for _, found in sorted(onsets.items()):
            way = notated(harmonic=found.harmonic, arpeggio=found.arpeggio)
            yield Stroke(f"bar {bar.get('number')}", tuple(sorted(found.pitches)), way)


def _beats(element: ElementTree.Element, divisions: int) -> Fraction:
    return Fraction(element.findtext("duration") or 0) / divisions


def _is_struck(note: ElementTree.Element) -> bool:
    """Whether a note is struck here: pitched, shown, not a cue, not the continuation of a tie."""
    return (
        note.find("pitch") is not None
        and note.find("cue") is None
        and note.get("print-object") != "no"
        and all(tie.get("type") != "stop" for tie in note.iter("tie"))
    )


def _take(note: ElementTree.Element, found: _Onset, transposed: int, in_harmonics: bool) -> None:
    step, octave = note.findtext("pitch/step"), note.findtext("pitch/octave")
    alter = round(float(note.findtext("pitch/alter") or 0))
    found.pitches.add(12 * (int(octave or 0) + 1) + _STEPS[(step or "C").strip()] + alter + transposed)
    is_diamond = (note.findtext("notehead") or "").strip() == "diamond"
    has_sign = next(note.iter("harmonic"), None) is not None
    found.harmonic |= is_diamond or has_sign or in_harmonics
    found.arpeggio |= next(note.iter("arpeggiate"), None) is not None
