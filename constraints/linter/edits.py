"""An editable copy of a file's events, which the fixes of rules change, and its conversion to bytes.

A rule's `fix(subject, edit)` gets an `Edit` of the same file that its `subject` was made from, so
that it can hand the subject's events to the edit:

    edit.remove(subject.bends)                          # events, found again by their offset
    edit.replace(event, data=bytes((event.data[0], 80)))  # change fields of one event
    edit.replace_all({event.offset: event._replace(channel=0), ...})  # of many
    edit.move(event, tick)                              # to another tick
    edit.add(0, PROGRAM, bytes((40,)), channel=0)       # a new event, in its place at that tick
    edit.end_note(note_on, track, tick)                 # a new note-off
    edit.merge_tracks(); edit.format = 0
    if edit.unsafe: ...                                 # --unsafe-fixes was given

`Edit.to_bytes` writes a header of six bytes and the tracks: each event with its own status byte,
sorted by tick (stable), with one end of track. So any edit removes a RIFF wrapper, unknown chunks,
bytes after the end, a wrong track count, a missing end and running status across meta events, and the
fixes of those rules have nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from violin.midi import variable_length
from violin.smf import END_OF_TRACK, META, NOTE_OFF, NOTE_ON, SYSEX, Event, SmfFile

NEW = -1  # the offset of an event that the file does not hold


class Edit:
    """The events of a file, editable; `format` and `division` are plain attributes.

    `tracks` are lists of events by tick without their ends of track; `ends` are the ticks of those.
    An event of the file keeps its offset when it is changed; a new one has the offset `NEW`. Changes
    are collected and made together when `tracks` is next read.
    """

    def __init__(self, smf: SmfFile, *, unsafe: bool = False) -> None:
        self.format = smf.format
        self.division = smf.division
        self.unsafe = unsafe
        self._tracks: list[list[Event]] = []
        self.ends: list[int] = []
        self._removed: set[int] = set()  # offsets
        self._changed: dict[int, dict[str, Any]] = {}  # offset -> fields of Event
        self._added: list[tuple[int, Event]] = []  # (track, event)
        for track in smf.tracks:
            self._tracks.append([event for event in track.events if event.kind != END_OF_TRACK])
            self.ends.append(track.events[-1].tick if track.events else 0)

    @property
    def tracks(self) -> list[list[Event]]:
        if self._removed or self._changed or self._added:
            self._settle()
        return self._tracks

    def events(self) -> Iterator[Event]:
        """Every event, track by track."""
        for track in self.tracks:
            yield from track

    def remove(self, events: Iterable[Event]) -> None:
        """Delete events of the file; unknown ones are ignored."""
        self._removed.update(event.offset for event in events if event.offset != NEW)

    def replace(self, event: Event, **changes: Any) -> None:
        """Change fields of an event of the file; with another tick it moves as in `move`."""
        self._changed.setdefault(event.offset, {}).update(changes)

    def replace_all(self, changed: dict[int, Event]) -> None:
        """Replace the event at each offset."""
        for offset, event in changed.items():
            fields = event._asdict()
            del fields["offset"], fields["length"]
            self._changed[offset] = fields

    def move(self, event: Event, tick: int) -> None:
        """Move an event of the file to another tick, to the place that `add` would choose there."""
        self.replace(event, tick=tick)

    def add(self, tick: int, kind: int, data: bytes, *, channel: int = -1, track: int = 0) -> None:
        """Add an event: after all others of its tick if it is a note-on, else before the note-ons."""
        self._added.append((track, Event(tick, NEW, 0, kind, channel, data)))

    def end_note(self, on: Event, track: int, tick: int) -> None:
        """Add a note-off for a note-on."""
        self.add(tick, NOTE_OFF, bytes((on.data[0], 0)), channel=on.channel, track=track)

    def _settle(self) -> None:
        """Make the changes so far, in one pass over each track."""
        removed, changed, added = self._removed, self._changed, self._added
        self._removed, self._changed, self._added = set(), {}, []
        for index, track in enumerate(self._tracks):
            keyed: list[tuple[int, int, Event]] = []
            tick_of_on = -1
            for event in track:
                if event.offset in removed:
                    continue
                changes = changed.get(event.offset)
                if changes:
                    tick, event = event.tick, event._replace(**changes)
                    if event.tick != tick:
                        added.append((index, event))
                        continue
                if event.kind == NOTE_ON:
                    tick_of_on = event.tick
                keyed.append((event.tick, 2 if event.tick == tick_of_on else 0, event))
            for place, event in added:
                if place == index:
                    keyed.append((event.tick, 3 if event.kind == NOTE_ON else 1, event))
            keyed.sort(key=lambda item: item[:2])
            self._tracks[index] = [event for _, _, event in keyed]

    def merge_tracks(self) -> None:
        """Merge all tracks into the first: by tick, and at one tick the earlier track's events first."""
        merged = [event for track in self.tracks for event in track]
        merged.sort(key=lambda event: event.tick)
        self._tracks = [merged]
        self.ends = [max(self.ends, default=0)]

    def to_bytes(self) -> bytes:
        """The file; MidiError if two events are further apart than a file can represent."""
        chunks = [
            b"MThd\x00\x00\x00\x06",
            self.format.to_bytes(2, "big"),
            len(self.tracks).to_bytes(2, "big"),
            self.division.to_bytes(2, "big"),
        ]
        for track, end in zip(self.tracks, self.ends, strict=True):
            body = _track_bytes(sorted(track, key=lambda event: event.tick), end)
            chunks += (b"MTrk", len(body).to_bytes(4, "big"), body)
        return b"".join(chunks)


def _track_bytes(events: list[Event], end: int) -> bytes:
    body = bytearray()
    now = 0
    for event in events:
        delta = event.tick - now
        if delta < 0x80:  # nearly always
            body.append(delta)
        else:
            body += variable_length(delta)
        now = event.tick
        if event.kind < SYSEX:
            body.append(event.kind | event.channel)
        elif event.kind < META:
            body.append(event.kind)
            body += variable_length(len(event.data))
        else:
            body += bytes((0xFF, event.kind & 0xFF)) + variable_length(len(event.data))
        body += event.data
    return bytes(body + variable_length(max(end, now) - now) + b"\xff\x2f\x00")
