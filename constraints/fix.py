"""Fixes: a rule edits a draft of the file's events, and the draft is written as a new file.

A rule's `fix(subject, draft)` works on a `Draft` of the same file that its `subject` was made
from, so that the subject's events can be handed to the draft:

    draft.remove(subject.bends)                          # events, found again by their offset
    draft.replace(event, data=bytes((event.data[0], 80)))  # change fields of one event
    draft.add(0, PROGRAM, bytes((40,)), channel=0)       # a new event, in its place at that tick
    draft.merge_tracks(); draft.format = 0
    if draft.unsafe: ...                                 # --unsafe-fixes was given

`Draft.to_bytes` writes a header of six bytes and the tracks, each event with its own status
byte, sorted by tick (stable), one end of track each; so a RIFF wrapper, unknown chunks, bytes
after the end, a wrong track count, a missing end and running status across meta events vanish
in any rewrite, and the fixes of those rules need not edit anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from violin.midi import variable_length
from violin.smf import END_OF_TRACK, META, NOTE_ON, SYSEX, Event, SmfFile

NEW = -1  # the offset of an event that the file does not hold


class Draft:
    """The events of a file, editable. `tracks` are lists in order of tick without their ends of
    track; `ends` are the ticks of those; a new event has offset `NEW`."""

    def __init__(self, smf: SmfFile, *, unsafe: bool = False) -> None:
        self.format = smf.format
        self.division = smf.division
        self.unsafe = unsafe
        self.tracks: list[list[Event]] = []
        self.ends: list[int] = []
        for track in smf.tracks:
            self.tracks.append([event for event in track.events if event.kind != END_OF_TRACK])
            self.ends.append(track.events[-1].tick if track.events else 0)

    def events(self) -> Iterator[Event]:
        """Every event, track by track."""
        for track in self.tracks:
            yield from track

    def remove(self, events: Iterable[Event]) -> None:
        """Take events of the file out of the draft, changed or not; unknown ones are ignored."""
        offsets = {event.offset for event in events} - {NEW}
        for index, track in enumerate(self.tracks):
            self.tracks[index] = [event for event in track if event.offset not in offsets]

    def replace(self, event: Event, **changes: Any) -> None:
        """Change fields of one event of the file, as `Event._replace` takes them."""
        for track in self.tracks:
            for index, candidate in enumerate(track):
                if candidate.offset == event.offset:
                    track[index] = candidate._replace(**changes)
                    return

    def replace_all(self, changed: dict[int, Event]) -> None:
        """Put a new event for each offset, many at once."""
        for index, track in enumerate(self.tracks):
            self.tracks[index] = [changed.get(event.offset, event) for event in track]

    def add(self, tick: int, kind: int, data: bytes, *, channel: int = -1, track: int = 0) -> None:
        """A new event: after all others of its tick if it is a note-on, else before the note-ons."""
        events = self.tracks[track]
        place = 0
        for place, event in enumerate(events):  # noqa: B007 (the place is what is looked for)
            if event.tick > tick or (event.tick == tick and event.kind == NOTE_ON and kind != NOTE_ON):
                break
        else:
            place = len(events)
        events.insert(place, Event(tick, NEW, 0, kind, channel, data))

    def merge_tracks(self) -> None:
        """All tracks into the first: by tick, and at one tick the earlier track's events first."""
        merged = [event for track in self.tracks for event in track]
        merged.sort(key=lambda event: event.tick)
        self.tracks = [merged]
        self.ends = [max(self.ends, default=0)]

    def to_bytes(self) -> bytes:
        """The file; MidiError where two events are further apart than a file can say."""
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
        body += variable_length(event.tick - now)
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
