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

NOTE_OFF, NOTE_ON, POLY_PRESSURE, CONTROLLER = 0x80, 0x90, 0xA0, 0xB0
PROGRAM, CHANNEL_PRESSURE, PITCH_BEND = 0xC0, 0xD0, 0xE0
SYSEX, SYSEX_ESCAPE = 0xF0, 0xF7
META = 0x100  # kind of a meta event: META + its type
TEXT, TRACK_NAME, CHANNEL_PREFIX, PORT = META + 0x01, META + 0x03, META + 0x20, META + 0x21
END_OF_TRACK, TEMPO, METER, KEY = META + 0x2F, META + 0x51, META + 0x58, META + 0x59
MALFORMED = 0x200  # added to the kind of a meta event whose payload is illegal

UNREADABLE_CODES = frozenset({"S001", "S003", "S004", "S005", "S006"})  # the music is lost or in doubt

_META_LENGTHS = {0x20: 1, 0x21: 1, 0x2F: 0, 0x51: 3, 0x54: 5, 0x58: 4, 0x59: 2}
_SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_LARGEST_DENOMINATOR_POWER = 7  # 128ths
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
class Limits:
    """The most that a file may hold; beyond it the reading stops with a defect S005."""

    file_bytes: int = 1 << 20
    events: int = 100_000
    tracks: int = 64
    tick: int = 2**31 - 1
    bars: int = 4_096
    defects: int = 100


class Event(NamedTuple):
    """One event. `offset` is that of its first byte after the delta time, `length` its bytes.

    `kind` is the upper half of a channel message's status byte, 0xF0 or 0xF7 for a system
    exclusive, META + type for a meta event. `channel` is 0 to 15, or -1 where there is none.
    `data` is the payload: one or two data bytes, or a meta event's or sysex's bytes.
    """

    tick: int
    offset: int
    length: int
    kind: int
    channel: int
    data: bytes


class Defect(NamedTuple):
    """One thing wrong with the bytes: the code of its rule, what was found, and where."""

    code: str
    message: str
    offset: int
    length: int


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


def read_limited(path: Path, limits: Limits = Limits()) -> bytes:
    """A file's bytes, at most one more than the limit (which `parse` then reports)."""
    with path.open("rb") as stream:
        return stream.read(limits.file_bytes + 1)


def parse(data: bytes, limits: Limits = Limits()) -> SmfFile:
    """Any bytes -> what they hold as a MIDI file. Never raises; see `SmfFile.defects`."""
    defects: list[Defect] = []
    size = len(data)
    if size > limits.file_bytes:
        message = f"the file has more than {limits.file_bytes} bytes; legal: up to {limits.file_bytes}"
        return SmfFile(0, 0, 0, (), (Defect("S005", message, limits.file_bytes, 0),), size)
    start = _find_header(data, defects)
    if start < 0:
        return SmfFile(0, 0, 0, (), tuple(defects), size)
    if size - start < 14:
        defects.append(Defect("S003", f"the header chunk is cut short at byte {size}", start, size - start))
        return SmfFile(0, 0, 0, (), tuple(defects), size)
    header_length = int.from_bytes(data[start + 4 : start + 8], "big")
    if header_length < 6 or start + 8 + header_length > size:
        message = f"the header chunk claims {header_length} bytes; legal: 6"
        defects.append(Defect("S003", message, start + 4, 4))
        header_length = 6
    smf_format = data[start + 8] << 8 | data[start + 9]
    declared = data[start + 10] << 8 | data[start + 11]
    division = data[start + 12] << 8 | data[start + 13]
    if not division or division & 0x8000:
        found = "0 ticks a beat" if not division else "SMPTE time (frames, no beats)"
        defects.append(Defect("S006", f"the header gives {found}; legal: 1 to 32767", start + 12, 2))
    tracks = _read_chunks(data, start + 8 + header_length, limits, defects)
    if len(tracks) != declared and tracks:
        message = f"the header claims {declared} tracks, the file holds {len(tracks)}"
        defects.append(Defect("S011", message, start + 10, 2))
    smf = SmfFile(smf_format, division, declared, tuple(tracks), (), size)
    _check_length(smf, limits, defects)
    return SmfFile(smf_format, division, declared, smf.tracks, tuple(defects), size)


def _find_header(data: bytes, defects: list[Defect]) -> int:
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
                defects.append(Defect("S002", message, 0, position + 8))
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
    defects.append(Defect("S001", message, 0, min(len(data), 4)))
    return -1


def _read_chunks(data: bytes, position: int, limits: Limits, defects: list[Defect]) -> list[Track]:
    tracks: list[Track] = []
    size = len(data)
    events_left = limits.events
    while position < size:
        if len(defects) >= limits.defects:
            defects.append(_too_many(limits, position))
            return tracks
        name = data[position : position + 4]
        if size - position < 8 or not all(32 <= byte < 127 for byte in name):
            unfinished = tracks and (not tracks[-1].events or tracks[-1].events[-1].kind != END_OF_TRACK)
            if unfinished:
                message = "the track's length ends before its last event: bytes follow that are no chunk"
                _replace_missing_end(defects, Defect("S003", message, tracks[-1].offset + 4, 4))
            elif tracks:
                message = f"{size - position} bytes after the last chunk"
                defects.append(Defect("S008", message, position, size - position))
            else:
                message = f"{size - position} bytes where the first track should begin"
                defects.append(Defect("S003", message, position, size - position))
            return tracks
        claimed = int.from_bytes(data[position + 4 : position + 8], "big")
        body = position + 8
        end = min(body + claimed, size)
        cut = body + claimed > size
        if name == b"MTrk":
            if len(tracks) >= limits.tracks:
                message = f"more than {limits.tracks} tracks; legal: up to {limits.tracks}"
                defects.append(Defect("S005", message, position, 8))
                return tracks
            if cut:
                message = f"the track claims {claimed} bytes, {size - body} are there"
                defects.append(Defect("S003", message, position + 4, 4))
            events = _read_track(data[body:end], body, cut, events_left, limits, defects)
            tracks.append(Track(events, position, end - position))
            events_left -= len(events)
            if defects and defects[-1].code == "S005":
                return tracks
        else:
            text = name.decode("ascii")
            if cut:
                message = f"the chunk '{text}' claims {claimed} bytes, {size - body} are there"
                defects.append(Defect("S003", message, position + 4, 4))
            else:
                message = f"a chunk '{text}' of {claimed} bytes; legal: 'MTrk' alone"
                defects.append(Defect("S009", message, position, 8 + claimed))
        position = end
    if not tracks and not any(defect.code == "S003" for defect in defects):
        defects.append(Defect("S003", "the file holds no track", 0, size))
    return tracks


def _replace_missing_end(defects: list[Defect], better: Defect) -> None:
    """A track that is cut short by its own length has one defect, not S007 as well."""
    if defects and defects[-1].code == "S007":
        defects.pop()
    defects.append(better)


def _read_track(
    body: bytes, base: int, cut: bool, events_left: int, limits: Limits, defects: list[Defect]
) -> tuple[Event, ...]:
    """The events of one track's bytes; `base` is the offset of the first one in the file.

    One loop on purpose, with the commonest case first: it decides the linter's speed.
    """
    events: list[Event] = []
    append, new = events.append, tuple.__new__
    size, largest_tick = len(body), limits.tick
    most_events, most_defects = events_left, limits.defects
    position = tick = running = carried = 0
    try:
        while position < size:
            byte = body[position]
            position += 1
            if byte < 0x80:
                tick += byte
            else:
                start = position - 1
                delta = byte & 0x7F
                while byte & 0x80:
                    if position - start == 4:
                        message = "a delta time of more than four bytes; legal: one to four"
                        defects.append(Defect("S004", message, base + start, 4))
                        return tuple(events)
                    byte = body[position]
                    position += 1
                    delta = delta << 7 | byte & 0x7F
                tick += delta
                if tick > largest_tick:
                    message = f"an event at tick {tick}; legal: up to {largest_tick}"
                    defects.append(Defect("S005", message, base + start, position - start))
                    return tuple(events)
            if len(events) >= most_events:
                message = f"more than {limits.events} events; legal: up to {limits.events}"
                defects.append(Defect("S005", message, base + position, 0))
                return tuple(events)
            start = position
            status = body[position]
            if status >= 0x80:
                position += 1
                if status < 0xF0:
                    running = status
            elif running:
                status = running
            elif carried:
                message = "a message without a status byte after a meta or system event, which cancels it"
                defects.append(Defect("S010", message, base + position, 1))
                status = running = carried
            else:
                message = f"data byte {status} where a status byte should be"
                defects.append(Defect("S004", message, base + position, 1))
                return tuple(events)
            if status < 0xF0:
                kind = status & 0xF0
                if 0xC0 <= kind < 0xE0:
                    first, second = body[position], 0
                    payload = body[position : position + 1]
                    position += 1
                else:
                    first, second = body[position], body[position + 1]
                    payload = body[position : position + 2]
                    position += 2
                if (first | second) < 0x80:
                    append(new(Event, (tick, base + start, position - start, kind, status & 0x0F, payload)))
                    continue
                message = f"data byte {max(first, second)} in a channel message; legal: 0 to 127"
                defects.append(Defect("S004", message, base + start, position - start))
                if len(defects) >= most_defects:
                    defects.append(_too_many(limits, base + start))
                    return tuple(events)
                continue
            carried, running = running or carried, 0
            if status == 0xFF:
                meta_type = body[position]
                position += 1
            elif status != 0xF0 and status != 0xF7:
                defects.append(Defect("S004", f"undefined status byte 0x{status:02X}", base + start, 1))
                if len(defects) >= most_defects:
                    defects.append(_too_many(limits, base + start))
                    return tuple(events)
                position += _SYSTEM_DATA_BYTES.get(status, 0)
                continue
            length_start = position
            length = 0
            while True:
                byte = body[position]
                position += 1
                length = length << 7 | byte & 0x7F
                if byte < 0x80:
                    break
                if position - length_start == 4:
                    message = "a length of more than four bytes; legal: one to four"
                    defects.append(Defect("S004", message, base + length_start, 4))
                    return tuple(events)
            payload_start = position
            position += length
            if position > size:
                if not cut:
                    message = f"an event claims {length} bytes, {size - payload_start} are left in its track"
                    defects.append(Defect("S003", message, base + start, size - start))
                return tuple(events)
            payload = body[payload_start:position]
            if status != 0xFF:
                append(new(Event, (tick, base + start, position - start, status, -1, payload)))
                continue
            kind = META + meta_type
            fault = _fault_of_meta(meta_type, payload)
            if fault:
                defects.append(Defect("S012", fault, base + start, position - start))
                if len(defects) >= most_defects:
                    defects.append(_too_many(limits, base + start))
                    return tuple(events)
                if meta_type != 0x2F:
                    kind += MALFORMED
            append(new(Event, (tick, base + start, position - start, kind, -1, payload)))
            if meta_type == 0x2F:
                if position < size:
                    message = f"{size - position} bytes in the track after its end"
                    defects.append(Defect("S008", message, base + position, size - position))
                return tuple(events)
    except IndexError:
        if not cut:
            defects.append(Defect("S003", "the track ends inside an event", base + size, 0))
        return tuple(events)
    if not cut:
        defects.append(Defect("S007", "the track has no end-of-track event", base + size, 0))
    return tuple(events)


def _too_many(limits: Limits, offset: int) -> Defect:
    return Defect("S005", f"more than {limits.defects} defects: the rest is not read", offset, 0)


def _fault_of_meta(meta_type: int, payload: bytes) -> str | None:
    """What is illegal about a meta event's payload, or None."""
    if meta_type > 0x7F:
        return f"a meta event of type 0x{meta_type:02X}; legal: 0x00 to 0x7F"
    legal_length = _META_LENGTHS.get(meta_type)
    if legal_length is None:
        return None
    if len(payload) != legal_length:
        return f"a meta event 0x{meta_type:02X} of {len(payload)} bytes; legal: {legal_length}"
    if meta_type == 0x51 and payload == b"\0\0\0":
        return "a tempo of 0 µs a beat; legal: 1 to 16777215"
    if meta_type == 0x58 and (payload[0] == 0 or payload[1] > _LARGEST_DENOMINATOR_POWER):
        return f"a time signature of {payload[0]} over 2^{payload[1]}; legal: n over 1 to 128, n not 0"
    if meta_type == 0x59:
        fifths = payload[0] - 256 if payload[0] > 127 else payload[0]
        if not -7 <= fifths <= 7 or payload[1] > 1:
            return f"a key signature of {fifths} fifths, mode {payload[1]}; legal: -7 to 7, mode 0 or 1"
    return None


def _check_length(smf: SmfFile, limits: Limits, defects: list[Defect]) -> None:
    """A defect S005 where the music lasts too long, in ticks or in bars, meter changes included."""
    last = max((track.events[-1] for track in smf.tracks if track.events), default=None)
    if last is None:
        return
    if last.tick > limits.tick:
        message = f"the last event is at tick {last.tick}; legal: up to {limits.tick}"
        defects.append(Defect("S005", message, last.offset, last.length))
        return
    if not smf.division or smf.division & 0x8000:
        return
    if last.tick * 32 <= limits.bars * smf.division:  # even bars of one 128th would fit
        return
    meters = sorted(event for track in smf.tracks for event in track.events if event.kind == METER)
    bars, since, bar_beats = 0.0, 0, 4.0
    for tick, numerator, power in [(m.tick, m.data[0], m.data[1]) for m in meters] + [(last.tick, 4, 2)]:
        bars += (tick - since) / (bar_beats * smf.division)
        since, bar_beats = tick, 4 * numerator / 2**power
    if bars > limits.bars:
        message = f"the music lasts {bars:.0f} bars; legal: up to {limits.bars}"
        defects.append(Defect("S005", message, last.offset, last.length))
