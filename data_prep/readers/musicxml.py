"""Reads MusicXML as raw parts through music21: only the violin parts, without unused marks.

A quartet is unpacked, the other parts and all marks that are not read (slurs, dynamics, words, layout)
are removed, and music21 reads the rest. That is faster, and a faulty mark cannot make a score unreadable.
Music is read as it sounds (`musicxml_sounding`): parts of transposing instruments are read at the pitch that
sounds, and cue notes, which another player plays, are rests.

Source: MusicXML 4.0 (W3C Community Group report): score-partwise, metronome, the .mxl container.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from xml.etree import ElementTree

from data_prep.grid.other_instruments import is_other_instrument
from data_prep.grid.raw_part import RawPart, ScoreError
from data_prep.readers.musicxml_sounding import at_sounding_pitch, without_cues
from data_prep.readers.notation import parse_notation, raw_parts
from data_prep.readers.selection import is_violin_name, named_places

_LARGEST_XML_BYTES = 200 << 20
_CONTAINER, _LARGEST_CONTAINER_BYTES = "META-INF/container.xml", 1 << 20
_MUSICXML_TYPE = "application/vnd.recordare.musicxml+xml"
_READ_IN_BAR = {"note", "backup", "forward", "attributes", "barline", "direction", "sound"}
_READ_IN_NOTATIONS = {"fermata", "tied", "tuplet"}
_NOT_READ_IN_NOTE = {"lyric", "beam", "stem", "notehead", "play", "listen"}


def parse_musicxml(data: bytes, violin_tracks: str = "", other_instruments: bool = False) -> list[RawPart]:
    """The violins' parts of a MusicXML file, plain or packed, each at its place "0", "1", … in the whole
    score; all parts if no name is a violin's. With `other_instruments` also the parts of violas, cellos,
    winds and voices. ScoreError if it cannot be read."""
    root = _xml(data)
    if root.tag == "score-timewise":
        raise ScoreError("MusicXML by time (score-timewise); export it by part")
    if root.tag != "score-partwise":
        raise ScoreError(f"XML whose root is {root.tag!r}; legal: score-partwise")
    elements = root.findall("part")
    names = [entry.findtext("part-name") or "" for entry in root.iter("score-part")]
    if violin_tracks:
        wanted = {int(place) for group in named_places(violin_tracks) for place in group}
    else:
        wanted = {index for index, name in enumerate(names) if is_violin_name(name)}
    if other_instruments and wanted:
        wanted |= {index for index, name in enumerate(names) if is_other_instrument(name)}
    kept = [index for index in range(len(elements)) if index in wanted] or list(range(len(elements)))
    _keep_parts(root, [elements[index] for index in kept])
    for element in root.findall("part"):
        _prune(element)
        without_cues(element)
        at_sounding_pitch(element)
    score = parse_notation(ElementTree.tostring(root, encoding="unicode"), "musicxml")[0]
    parts = raw_parts(score, chord_lengths=True)
    if len(parts) == len(kept):
        for part, index in zip(parts, kept, strict=True):
            part.place = str(index)
    return parts


def _keep_parts(root: ElementTree.Element, kept: list[ElementTree.Element]) -> None:
    """Takes all other parts, and the brackets around parts, out of the score."""
    for element in root.findall("part"):
        if element not in kept:
            root.remove(element)
    identities = {element.get("id") for element in kept}
    listed = root.find("part-list")
    for entry in list(listed) if listed is not None else ():
        if listed is not None and (entry.tag == "part-group" or entry.get("id") not in identities):
            listed.remove(entry)


def _prune(part: ElementTree.Element) -> None:
    """Takes away what is not read: marks, words, layout, odd metronome marks."""
    for bar in part.findall("measure"):
        for element in list(bar):
            if element.tag not in _READ_IN_BAR or (element.tag == "direction" and not _is_tempo(element)):
                bar.remove(element)
            elif element.tag == "note":
                _prune_note(element)


def _prune_note(note: ElementTree.Element) -> None:
    for element in list(note):
        if element.tag in _NOT_READ_IN_NOTE:
            note.remove(element)
        elif element.tag == "notations":
            for mark in list(element):
                if mark.tag not in _READ_IN_NOTATIONS:
                    element.remove(mark)


def _is_tempo(direction: ElementTree.Element) -> bool:
    """Whether a direction is a metronome mark of the plain kind: a note value and a number."""
    marks = list(direction.iter("metronome"))
    return (
        len(marks) == 1
        and (marks[0].findtext("beat-unit") or "").strip() != ""
        and (marks[0].findtext("per-minute") or "").strip().replace(".", "", 1).isdigit()
        and len(marks[0].findall("beat-unit")) == 1
    )


def _xml(data: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(unpacked(data))
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise ScoreError(f"not well-formed MusicXML: {str(error)[:100]}") from error


def unpacked(data: bytes) -> bytes:
    """The text of a MusicXML file, plain or packed; ScoreError if a packed one cannot be opened."""
    if data[:2] != b"PK":
        return data
    try:
        return _unzipped(data)
    except (zipfile.BadZipFile, LookupError, ValueError) as error:
        raise ScoreError(f"not well-formed MusicXML: {str(error)[:100]}") from error


def _unzipped(data: bytes) -> bytes:
    """The score inside a .mxl: the file that its container names, else its first XML file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = _root_file(archive)
        if archive.getinfo(name).file_size > _LARGEST_XML_BYTES:
            raise ScoreError(f"a .mxl archive that unpacks to more than {_LARGEST_XML_BYTES >> 20} MB")
        return archive.read(name)


def _root_file(archive: zipfile.ZipFile) -> str:
    """The name of the score: that of the first MusicXML rootfile in META-INF/container.xml, else of the
    first XML file outside META-INF."""
    members = archive.namelist()
    if _CONTAINER in members and archive.getinfo(_CONTAINER).file_size <= _LARGEST_CONTAINER_BYTES:
        try:
            container = ElementTree.fromstring(archive.read(_CONTAINER))
        except ElementTree.ParseError:
            container = ElementTree.Element("container")
        for entry in container.iter():
            name, kind = entry.get("full-path", ""), entry.get("media-type", _MUSICXML_TYPE)
            if entry.tag.endswith("rootfile") and kind == _MUSICXML_TYPE and name in members:
                return name
    for name in members:
        if PurePath(name).suffix.lower() in (".xml", ".musicxml") and not name.startswith("META-INF"):
            return name
    raise ScoreError("a .mxl archive with no score in it")
