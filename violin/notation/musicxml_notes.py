"""The notes of a bar as MusicXML elements."""

from __future__ import annotations

from collections.abc import Collection
from xml.etree import ElementTree as ET

from violin.music import Key, Phrase
from violin.notation.marks import Mark, Marks
from violin.notation.measures import Bar, Item, Voice
from violin.notation.spelling import BarAccidentals, Spelling, spell

_TYPES = ("whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th")
_SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}


class NoteWriter:
    """Writes the bars of one phrase."""

    def __init__(self, phrase: Phrase, marks: Marks, colored: dict[int, str]) -> None:
        self.key = phrase.key or Key()
        self.marks, self.colored = marks, colored
        self.parts_written: dict[int, int] = {}  # note -> how many of its tied parts are written

    def write_bar(self, measure: ET.Element, bar: Bar) -> None:
        signs = self._signs(bar)
        now = 0
        for voice in bar.voices:
            if now:
                ET.SubElement(ET.SubElement(measure, "backup"), "duration").text = str(now)
            now = self._voice(measure, voice, signs, _stems(voice, bar))

    def _signs(self, bar: Bar) -> dict[tuple[int, int], int]:
        """(id of an item, pitch) -> the alteration to write, in the order in which a reader meets them."""
        accidentals = BarAccidentals(self.key)
        signs = {}
        items = [(item.onset, voice.number, item) for voice in bar.voices for item in voice.items]
        for _, _, item in sorted(items, key=lambda entry: entry[:2]):
            if not item.is_tied_from:
                for pitch in item.pitches:
                    sign = accidentals.sign(spell(pitch, self.key))
                    if sign is not None:
                        signs[id(item), pitch] = sign
        return signs

    def _voice(
        self, measure: ET.Element, voice: Voice, signs: dict[tuple[int, int], int], stems: dict[int, str]
    ) -> int:
        """Write one voice and return the ticks that it covers, without a further voice's last rests."""
        items = voice.items
        while voice.number and items and items[-1].is_rest:
            items = items[:-1]
        skipped = 0
        for item in items:
            if not item.is_visible and not item.in_tuplet:
                skipped += item.ticks
                continue
            if skipped:
                _forward(measure, skipped)
                skipped = 0
            if item.is_rest:
                self._rest(measure, item, voice)
            for place, pitch in enumerate(item.pitches):
                self._note(measure, item, place, voice, signs.get((id(item), pitch)), stems.get(id(item), ""))
        if skipped:
            _forward(measure, skipped)
        return items[-1].end if items else 0

    def _rest(self, measure: ET.Element, item: Item, voice: Voice) -> None:
        hidden = {} if item.is_visible else {"print-object": "no"}
        note = ET.SubElement(measure, "note", hidden)
        ET.SubElement(note, "rest", {"measure": "yes"} if item.fills_bar else {})
        ET.SubElement(note, "duration").text = str(item.ticks)
        ET.SubElement(note, "voice").text = str(voice.number + 1)
        if not item.fills_bar:
            _type(note, item)
        self._notations(note, item, 0, Mark())

    def _note(
        self, measure: ET.Element, item: Item, place: int, voice: Voice, sign: int | None, stem: str
    ) -> None:
        """One note of a chord, its elements in the order that the format asks for."""
        index = item.indices[place]
        part = self.parts_written[index] = self.parts_written.get(index, -1) + 1
        attributes = {"id": f"n{index}.{part}" if part else f"n{index}"}
        if index in self.colored:
            attributes["color"] = self.colored[index]
        note = ET.SubElement(measure, "note", attributes)
        if place:
            ET.SubElement(note, "chord")
        _pitch(note, spell(item.pitches[place], self.key))
        ET.SubElement(note, "duration").text = str(item.ticks)
        for kind in _tie_kinds(item):
            ET.SubElement(note, "tie", type=kind)
        ET.SubElement(note, "voice").text = str(voice.number + 1)
        _type(note, item, _SIGNS[sign] if sign is not None else "")
        if stem and item.value.power:
            ET.SubElement(note, "stem").text = stem
        if not place:
            for number, word in enumerate(item.beams, 1):
                ET.SubElement(note, "beam", number=str(number)).text = word
        self._notations(note, item, place, Mark() if item.is_tied_from else self.marks.get(index, Mark()))

    def _notations(self, note: ET.Element, item: Item, place: int, mark: Mark) -> None:
        notations = ET.Element("notations")
        for kind in _tie_kinds(item):
            ET.SubElement(notations, "tied", type=kind)
        if not place:
            if item.opens_tuplet:
                bracket = "no" if item.beams else "yes"
                ET.SubElement(notations, "tuplet", type="start", number="1", bracket=bracket)
            if item.closes_tuplet:
                ET.SubElement(notations, "tuplet", type="stop", number="1")
        if mark.finger is not None or mark.string is not None:
            technical = ET.SubElement(notations, "technical")
            if mark.finger is not None:
                ET.SubElement(technical, "fingering").text = str(mark.finger)
            if mark.string is not None:
                ET.SubElement(technical, "string").text = str(mark.string)
        if len(notations):
            note.append(notations)


def _tie_kinds(item: Item) -> Collection[str]:
    return ["stop"] * item.is_tied_from + ["start"] * item.is_tied_to


def _stems(voice: Voice, bar: Bar) -> dict[int, str]:
    """id of an item -> the direction of its stem, if another voice sounds at the same time; notes
    under one beam have one direction. Elsewhere an engraver chooses."""
    others = [item for other in bar.voices if other is not voice for item in other.items if not item.is_rest]
    direction = ("up", "down")[voice.number % 2]
    stems: dict[int, str] = {}
    group: list[Item] = []
    for item in voice.items:
        group = [*group, item] if item.beams and item.beams[0] in ("continue", "end") else [item]
        if any(one.onset < other.end and other.onset < one.end for one in group for other in others):
            stems.update((id(one), direction) for one in group)
    return stems


def _type(note: ET.Element, item: Item, accidental: str = "") -> None:
    """The note value, with its dots, accidental and tuplet ratio in the order of the format."""
    ET.SubElement(note, "type").text = _TYPES[item.value.power]
    for _ in range(item.value.dots):
        ET.SubElement(note, "dot")
    if accidental:
        ET.SubElement(note, "accidental").text = accidental
    if item.in_tuplet:
        modification = ET.SubElement(note, "time-modification")
        ET.SubElement(modification, "actual-notes").text = "3"
        ET.SubElement(modification, "normal-notes").text = "2"


def _pitch(note: ET.Element, spelling: Spelling) -> None:
    pitch = ET.SubElement(note, "pitch")
    ET.SubElement(pitch, "step").text = spelling.step
    if spelling.alter:
        ET.SubElement(pitch, "alter").text = str(spelling.alter)
    ET.SubElement(pitch, "octave").text = str(spelling.octave)


def _forward(measure: ET.Element, ticks: int) -> None:
    ET.SubElement(ET.SubElement(measure, "forward"), "duration").text = str(ticks)
