"""The bytes of one MIDI track -> events with byte offsets, and what is wrong with them.

`violin.smf` reads the chunks of a file and calls this for each track; the choices on broken
files are in its docstring.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

NOTE_OFF, NOTE_ON, POLY_PRESSURE, CONTROLLER = 0x80, 0x90, 0xA0, 0xB0
PROGRAM, CHANNEL_PRESSURE, PITCH_BEND = 0xC0, 0xD0, 0xE0
SYSEX, SYSEX_ESCAPE = 0xF0, 0xF7
META = 0x100  # kind of a meta event: META + its type
TEXT, TRACK_NAME, CHANNEL_PREFIX, PORT = META + 0x01, META + 0x03, META + 0x20, META + 0x21
END_OF_TRACK, TEMPO, METER, KEY = META + 0x2F, META + 0x51, META + 0x58, META + 0x59
MALFORMED = 0x200  # added to the kind of a meta event whose payload is illegal


_META_LENGTHS = {0x00: 2, 0x20: 1, 0x21: 1, 0x2F: 0, 0x51: 3, 0x54: 5, 0x58: 4, 0x59: 2}
_SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_LARGEST_DENOMINATOR_POWER = 7  # 128ths
_NEXT_END = b"\x00\xff\x2f\x00"  # an end of track at once


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
    exclusive, META + type for a meta event. `channel` is 0 to 15, or -1 if there is none.
    `data` is the payload: one or two data bytes, or a meta event's or sysex's bytes.
    """

    tick: int
    offset: int
    length: int
    kind: int
    channel: int
    data: bytes


class Defect(NamedTuple):
    """One thing wrong with the bytes: the code of its rule, what was found, and where.

    `is_ambiguous`: other readers find other music in these bytes, so that no rewriting of the file
    is sure to keep what a listener hears.
    """

    code: str
    message: str
    offset: int
    length: int
    is_ambiguous: bool = False


class Enough(Exception):
    """More defects than the limit: the rest of the file is not worth reading."""


class Defects(list[Defect]):
    """The defects found so far; `add` raises `Enough` once there are too many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def add(self, code: str, message: str, offset: int, length: int, is_ambiguous: bool = False) -> None:
        self.append(Defect(code, message, offset, length, is_ambiguous))
        if len(self) == self.most:
            self.append(Defect("S005", f"{self.most} defects: the rest is not read", offset, 0))
            raise Enough


def read_track(
    data: bytes,
    position: int,
    cut: bool,
    events_left: int,
    limits: Limits,
    events: list[Event],
    defects: Defects,
) -> None:
    """Append the events of one track, found in `data` from `position` to its end.

    One loop on purpose, with the commonest case first: it decides the linter's speed.
    """
    append, new = events.append, tuple.__new__
    size, largest_tick = len(data), limits.tick
    tick = running = carried = 0
    after_sysex = False
    begin = position
    try:
        for _ in range(events_left):
            begin = position
            byte = data[position]
            position += 1
            if byte < 0x80:
                tick += byte
            else:
                delta = byte & 0x7F
                while byte & 0x80:
                    if position - begin == 4:
                        message = "a delta time of more than four bytes; legal: one to four"
                        defects.add("S004", message, begin, 4)
                        return
                    byte = data[position]
                    position += 1
                    delta = delta << 7 | byte & 0x7F
                tick += delta
                if tick > largest_tick:
                    message = f"an event at tick {tick}; legal: up to {largest_tick}"
                    defects.add("S005", message, begin, position - begin)
                    return
            start = position
            status = data[position]
            if 0x80 <= status < 0xF0:
                position += 1
                running = status
            elif status >= 0xF0:
                position += 1
            elif running:
                status = running
            elif carried:
                message = "a message without a status byte after a meta or system event, which cancels it"
                defects.add("S010", message, position, 1, is_ambiguous=after_sysex)
                status = running = carried
            else:
                message = f"data byte {status} where a status byte should be"
                defects.add("S004", message, position, 1)
                return
            if status < 0xF0:
                kind = status & 0xF0
                payload_start = position
                position += 1 if 0xC0 <= kind < 0xE0 else 2
                if position > size:
                    raise IndexError
                payload = data[payload_start:position]
                if payload.isascii():
                    append(new(Event, (tick, start, position - start, kind, status & 0x0F, payload)))
                    continue
                message = f"data byte {max(payload)} in a channel message; legal: 0 to 127"
                defects.add("S004", message, start, position - start)
                continue
            if running:
                carried, running, after_sysex = running, 0, False
            if status == 0xFF:
                meta_type = data[position]
                position += 1
            elif status != 0xF0 and status != 0xF7:
                defects.add("S004", f"undefined status byte 0x{status:02X}", start, 1)
                position += _SYSTEM_DATA_BYTES.get(status, 0)
                continue
            length_start = position
            length = 0
            while True:
                byte = data[position]
                position += 1
                length = length << 7 | byte & 0x7F
                if byte < 0x80:
                    break
                if position - length_start == 4:
                    message = "a length of more than four bytes; legal: one to four"
                    defects.add("S004", message, length_start, 4)
                    return
            payload_start = position
            position += length
            if position > size:
                if not cut:
                    message = f"an event claims {length} bytes, {size - payload_start} are left in its track"
                    defects.add("S003", message, start, size - start)
                return
            payload = data[payload_start:position]
            if status != 0xFF:
                after_sysex = True
                append(new(Event, (tick, start, position - start, status, -1, payload)))
                continue
            kind = META + meta_type
            fault = _fault_of_meta(meta_type, payload)
            if fault:
                defects.add("S012", fault, start, position - start)
                if meta_type != 0x2F:
                    kind += MALFORMED
            append(new(Event, (tick, start, position - start, kind, -1, payload)))
            if meta_type == 0x2F:
                if position < size:
                    message = f"{size - position} bytes in the track after its end"
                    is_more = bool(data[position:size].replace(_NEXT_END, b""))
                    defects.add("S008", message, position, size - position, is_ambiguous=is_more)
                return
        else:
            if position < size:
                message = f"more than {limits.events} events; legal: up to {limits.events}"
                defects.add("S005", message, position, 0)
                return
    except IndexError:
        if cut:
            return
        if begin < size:
            defects.add("S003", "the track ends inside an event", size, 0)
            return
    if not cut:
        defects.add("S007", "the track has no end-of-track event", size, 0)


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
