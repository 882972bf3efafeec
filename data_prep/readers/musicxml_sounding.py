"""A MusicXML part as it sounds: transposing instruments at concert pitch, cue notes as rests.

Both are changed in the XML itself, before music21 reads it: music21 keeps written pitches and reads cue notes
as the part's own.

Source: MusicXML 4.0 (W3C Community Group report): the elements transpose, key, pitch and cue.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SPELLED = tuple(
    zip("CCDEEFFGAABB", (0, 1, 0, -1, 0, 0, 1, 0, -1, 0, -1, 0), strict=True)
)  # of each semitone
_EVERY_STAFF = ""


def without_cues(part: Element) -> None:
    """Turns each cue note of a part into a rest; deletes cue grace notes and the further notes of cue
    chords."""
    for bar in part.findall("measure"):
        for note in bar.findall("note"):
            if note.find("cue") is None:
                continue
            if note.find("grace") is not None or note.find("chord") is not None:
                bar.remove(note)
                continue
            for element in list(note):
                if element.tag in ("cue", "pitch", "unpitched", "tie", "notations", "accidental"):
                    note.remove(element)
            if note.find("rest") is None:
                note.insert(0, Element("rest"))


def at_sounding_pitch(part: Element) -> None:
    """Writes the notes and keys of a part as they sound, and removes its <transpose> elements."""
    if part.find("measure/attributes/transpose") is None:
        return
    shifts: dict[str, int] = {}  # staff ("" for all) -> semitones from written to sounding
    for bar in part.findall("measure"):
        for element in bar:
            if element.tag == "attributes":
                _note_shifts(element, shifts)
                for key in element.findall("key"):
                    _shift_key(key, _shift(shifts, key.get("number", "1")))
            elif element.tag == "note":
                pitch = element.find("pitch")
                if pitch is not None:
                    _shift_pitch(pitch, _shift(shifts, element.findtext("staff", "1").strip()))


def _shift(shifts: dict[str, int], staff: str) -> int:
    return shifts.get(staff, shifts.get(_EVERY_STAFF, 0))


def _note_shifts(attributes: Element, shifts: dict[str, int]) -> None:
    for transpose in attributes.findall("transpose"):
        octaves = _integer(transpose.findtext("octave-change", "0"))
        semitones = _integer(transpose.findtext("chromatic", "0")) + 12 * octaves
        staff = transpose.get("number", _EVERY_STAFF)
        if staff == _EVERY_STAFF:
            shifts.clear()
        shifts[staff] = semitones
        attributes.remove(transpose)


def _integer(text: str) -> int:
    """A number of semitones; quarter tones, which a tempered reader cannot keep, are rounded."""
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return 0


def _shift_key(key: Element, semitones: int) -> None:
    """A semitone up is seven fifths up; of enharmonic signatures, the one with fewer signs."""
    fifths = key.find("fifths")
    if fifths is None or not semitones:
        return
    moved = (_integer(fifths.text or "0") + 7 * semitones) % 12
    fifths.text = str(moved if moved <= 6 else moved - 12)


def _shift_pitch(pitch: Element, semitones: int) -> None:
    if not semitones:
        return
    step = (pitch.findtext("step") or "C").strip()
    sounding = (
        12 * _integer(pitch.findtext("octave", "4"))
        + _STEPS.get(step, 0)
        + _integer(pitch.findtext("alter", "0"))
        + semitones
    )
    for element in list(pitch):
        pitch.remove(element)
    spelled, alter = _SPELLED[sounding % 12]
    SubElement(pitch, "step").text = spelled
    if alter:
        SubElement(pitch, "alter").text = str(alter)
    SubElement(pitch, "octave").text = str(sounding // 12)
