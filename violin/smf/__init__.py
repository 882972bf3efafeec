"""Standard MIDI File bytes -> events with byte offsets, and every defect of the bytes.

A linter needs its own reader: MIDI libraries hide what it has to report (they fill in defaults, drop
channels without notes and trust lengths). `parse` takes any bytes and never raises. What is wrong comes
back as `Defect`s with the code of the rule that explains them (S001 to S012, `violin explain S003`). No
length in a file is trusted, no memory is allocated by a claimed length or a tick, and each of `Limits`
ends the reading with a defect.

Source: Standard MIDI Files 1.0 (MIDI Manufacturers Association, RP-001).

Choices for broken files:

* A message with a data byte above 127 is left out and the reading goes on. An event of unknown
  length (no running status, a quantity of more than four bytes) ends its track, since it is not known
  where the next event begins; earlier events stay.
* A meta event with an illegal payload stays in the list with `MALFORMED` added to its kind, so that
  the payloads of `TEMPO`, `METER` and `KEY` events are legal.
* A track is missing if the header claims more tracks than were read and the bytes show one that was
  not read, for example inside a chunk that claims too many bytes: S003.
* A file of another kind is named: text, gzip, zip, MusicXML, a MIDI 2.0 clip, XMF.
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
