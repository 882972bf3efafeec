"""MusicXML: known elements, the published schema, and that other programs read what was written."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from grid_phrases import phrases
from hypothesis import assume, given, settings

from data_prep.readers.score_file import read_score_part
from violin.hand import Stop
from violin.music import Key, Meter, Note, Phrase
from violin.notation.marks import Mark, fingering_marks
from violin.notation.musicxml import musicxml_bytes, mxl_bytes, tempo_text

PHRASE = Phrase((Note(0, 61, 48), Note(48, 69, 144)), 1, Meter(4, 4), Key(2), 652_174)
_XLINK = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xlink">'
    + "".join(
        f'<xs:attribute name="{name}" type="xs:string"/>'
        for name in ("href", "type", "role", "title", "show", "actuate")
    )
    + "</xs:schema>"
)


def _heard(phrase: Phrase) -> tuple[Any, ...]:
    grid = phrase.on_grid()
    return grid.notes, grid.bars, grid.meter, grid.key, grid.tempo_us_per_beat


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The MusicXML 4.0 schema, from the package musicxml; the attributes of XLink, which it lacks."""
    xmlschema = pytest.importorskip("xmlschema")
    found = find_spec("musicxml")
    if found is None or found.origin is None:
        pytest.skip("the package musicxml, which contains the schema, is not installed")
    source = Path(found.origin).parent / "generate_classes"
    folder = tmp_path_factory.mktemp("schema")
    text = (source / "musicxml_4_0.xsd").read_text(encoding="utf-8")
    (folder / "musicxml.xsd").write_text(text.replace("http://www.musicxml.org/xsd/", ""), encoding="utf-8")
    (folder / "xml.xsd").write_text((source / "xml.xsd").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "xlink.xsd").write_text(_XLINK, encoding="utf-8")
    return xmlschema.XMLSchema(str(folder / "musicxml.xsd"))


def test_a_note_with_finger_string_and_accidental() -> None:
    data = musicxml_bytes(PHRASE, marks={0: Mark(2, 4), 1: Mark(0, 2)}, colored={1: "#C0262D"})
    first, second = ET.fromstring(data).iter("note")
    assert first.get("id") == "n0"
    assert [(child.tag, (child.text or "").strip()) for child in first.iter()] == [
        ("note", ""), ("pitch", ""), ("step", "C"), ("alter", "1"), ("octave", "4"), ("duration", "48"),
        ("voice", "1"), ("type", "quarter"), ("notations", ""), ("technical", ""), ("fingering", "2"),
        ("string", "4"),
    ]  # fmt: skip
    # C sharp is in the key of D, so there is no accidental.
    assert second.get("color") == "#C0262D"
    assert second.findtext("type") == "half"
    assert second.find("dot") is not None


def test_the_head_of_the_first_bar() -> None:
    measure = next(ET.fromstring(musicxml_bytes(PHRASE, title="Study")).iter("measure"))
    texts = {path: measure.findtext(path) for path in
             ("attributes/divisions", "attributes/key/fifths", "attributes/key/mode", "attributes/time/beats",
              "attributes/time/beat-type", "direction/direction-type/metronome/per-minute")}  # fmt: skip
    assert list(texts.values()) == ["48", "2", "major", "4", "4", "92"]
    assert measure.findtext("barline/bar-style") == "light-heavy"


def test_a_phrase_without_a_key_states_none() -> None:
    assert b"<key>" not in musicxml_bytes(Phrase(PHRASE.notes, 1))


def test_tempos_come_back_exactly() -> None:
    for tempo in (1, 417_331, 500_000, 652_174, (1 << 24) - 1):
        assert round(60e6 / float(tempo_text(tempo))) == tempo


def test_a_fingering_becomes_marks() -> None:
    class Step:
        tick = 48
        stops = (Stop(1, 7, 3),)

    assert fingering_marks(PHRASE, [Step()]) == {1: Mark(3, 3)}
    Step.stops = (Stop(0, 14, 2),)
    assert fingering_marks(PHRASE, [Step()]) == {1: Mark(2, 4, shows_string=True)}


def test_the_packed_form_holds_the_same_score() -> None:
    data = musicxml_bytes(PHRASE)
    packed = mxl_bytes(data)
    assert packed == mxl_bytes(data)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist()[0] == "META-INF/container.xml"
        assert archive.read("score.musicxml") == data
    assert _heard(read_score_part(packed, "x.mxl").phrase()) == _heard(PHRASE)


@settings(max_examples=40)
@given(phrases())
def test_what_is_read_back_is_what_was_written(phrase: Phrase) -> None:
    assume(phrase.meter != Meter(2, 2))  # the corpus reader takes 2/2 for 4/4
    assert _heard(read_score_part(musicxml_bytes(phrase), "x.musicxml").phrase()) == _heard(phrase)


def test_the_published_schema_accepts_it(schema: Any) -> None:
    @settings(max_examples=25)
    @given(phrases())
    def check(phrase: Phrase) -> None:
        marks = {index: Mark(index % 5, 1 + index % 4) for index in range(len(phrase.notes))}
        data = musicxml_bytes(phrase, marks=marks, colored={0: "#C0262D"}, title="A & B", composer="nobody")
        found = [f"{error.path}: {error.reason}" for error in schema.iter_errors(io.BytesIO(data))]
        assert not found

    check()
