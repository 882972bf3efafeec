"""Phrases as music21 streams; `violin.from_music21` converts them back."""

from __future__ import annotations

from typing import Any

from violin.errors import optional_libraries
from violin.music import Phrase
from violin.notation.marks import Marks
from violin.notation.musicxml import musicxml_bytes


@optional_libraries()
def to_music21(phrase: Phrase, marks: Marks | None = None) -> Any:
    """The phrase as a `music21.stream.Score` of one part, read from our MusicXML: with bars, voices,
    ties, tuplets and, if `marks` are given, fingering."""
    from music21 import converter

    text = musicxml_bytes(phrase, marks=marks).decode("utf-8")
    return converter.parseData(text, format="musicxml")
