"""Engraved pictures: ids of notes, fingering, shaded bars, colours; PNG and PDF out of them."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree as ET

import pytest

from violin.errors import MissingLibraryError
from violin.music import Key, Meter, Note, Phrase
from violin.notation.marks import Mark

pytest.importorskip("verovio")

from violin.render.engraving import FINDING_COLOR, engrave
from violin.render.pictures import pdf_bytes, png_bytes

PHRASE = Phrase(tuple(Note(48 * beat, 64 + beat, 48) for beat in range(12)), 4, Meter(3, 4), Key(2))


def _groups(svg: str, name: str) -> list[ET.Element]:
    return [group for group in ET.fromstring(svg).iter() if group.get("class") == name]


def test_every_note_has_its_id_and_the_picture_is_the_same_each_time() -> None:
    svg = engrave(PHRASE)
    assert [group.get("id") for group in _groups(svg, "note")] == [f"n{index}" for index in range(12)]
    assert svg == engrave(PHRASE)


def test_fingers_stand_over_their_notes() -> None:
    svg = engrave(PHRASE, marks={0: Mark(1), 5: Mark(4)})
    assert ["".join(group.itertext()).strip() for group in _groups(svg, "fing")] == ["1", "4"]


def test_given_bars_are_shaded_and_findings_coloured() -> None:
    svg = engrave(PHRASE, given_bars=(0, 3), colored={2: FINDING_COLOR})
    measures = _groups(svg, "measure")
    assert [bool([one for one in measure if one.get("class") == "given"]) for measure in measures] == [
        True, False, False, True,
    ]  # fmt: skip
    notes = {group.get("id"): group.get("color") for group in _groups(svg, "note")}
    assert notes["n2"] == FINDING_COLOR
    assert notes["n3"] is None


def test_the_tempo_mark_needs_no_music_font() -> None:
    svg = engrave(PHRASE)
    [tempo] = _groups(svg, "tempo")
    assert "".join(tempo.itertext()).strip() == "= 120"
    assert not re.search("[\ue000-\uf8ff]", svg)


def test_png_and_pdf() -> None:
    pytest.importorskip("cairosvg")
    svg = engrave(PHRASE, width_px=400)
    small, large = png_bytes(svg, 1), png_bytes(svg, 2)
    assert small[:8] == large[:8] == b"\x89PNG\r\n\x1a\n"
    widths = [int.from_bytes(data[16:20], "big") for data in (small, large)]
    assert widths == [400, 800]
    assert pdf_bytes(svg).startswith(b"%PDF-")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "verovio", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'violin\[score\]'"):
        engrave(PHRASE)
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'violin\[score\]'"):
        png_bytes("<svg/>")
