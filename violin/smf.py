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

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from violin.smf_track import (
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
    Defects,
    Enough,
    Event,
    Limits,
    read_track,
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

UNREADABLE_CODES = frozenset({"S001", "S003", "S004", "S005", "S006"})  # the music is lost or in doubt
DEFAULT_LIMITS = Limits()

_FOREIGN = (
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"PK\x03\x04", "a zip archive (a compressed MusicXML file?)"),
    (b"<?xml", "XML text"),
    (b"fLaC", "FLAC audio"),
    (b"OggS", "Ogg audio"),
    (b"ID3", "MP3 audio"),
    (b"%PDF", "a PDF document"),
)


@dataclass(frozen=True, slots=True)
class Track:
    """The events of one MTrk chunk in file order; `offset` and `length` are the whole chunk's."""

    events: tuple[Event, ...]
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SmfFile:
    """What a file holds. `division` is the header's raw word (ticks a beat below 0x8000)."""

    format: int
    division: int
    declared_tracks: int
    tracks: tuple[Track, ...]
    defects: tuple[Defect, ...]
    size: int

    @property
    def is_readable(self) -> bool:
        """Whether the music in the file is beyond doubt: no defect of `UNREADABLE_CODES`."""
        return not any(defect.code in UNREADABLE_CODES for defect in self.defects)


def read_limited(path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """A file's bytes, at most one more than the limit (which `parse` then reports)."""
    with path.open("rb") as stream:
        return stream.read(limits.file_bytes + 1)


def parse(data: bytes, limits: Limits = DEFAULT_LIMITS) -> SmfFile:
    """Any bytes -> what they hold as a MIDI file. Never raises; see `SmfFile.defects`."""
    defects = Defects(limits.defects)
    tracks: list[Track] = []
    header = _NO_HEADER
    size = len(data)
    try:
        header = _read_header(data, limits, defects)
        if header.end >= 0:
            _read_chunks(data, header.end, limits, tracks, defects)
            if tracks and len(tracks) != header.tracks:
                message = f"the header claims {header.tracks} tracks, the file holds {len(tracks)}"
                defects.add("S011", message, header.offset + 10, 2)
            _check_length(tracks, header.division, limits, defects)
    except Enough:
        pass
    return SmfFile(header.format, header.division, header.tracks, tuple(tracks), tuple(defects), size)


class _Header(NamedTuple):
    format: int
    tracks: int
    division: int
    offset: int  # of 'MThd'
    end: int  # offset of the first chunk, -1 where there is no header


_NO_HEADER = _Header(0, 0, 0, 0, -1)


def _read_header(data: bytes, limits: Limits, defects: Defects) -> _Header:
    size = len(data)
    if size > limits.file_bytes:
        message = f"the file has more than {limits.file_bytes} bytes; legal: up to {limits.file_bytes}"
        defects.add("S005", message, limits.file_bytes, 0)
        return _NO_HEADER
    start = _find_header(data, defects)
    if start < 0:
        return _NO_HEADER
    if size - start < 14:
        defects.add("S003", f"the header chunk is cut short at byte {size}", start, size - start)
        return _NO_HEADER
    length = int.from_bytes(data[start + 4 : start + 8], "big")
    if length < 6 or start + 8 + length > size:
        defects.add("S003", f"the header chunk claims {length} bytes; legal: 6", start + 4, 4)
        length = 6
    smf_format, tracks, division = (data[start + i] << 8 | data[start + i + 1] for i in (8, 10, 12))
    if not division or division & 0x8000:
        found = "SMPTE time (frames, no beats)" if division else "0 ticks a beat"
        defects.add("S006", f"the header gives {found}; legal: 1 to 32767", start + 12, 2)
    return _Header(smf_format, tracks, division, start, start + 8 + length)


def _find_header(data: bytes, defects: Defects) -> int:
    """Offset of 'MThd', or -1 with a defect S001; a RIFF wrapper is a defect S002."""
    if data[:4] == b"MThd":
        return 0
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        position = 12
        while position + 8 <= len(data):
            name, length = (
                data[position : position + 4],
                int.from_bytes(data[position + 4 : position + 8], "little"),
            )
            if name == b"data" and data[position + 8 : position + 12] == b"MThd":
                message = "a MIDI file inside a RIFF (RMID) wrapper; legal: a bare MIDI file"
                defects.add("S002", message, 0, position + 8)
                return position + 8
            position += 8 + length + (length & 1)
        message = "a RIFF wrapper with no MIDI file in it"
    elif not data:
        message = "the file is empty"
    else:
        kinds = [kind for magic, kind in _FOREIGN if data.startswith(magic)]
        head = data[:64]
        is_text = all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head)
        found = kinds[0] if kinds else "text" if is_text else f"bytes {data[:4].hex(' ')}"
        message = f"the file begins with {found}, not with 'MThd'"
    defects.add("S001", message, 0, min(len(data), 4))
    return -1


def _read_chunks(data: bytes, position: int, limits: Limits, tracks: list[Track], defects: Defects) -> None:
    size = len(data)
    events_left = limits.events
    while position < size:
        name = data[position : position + 4]
        is_chunk = name == b"MTrk" or all(32 <= byte < 127 for byte in name)
        if size - position < 8 or not is_chunk:
            unfinished = tracks and (not tracks[-1].events or tracks[-1].events[-1].kind != END_OF_TRACK)
            if unfinished:
                message = "the track's length ends before its last event: bytes follow that are no chunk"
                _replace_missing_end(defects, Defect("S003", message, tracks[-1].offset + 4, 4))
            elif tracks:
                message = f"{size - position} bytes after the last chunk"
                defects.add("S008", message, position, size - position)
            else:
                message = f"{size - position} bytes where the first track should begin"
                defects.add("S003", message, position, size - position)
            return
        claimed = int.from_bytes(data[position + 4 : position + 8], "big")
        body = position + 8
        end = min(body + claimed, size)
        cut = body + claimed > size
        if name == b"MTrk":
            if len(tracks) >= limits.tracks:
                message = f"more than {limits.tracks} tracks; legal: up to {limits.tracks}"
                defects.add("S005", message, position, 8)
                return
            if cut:
                message = f"the track claims {claimed} bytes, {size - body} are there"
                defects.add("S003", message, position + 4, 4)
            events: list[Event] = []
            try:
                read_track(data[:end], body, cut, events_left, limits, events, defects)
            finally:
                tracks.append(Track(tuple(events), position, end - position))
            events_left -= len(events)
            if defects and defects[-1].code == "S005":
                return
        else:
            text = name.decode("ascii")
            if cut:
                message = f"the chunk '{text}' claims {claimed} bytes, {size - body} are there"
                defects.add("S003", message, position + 4, 4)
            else:
                message = f"a chunk '{text}' of {claimed} bytes; legal: 'MTrk' alone"
                defects.add("S009", message, position, 8 + claimed)
        position = end
    if not tracks and not any(defect.code == "S003" for defect in defects):
        defects.add("S003", "the file holds no track", 0, size)


def _replace_missing_end(defects: Defects, better: Defect) -> None:
    """A track that is cut short by its own length has one defect, not S007 as well."""
    if defects and defects[-1].code == "S007":
        defects.pop()
    defects.append(better)


def _check_length(tracks: list[Track], division: int, limits: Limits, defects: Defects) -> None:
    """A defect S005 where the music lasts too long, in ticks or in bars, meter changes included."""
    last = max((track.events[-1] for track in tracks if track.events), default=None)
    if last is None:
        return
    if last.tick > limits.tick:
        message = f"the last event is at tick {last.tick}; legal: up to {limits.tick}"
        defects.add("S005", message, last.offset, last.length)
        return
    if not division or division & 0x8000:
        return
    if last.tick * 32 <= limits.bars * division:  # even bars of one 128th would fit
        return
    meters = sorted(event for track in tracks for event in track.events if event.kind == METER)
    bars, since, bar_beats = 0.0, 0, 4.0
    for tick, numerator, power in [(m.tick, m.data[0], m.data[1]) for m in meters] + [(last.tick, 4, 2)]:
        bars += (tick - since) / (bar_beats * division)
        since, bar_beats = tick, 4 * numerator / 2**power
    if bars > limits.bars:
        message = f"the music lasts {bars:.0f} bars; legal: up to {limits.bars}"
        defects.add("S005", message, last.offset, last.length)
