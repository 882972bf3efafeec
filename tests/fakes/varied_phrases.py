"""Phrases with stops, triplets, syncopation and rests, which a round trip through a format must keep."""

from __future__ import annotations

from violin.music import Key, Meter, Note, Phrase

VARIED_PHRASES = [
    Phrase((Note(0, 55, 48), Note(0, 62, 96), Note(48, 74, 16), Note(64, 76, 16), Note(528, 81, 48)), 4,
           Meter(3, 4), Key(-3), 652_174),
    Phrase((Note(24, 69, 24), Note(96, 71, 160), Note(256, 72, 5), Note(400, 69, 48)), 3,
           Meter(4, 4), Key(2, minor=True)),
]  # fmt: skip
