"""When a fix is safe: the definition, and the functions that decide it.

A safe fix keeps what sounds. The file before and after holds the same notes, each with the same
onset, duration, pitch, velocity, channel, program, bank, tuning and expression (`SoundingNote`), the
same changes of tempo, meter and key, and the same controllers, bends and pressures during the music.
Times are compared to the tick. This holds for the notes of each track paired by itself, as
`violin.midi` reads them, and for all tracks as one stream, as a synthesizer plays them.

Three things enforce it, for every rule:

* `allowed_kind`: a file whose music is in doubt gets no fix, and a file in which other readers find
  other music (`Defect.is_ambiguous`) gets no safe one.
* `Subject.sounds_same_without`: rules that delete messages call it before they call their fix safe. If the
  notes stay, it compares only `Setting`, which takes less time.
* `constraints.linter.fix.fix_bytes` compares `sound_of` the file before and after each safe fix, and
  drops the fix where they differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from operator import itemgetter
from typing import NamedTuple

from constraints.linter.finding import FixKind
from violin.midi import PairedNote, pair_notes
from violin.smf import (
    CHANNEL_PRESSURE,
    CONTROLLER,
    KEY,
    METER,
    NOTE_ON,
    PITCH_BEND,
    POLY_PRESSURE,
    PROGRAM,
    SYSEX,
    SYSEX_ESCAPE,
    TEMPO,
    Event,
    SmfFile,
    Track,
)

_CENTRE = b"\x00\x40"
_BANK, _BANK_FINE, _VOLUME, _DETUNE, _RESET_CONTROLLERS = 0, 32, 7, 94, 121
_TUNING_CONTROLLERS = frozenset({6, 38, 96, 97, 98, 99, 100, 101, _DETUNE})  # data entry, (N)RPN, detune
_MIXER_CONTROLLERS = frozenset({10, 91, 92, 93, 95, 120, 123})  # pan, effects; silence before the music
_DEFAULTS = {TEMPO: b"\x07\xa1\x20", METER: b"\x04\x02", KEY: b"\x00\x00"}
_SIGNATURE_KINDS = frozenset(_DEFAULTS)

_State = tuple[int | None, tuple[int, int], int, int]  # program, bank, tuning, expression


class SoundingNote(NamedTuple):
    """A note and the state of its channel when it begins.

    `program` is None before any program change. `bank` is the coarse and fine bank select. `tuning`
    stands for bends, tuning controllers and system exclusive messages, `expression` for pedals and the
    like: 0 by default, and different after different messages.
    """

    onset_ticks: int
    duration_ticks: int
    pitch: int
    velocity: int
    channel: int
    program: int | None
    bank: tuple[int, int]
    tuning: int
    expression: int


class Sound(NamedTuple):
    """What is heard of a file: equal before and after a safe fix.

    `notes` and `streamed_notes` count the notes of each track by itself and of all tracks as one
    stream. `signatures` are (kind, tick, value) of each real change of tempo, meter and key. `gestures`
    are the controllers and bends after the first note-on and all pressures, on channels with notes.
    """

    notes: Counter[SoundingNote]
    streamed_notes: Counter[SoundingNote]
    signatures: frozenset[tuple[int, int, bytes]]
    gestures: tuple[tuple[int, int, int, bytes], ...]


class Setting(NamedTuple):
    """All that `Sound` holds except the notes themselves.

    `states` is the state of the channel at each note-on, by the note-on's offset. Where the same
    note-ons and note-offs have equal settings, the sound is equal.
    """

    states: dict[int, _State]
    signatures: frozenset[tuple[int, int, bytes]]
    gestures: tuple[tuple[int, int, int, bytes], ...]


def allowed_kind(kind: FixKind, smf: SmfFile) -> FixKind:
    """The kind of a fix in this file: none where its music is in doubt, never safe where other readers
    find other music in it."""
    if kind is FixKind.NONE or not smf.defects:
        return kind
    if not smf.is_readable:
        return FixKind.NONE
    if kind is FixKind.SAFE and any(defect.is_ambiguous for defect in smf.defects):
        return FixKind.UNSAFE
    return kind


def without(tracks: Iterable[Track], events: Iterable[Event]) -> list[Track]:
    """The tracks without these events."""
    gone = {event.offset for event in events}
    return [
        Track(tuple(event for event in track.events if event.offset not in gone), track.offset, track.length)
        for track in tracks
    ]


def stream_of(tracks: Sequence[Track]) -> Track:
    """All tracks as one: by tick, at one tick the earlier track's events first."""
    if len(tracks) == 1:
        return tracks[0]
    return Track(tuple(merge(*(track.events for track in tracks), key=itemgetter(0))), 0, 0)


def sound_of(tracks: Sequence[Track]) -> Sound:
    """What is heard of these tracks."""
    stream = stream_of(tracks)
    pairs = pair_notes(tracks).notes
    setting = setting_of(stream.events, {note.channel for note in pairs})
    notes = _sounding(pairs, setting.states)
    streamed = notes if len(tracks) == 1 else _sounding(pair_notes([stream]).notes, setting.states)
    return Sound(notes, streamed, setting.signatures, setting.gestures)


def setting_of(stream: Collection[Event], channels: Collection[int]) -> Setting:
    """The setting of the notes in one stream of events; `channels` are those with notes."""
    return Setting(_states(stream), frozenset(_signatures(stream)), tuple(_gestures(stream, channels)))


def _sounding(pairs: Iterable[PairedNote], states: dict[int, _State]) -> Counter[SoundingNote]:
    return Counter(
        SoundingNote(
            note.onset_ticks,
            note.end_ticks - note.onset_ticks,
            note.pitch,
            note.velocity,
            note.channel,
            *states[note.on.offset],
        )
        for note in pairs
    )


class _Channel:
    """The state of one channel as its messages change it."""

    def __init__(self) -> None:
        self.program: int | None = None
        self.bank = (0, 0)
        self.bend = _CENTRE
        self.tuning = self.expression = 0
        self.is_mute = False

    def control(self, number: int, value: int) -> None:
        if number == _BANK:
            self.bank = (value, self.bank[1])
        elif number == _BANK_FINE:
            self.bank = (self.bank[0], value)
        elif number == _VOLUME:
            self.is_mute = not value
        elif number == _RESET_CONTROLLERS:
            self.bend, self.expression = _CENTRE, 0
        elif number in _TUNING_CONTROLLERS:
            if value or number != _DETUNE:
                self.tuning = hash((self.tuning, number, value))
        elif number not in _MIXER_CONTROLLERS:
            self.expression = hash((self.expression, number, value))

    def state(self, exclusive: int) -> _State:
        """With the system exclusive messages so far, which every channel hears."""
        is_tuned = self.tuning or exclusive or self.bend != _CENTRE
        return (
            self.program,
            self.bank,
            hash((self.tuning, exclusive, self.bend)) if is_tuned else 0,
            hash((self.expression, True)) if self.is_mute else self.expression,
        )


def _states(stream: Iterable[Event]) -> dict[int, _State]:
    """Offset of each note-on -> the state of its channel there."""
    channels = [_Channel() for _ in range(16)]
    current = [channel.state(0) for channel in channels]
    states: dict[int, _State] = {}
    exclusive = 0
    is_fresh = True  # nothing yet that a reset could undo
    for event in stream:
        kind, number = event[3], event[4]
        if kind == NOTE_ON:
            if event[5][1]:  # velocity 0 is a note-off
                states[event[1]] = current[number]
        elif kind in (CONTROLLER, PROGRAM, PITCH_BEND):
            channel, data = channels[number], event[5]
            is_fresh = False
            if kind == PROGRAM:
                channel.program = data[0]
            elif kind == PITCH_BEND:
                channel.bend = data
            else:
                channel.control(data[0], data[1])
            current[number] = channel.state(exclusive)
        elif kind in (SYSEX, SYSEX_ESCAPE) and not (is_fresh and _is_reset(event.data)):
            exclusive = hash((exclusive, kind, event.data))
            current = [channel.state(exclusive) for channel in channels]
    return states


def _is_reset(data: bytes) -> bool:
    """Whether a system exclusive message switches General MIDI, GS or XG on, and does nothing else."""
    return (
        (len(data) == 5 and data[0] == 0x7E and data[2] == 9)
        or (len(data) == 10 and data[0] == 0x41 and data[2:] == b"\x42\x12\x40\x00\x7f\x00\x41\xf7")
        or (len(data) == 8 and data[0] == 0x43 and data[2:] == b"\x4c\x00\x00\x7e\x00\xf7")
    )


def _signatures(stream: Iterable[Event]) -> Iterator[tuple[int, int, bytes]]:
    """(kind, tick, value) of each change of tempo, meter and key; the last one at a tick counts."""
    at_ticks: dict[int, dict[int, bytes]] = {kind: {} for kind in _DEFAULTS}
    for event in stream:
        if event[3] in _SIGNATURE_KINDS:
            at_ticks[event[3]][event[0]] = event.data[:2] if event[3] == METER else event.data
    for kind, values in at_ticks.items():
        now = _DEFAULTS[kind]
        for tick, value in values.items():
            if value != now:
                now = value
                yield kind, tick, value


def _gestures(stream: Iterable[Event], channels: Collection[int]) -> Iterator[tuple[int, int, int, bytes]]:
    """(tick, kind, channel, data) of what shapes notes while they sound: on the channels with notes, the
    controllers and changed bends after the first note-on, and pressures."""
    bends: dict[int, bytes] = {}
    pressures: set[int] = set()  # channels with a pressure above 0 so far
    has_begun = False
    for tick, _, _, kind, channel, data in stream:
        if channel not in channels:
            continue
        if kind == NOTE_ON:
            has_begun |= data[1] > 0  # velocity 0 is a note-off
        elif kind == CONTROLLER:
            if has_begun:
                yield tick, kind, channel, data
        elif kind == PITCH_BEND:
            if has_begun and data != bends.get(channel, _CENTRE):
                yield tick, kind, channel, data
            bends[channel] = data
        elif kind in (POLY_PRESSURE, CHANNEL_PRESSURE) and (data[-1] or channel in pressures):
            pressures.add(channel)
            yield tick, kind, channel, data
