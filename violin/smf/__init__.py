"""Standard MIDI File bytes -> events with byte offsets, and every defect on the way.

A linter must own its reader: the libraries wrap or hide what it has to report (defaults filled
in, channels without notes dropped, lengths trusted). `parse` takes any bytes at all and never
raises; what is wrong comes back as `Defect`s that carry the code of the rule that explains them
(S001 to S012, `violin explain S003`). No length in a file is trusted, nothing is allocated by a
claimed length or a tick, and each of `Limits` ends the reading with a defect.

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, RP-001).

Choices where a file is broken:

* A data byte above 127 loses its message, the reading goes on. An event whose own length is
  unknown (no running status, a quantity of more than four bytes) ends its track, since what
  follows cannot be told from noise; earlier events stay.
* A meta event with an illegal payload keeps its place in the list with `MALFORMED` added to
  its kind, so that whoever asks for `TEMPO`, `METER` or `KEY` can trust the payload.
* A text line, gzip, zip or MusicXML file is named as such.
"""

from __future__ import annotations

from violin.smf.reader import DEFAULT_LIMITS, UNREADABLE_CODES, SmfFile, Track, parse, read_limited
from violin.smf.track import (
    CHANNEL_PREFIX,
    CHANNEL_PRESSURE,
    CONTROLLER,
    END_OF_TRACK,
    KEY,
    MALFORMED,
    META,
    METER,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    POLY_PRESSURE,
    PORT,
    PROGRAM,
    SYSEX,
    SYSEX_ESCAPE,
    TEMPO,
    TEXT,
    TRACK_NAME,
    Defect,
    Event,
    Limits,
)

__all__ = [
    "CHANNEL_PREFIX",
    "CHANNEL_PRESSURE",
    "CONTROLLER",
    "DEFAULT_LIMITS",
    "END_OF_TRACK",
    "KEY",
    "MALFORMED",
    "META",
    "METER",
    "NOTE_OFF",
    "NOTE_ON",
    "PITCH_BEND",
    "POLY_PRESSURE",
    "PORT",
    "PROGRAM",
    "SYSEX",
    "SYSEX_ESCAPE",
    "TEMPO",
    "TEXT",
    "TRACK_NAME",
    "UNREADABLE_CODES",
    "Defect",
    "Event",
    "Limits",
    "SmfFile",
    "Track",
    "parse",
    "read_limited",
]
