"""A phrase as MusicXML 4.0, written from the grid: note values, ties, tuplets, beams, voices, fingering.

    data = musicxml_bytes(phrase, marks=fingering_marks(phrase, path.steps), title="Answer 1")

Every note has the id "n" and its index in `Phrase.on_grid().notes`, such as "n12" (a tied part "n12.1", …),
so an engraving can be coloured and followed. Format: MusicXML 4.0, W3C Music Notation Community Group.
"""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree as ET

from violin import __version__
from violin.challenge import VIOLIN_PROGRAM
from violin.music import TICKS_PER_BEAT, Phrase
from violin.notation.excerpt import WHOLE, Excerpt
from violin.notation.marks import Marks
from violin.notation.measures import written_bars
from violin.notation.musicxml_notes import NoteWriter

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same score gives the same bytes
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container><rootfiles><rootfile full-path="score.musicxml" '
    'media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>\n'
)


def musicxml_bytes(
    phrase: Phrase,
    *,
    marks: Marks | None = None,
    colored: dict[int, str] | None = None,
    title: str = "",
    composer: str = "",
    rounded_tempo: bool = False,
    excerpt: Excerpt = WHOLE,
) -> bytes:
    """The phrase as the bytes of a MusicXML file, UTF-8.

    The notes are those of `phrase.on_grid()`. `marks` and `colored` (a colour as "#RRGGBB") are by the place
    of a note there. `rounded_tempo` shows whole quarter notes a minute; else the tempo is exact to the
    microsecond. `excerpt` is for a page of a longer piece. NotationError for a meter that cannot be written.
    """
    writer = NoteWriter(phrase, marks or {}, colored or {})
    root = ET.Element("score-partwise", version="4.0")
    if title:
        ET.SubElement(ET.SubElement(root, "work"), "work-title").text = title
    about = ET.SubElement(root, "identification")
    if composer:
        ET.SubElement(about, "creator", type="composer").text = composer
    ET.SubElement(ET.SubElement(about, "encoding"), "software").text = f"violin {__version__}"
    listed = ET.SubElement(ET.SubElement(root, "part-list"), "score-part", id="P1")
    ET.SubElement(listed, "part-name", {"print-object": "no"}).text = "Violin"
    ET.SubElement(ET.SubElement(listed, "score-instrument", id="P1-I1"), "instrument-name").text = "Violin"
    midi = ET.SubElement(listed, "midi-instrument", id="P1-I1")
    ET.SubElement(midi, "midi-channel").text = "1"
    ET.SubElement(midi, "midi-program").text = str(VIOLIN_PROGRAM + 1)
    part = ET.SubElement(root, "part", id="P1")
    for bar in written_bars(phrase):
        measure = ET.SubElement(part, "measure", number=excerpt.number(bar.index))
        if bar.index == 0:
            _attributes(measure, phrase, excerpt.shows_meter)
            if excerpt.shows_tempo:
                _tempo(measure, phrase, rounded_tempo)
        writer.write_bar(measure, bar)
    if excerpt.is_last:
        last = ET.SubElement(part.findall("measure")[-1], "barline", location="right")
        ET.SubElement(last, "bar-style").text = "light-heavy"
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"


def mxl_bytes(data: bytes) -> bytes:
    """The bytes of a MusicXML file packed as .mxl, the compressed form."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("META-INF/container.xml", _CONTAINER.encode()), ("score.musicxml", data)):
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return packed.getvalue()


def tempo_text(tempo_us_per_beat: int) -> str:
    """Quarter notes a minute in as few digits as give the same whole microseconds back.

    >>> tempo_text(500_000), tempo_text(652_174), tempo_text(652_175)
    ('120', '92', '91.9998')
    """
    exact = 60e6 / tempo_us_per_beat
    texts = (f"{exact:.{digits}f}" for digits in range(12))
    return next(text for text in texts if float(text) and round(60e6 / float(text)) == tempo_us_per_beat)


def _attributes(measure: ET.Element, phrase: Phrase, shows_meter: bool) -> None:
    attributes = ET.SubElement(measure, "attributes")
    ET.SubElement(attributes, "divisions").text = str(TICKS_PER_BEAT)
    if phrase.key is not None:
        key = ET.SubElement(attributes, "key")
        ET.SubElement(key, "fifths").text = str(phrase.key.fifths)
        ET.SubElement(key, "mode").text = "minor" if phrase.key.minor else "major"
    time = ET.SubElement(attributes, "time", {} if shows_meter else {"print-object": "no"})
    ET.SubElement(time, "beats").text = str(phrase.meter.numerator)
    ET.SubElement(time, "beat-type").text = str(phrase.meter.denominator)
    clef = ET.SubElement(attributes, "clef")
    ET.SubElement(clef, "sign").text = "G"
    ET.SubElement(clef, "line").text = "2"


def _tempo(measure: ET.Element, phrase: Phrase, is_rounded: bool) -> None:
    exact = tempo_text(phrase.tempo_us_per_beat)
    direction = ET.SubElement(measure, "direction", placement="above")
    metronome = ET.SubElement(ET.SubElement(direction, "direction-type"), "metronome")
    ET.SubElement(metronome, "beat-unit").text = "quarter"
    ET.SubElement(metronome, "per-minute").text = f"{phrase.tempo_bpm:.0f}" if is_rounded else exact
    ET.SubElement(direction, "sound", tempo=exact)
