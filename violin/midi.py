"""MIDI files -> phrases and phrases -> MIDI files: the only reader and the only writer of music.

Reading is strict where a wrong guess would move or lose music, and lenient elsewhere: the linter
reports the rest.

* Defects that leave the music in doubt (`smf.UNREADABLE_CODES`), an illegal tempo, meter or key,
  and a change of meter are a `MidiError`. The first of several tempi or keys counts.
* Notes of all tracks and channels are taken together. A note-off ends the oldest open note of
  its channel and pitch; a note that is never ended lasts to the end of the file; a note of no
  length lasts one tick.
* A last note that passes a barline by at most 1/48 beat is cut at it: exports from piano rolls
  have such notes. The phrase has the bars that its notes need; silent bars after them count if the end
  of the track lies on a barline.
* The velocity is the most frequent one; of two equally frequent ones, the first.

Writing is format 0 with explicit meter, key (if there is one) and tempo, program 40 on
channel 0 and one velocity; the same phrase gives the same bytes. Reading them gives the phrase
back, except that of two notes of one pitch that overlap, the first to begin is the first to end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from violin.challenge import VIOLIN_PROGRAM
from violin.errors import MidiError
from violin.files import write_whole
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, DEFAULT_VELOCITY, TICKS_PER_BEAT, Key, Meter, Note, Phrase
from violin.smf import (
    KEY,
    MALFORMED,
    METER,
    NOTE_OFF,
    NOTE_ON,
    TEMPO,
    UNREADABLE_CODES,
    Event,
    SmfFile,
    Track,
    parse,
    read_limited,
)

LARGEST_RESOLUTION = 0x7FFF


class PairedNote(NamedTuple):
    """A note-on with the note-off that ends it (None: never), ticks of the file."""

    onset_ticks: int
    pitch: int
    end_ticks: int
    velocity: int
    channel: int
    track: int
    on: Event
    off: Event | None


class NotePairs(NamedTuple):
    """Notes in order of (onset, pitch, end), the note-offs that end nothing, all other events, and
    whether some note is never ended."""

    notes: list[PairedNote]
    stray: list[Event]
    others: list[Event]
    has_hanging: bool


def pair_notes(tracks: Iterable[Track]) -> NotePairs:
    """Match note-ons and note-offs, first in first out for each track, channel and pitch."""
    notes: list[PairedNote] = []
    stray: list[Event] = []
    others: list[Event] = []
    has_hanging = False
    tracks = tuple(tracks)
    new = tuple.__new__
    end = max((track.events[-1].tick for track in tracks if track.events), default=0)
    for index, track in enumerate(tracks):
        sounding: dict[int, deque[Event]] = {}
        for event in track.events:
            kind = event[3]
            if kind != NOTE_ON and kind != NOTE_OFF:
                others.append(event)
                continue
            channel, data = event[4], event[5]
            place = channel << 7 | data[0]
            waiting = sounding.get(place)
            if kind == NOTE_ON and data[1]:
                if waiting is None:
                    sounding[place] = deque((event,))
                else:
                    waiting.append(event)
            elif waiting:
                on = waiting.popleft()
                notes.append(new(PairedNote, (on[0], data[0], event[0], on[5][1], channel, index, on, event)))
            else:
                stray.append(event)
        for place, waiting in sounding.items():
            for on in waiting:
                has_hanging = True
                channel, pitch = divmod(place, 128)
                notes.append(PairedNote(on.tick, pitch, end, on.data[1], channel, index, on, None))
    notes.sort()
    return NotePairs(notes, stray, others, has_hanging)


def meter_of(event: Event) -> Meter:
    """The meter that a METER event states."""
    return Meter(event.data[0], 1 << event.data[1])


def key_of(event: Event) -> Key:
    """The key that a KEY event states."""
    fifths = event.data[0]
    return Key(fifths - 256 if fifths > 127 else fifths, bool(event.data[1]))


def bars_within(end_ticks: int, bar_ticks: int, ticks_per_beat: int) -> int:
    """Bars that music up to a tick needs, at least 1; up to 1/48 beat beyond a barline is ignored."""
    return max(1, -((ticks_per_beat // TICKS_PER_BEAT - end_ticks) // bar_ticks))


def read_phrase(source: str | Path | bytes, name: str | None = None) -> Phrase:
    """The phrase in a file or its bytes, at the file's own resolution.

    Raises MidiError with one line: the file's name, what was found and what is legal.
    """
    source = Path(source) if isinstance(source, str) else source
    if isinstance(source, bytes):
        return phrase_of(parse(source), name or "<bytes>")
    return phrase_of(parse(load(source)), name or str(source))


def load(path: str | Path) -> bytes:
    """A file's bytes, up to what the reader takes; MidiError if it cannot be opened."""
    path = Path(path)
    try:
        return read_limited(path)
    except OSError as error:
        raise MidiError(f"{path}: cannot be read: {error.strerror or error}") from error


def phrase_of(smf: SmfFile, name: str) -> Phrase:
    """The phrase that parsed events make; raises as `read_phrase` does."""
    _refuse_unreadable(smf, name)
    pairs = pair_notes(smf.tracks)
    if not pairs.notes:
        raise MidiError(f"{name}: the file has no notes")
    meter = _meter(smf, pairs.notes[0].onset_ticks, name)
    try:
        bar_ticks = meter.bar_ticks(smf.division)
    except ValueError as error:
        raise MidiError(f"{name}: {error}") from error
    end = max(note.end_ticks for note in pairs.notes)
    last_onset = max(note.onset_ticks for note in pairs.notes)
    bars = max(bars_within(end, bar_ticks, smf.division), last_onset // bar_ticks + 1)
    silent, rest = divmod(max(track.events[-1].tick for track in smf.tracks if track.events), bar_ticks)
    if not rest and silent > bars:
        bars = silent
    limit = bars * bar_ticks
    notes = tuple(
        Note(note.onset_ticks, note.pitch, max(1, min(note.end_ticks, limit) - note.onset_ticks))
        for note in pairs.notes
    )
    tempo, key = _first(smf, TEMPO), _first(smf, KEY)
    return Phrase(
        notes,
        bars,
        meter,
        key_of(key) if key else None,
        int.from_bytes(tempo.data, "big") if tempo else DEFAULT_TEMPO_US_PER_BEAT,
        _commonest_velocity(pairs.notes),
        smf.division,
    )


def _refuse_unreadable(smf: SmfFile, name: str) -> None:
    for defect in smf.defects:
        if defect.code in UNREADABLE_CODES:
            raise MidiError(f"{name}: {defect.message} ({defect.code} at byte {defect.offset})")
    for track in smf.tracks:
        for event in track.events:
            if event.kind & MALFORMED and event.kind - MALFORMED in (TEMPO, METER, KEY):
                what = {TEMPO: "tempo", METER: "time signature", KEY: "key signature"}
                found = what[event.kind - MALFORMED]
                raise MidiError(f"{name}: an illegal {found} (S012 at byte {event.offset})")


def _meter(smf: SmfFile, first_onset: int, name: str) -> Meter:
    """The one meter of a file, 4/4 if none is stated; it may be stated up to the first note."""
    meter: Meter | None = None
    for event in sorted(event for track in smf.tracks for event in track.events if event.kind == METER):
        found = meter_of(event)
        before = meter or (Meter() if event.tick > first_onset else found)
        if found != before:
            message = f"the meter changes from {before} to {found} at tick {event.tick}"
            raise MidiError(f"{name}: {message}; legal: one meter")
        meter = found
    return meter or Meter()


def _first(smf: SmfFile, kind: int) -> Event | None:
    found = [event for track in smf.tracks for event in track.events if event.kind == kind]
    return min(found, default=None)


def _commonest_velocity(notes: list[PairedNote]) -> int:
    counts: dict[int, int] = {}
    for note in notes:
        counts[note.velocity] = counts.get(note.velocity, 0) + 1
    return max(counts, key=counts.__getitem__, default=DEFAULT_VELOCITY)


def phrase_bytes(phrase: Phrase) -> bytes:
    """A format-0 file of the phrase; the track ends at the last barline.

    Raises MidiError if a file cannot state the resolution, the meter or the length of a rest.
    """
    if not 1 <= phrase.ticks_per_beat <= LARGEST_RESOLUTION:
        message = f"{phrase.ticks_per_beat} ticks a beat; legal in a MIDI file: 1 to {LARGEST_RESOLUTION}"
        raise MidiError(message)
    meter = phrase.meter
    power = meter.denominator.bit_length() - 1
    if meter.numerator > 255 or power > 7:
        raise MidiError(f"a meter of {meter}; legal in a MIDI file: 1 to 255 over 1 to 128")
    body = bytearray()
    body += b"\x00\xff\x58\x04" + bytes((meter.numerator, power, 96 >> power if power < 6 else 1, 8))
    if phrase.key is not None:
        body += b"\x00\xff\x59\x02" + bytes((phrase.key.fifths & 0xFF, phrase.key.minor))
    body += b"\x00\xff\x51\x03" + phrase.tempo_us_per_beat.to_bytes(3, "big")
    body += bytes((0x00, 0xC0, VIOLIN_PROGRAM))
    changes = sorted(
        change
        for note in phrase.notes
        for change in ((note.onset_ticks, 1, note.pitch), (note.end_ticks, 0, note.pitch))
    )
    now = 0
    for tick, is_onset, pitch in changes:
        body += variable_length(tick - now)
        body += bytes((0x90, pitch, phrase.velocity) if is_onset else (0x80, pitch, 0))
        now = tick
    body += variable_length(phrase.length_ticks - now) + b"\xff\x2f\x00"
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01" + phrase.ticks_per_beat.to_bytes(2, "big")
    return header + b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def variable_length(value: int) -> bytes:
    """A MIDI variable-length quantity: 7 bits a byte, the highest first; 0 to 0x0FFFFFFF."""
    if not 0 <= value <= 0x0FFFFFFF:
        raise MidiError(f"{value} ticks between two events; legal in a MIDI file: 0 to {0x0FFFFFFF}")
    result = [value & 0x7F]
    while value := value >> 7:
        result.append(value & 0x7F | 0x80)
    return bytes(reversed(result))


def save_phrase(phrase: Phrase, path: str | Path) -> None:
    """Write a phrase to a MIDI file, whole or not at all; OutputError if that cannot be done."""
    path = Path(path)
    write_whole(path, phrase_bytes(phrase), sync=False)
