"""The chunks of a MIDI file -> its tracks, and what is wrong with them; see `violin.smf`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from violin.files import read_regular
from violin.smf.header import NO_HEADER, Header, read_header
from violin.smf.track import (
    END_OF_TRACK,
    METER,
    Defect,
    Defects,
    Enough,
    Event,
    Limits,
    read_track,
)

UNREADABLE_CODES = frozenset({"S001", "S003", "S004", "S005", "S006"})  # the music is lost or in doubt
DEFAULT_LIMITS = Limits()


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


def read_limited(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """A file's bytes, at most one more than the limit (which `parse` then reports); `-` is standard input.

    OSError if the file cannot be read, also if it is a pipe or a device, which may have no end.
    """
    path = Path(path)
    if str(path) == "-":
        return sys.stdin.buffer.read(limits.file_bytes + 1)
    return read_regular(path, limits.file_bytes + 1)


def parse(data: bytes, limits: Limits = DEFAULT_LIMITS) -> SmfFile:
    """Any bytes -> what they hold as a MIDI file. Never raises; see `SmfFile.defects`."""
    defects = Defects(limits.defects)
    tracks: list[Track] = []
    header = NO_HEADER
    size = len(data)
    try:
        header = read_header(data, limits, defects)
        if header.end >= 0:
            data = data[: header.limit]
            _read_chunks(data, header.end, limits, tracks, defects)
            _check_track_count(data, header, tracks, defects)
            _check_length(tracks, header.division, limits, defects)
    except Enough:
        pass
    return SmfFile(header.format, header.division, header.tracks, tuple(tracks), tuple(defects), size)


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


def _check_track_count(data: bytes, header: Header, tracks: list[Track], defects: Defects) -> None:
    """A defect if the header claims another number of tracks than were read: S003 if the bytes
    show a track that was not read, else S011."""
    is_stopped = any(defect.code == "S005" for defect in defects)  # the rest was not looked at
    if not tracks or len(tracks) == header.tracks or is_stopped:
        return
    lost = _unread_track(data, header.end, tracks) if header.tracks > len(tracks) else -1
    if lost >= 0:
        found = f"the header claims {header.tracks} tracks, but only {len(tracks)} could be read"
        message = f"{found}; what looks like another begins at byte {lost}"
        defects.add("S003", message, lost, 4)
        return
    beyond = tracks[header.tracks :]  # readers that trust the header read none of these
    is_ambiguous = header.tracks > 0x7FFF or any(
        event.kind != END_OF_TRACK for track in beyond for event in track.events
    )
    message = f"the header claims {header.tracks} tracks, the file holds {len(tracks)}"
    defects.add("S011", message, header.offset + 10, 2, is_ambiguous=is_ambiguous)


def _unread_track(data: bytes, start: int, tracks: list[Track]) -> int:
    """Offset of the first bytes that look like a track and were not read as one, or -1.

    That is `MTrk` anywhere but at the start of a track that was read (swallowed by the chunk before
    it, or in a tail that is not a chunk), or a chunk of another name that ends as a track does.
    """
    known = {track.offset for track in tracks}
    found = data.find(b"MTrk", start)
    while found in known:
        found = data.find(b"MTrk", found + 4)
    if found >= 0:
        return found
    position = start
    while position + 8 <= len(data):
        end = position + 8 + int.from_bytes(data[position + 4 : position + 8], "big")
        if position not in known and data[position + 8 : end].endswith(b"\xff\x2f\x00"):
            return position
        position = end
    return -1


def _check_length(tracks: list[Track], division: int, limits: Limits, defects: Defects) -> None:
    """A defect S005 if the music lasts too long, in ticks or in bars, meter changes included."""
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
