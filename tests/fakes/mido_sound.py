"""What mido hears in a MIDI file: the notes of its merged tracks, each with the state of its channel."""

from __future__ import annotations

from collections import Counter, deque
from io import BytesIO
from typing import Any

import mido

Note = tuple[Any, ...]  # onset, duration, pitch, velocity, channel, program, bank, tuning
_TUNING_CONTROLLERS = (6, 38, 96, 97, 98, 99, 100, 101)
_RESETS = (
    (0x7E, None, 0x09, None),
    (0x41, None, 0x42, 0x12, 0x40, 0x00, 0x7F, 0x00, 0x41),
    (0x43, None, 0x4C, 0x00, 0x00, 0x7E, 0x00),
)


def mido_notes(data: bytes) -> Counter[Note] | None:
    """Each note with onset and duration in ticks, pitch, velocity, channel, program, bank and tuning (the
    bend, the tuning controllers and the system exclusive messages before it); None if mido refuses
    the file."""
    try:
        tracks = mido.MidiFile(file=BytesIO(data)).tracks
    except Exception:  # mido defines no exception class
        return None
    notes: Counter[Note] = Counter()
    waiting: dict[tuple[int, int], deque[Note]] = {}
    programs: dict[int, int] = {}
    banks: dict[tuple[int, int], int] = {}
    bends: dict[int, int] = {}
    tunings: dict[int, tuple[Any, ...]] = {}
    exclusive: tuple[Any, ...] = ()
    is_fresh = True
    tick = 0
    for message in mido.merge_tracks(tracks):
        tick += message.time
        kind, channel = message.type, getattr(message, "channel", -1)
        if kind == "note_on" and message.velocity:
            state = (programs.get(channel), banks.get((channel, 0), 0), banks.get((channel, 32), 0))
            tuning = (bends.get(channel, 0), tunings.get(channel, ()), exclusive)
            note = (tick, message.note, message.velocity, channel, *state, tuning)
            waiting.setdefault((channel, message.note), deque()).append(note)
        elif kind in ("note_on", "note_off"):
            if waiting.get((channel, message.note)):
                onset, *rest = waiting[channel, message.note].popleft()
                notes[(onset, tick - onset, *rest)] += 1
        elif kind == "sysex":
            if not (is_fresh and any(_matches(message.data, reset) for reset in _RESETS)):
                exclusive += (tuple(message.data),)
        elif kind in ("program_change", "control_change", "pitchwheel"):
            is_fresh = False
            if kind == "program_change":
                programs[channel] = message.program
            elif kind == "pitchwheel":
                bends[channel] = message.pitch
            elif message.control in (0, 32):
                banks[channel, message.control] = message.value
            elif message.control == 121:
                bends[channel] = 0
            elif message.control in _TUNING_CONTROLLERS:
                tunings[channel] = (*tunings.get(channel, ()), message.control, message.value)
    for hanging in waiting.values():
        for onset, *rest in hanging:
            notes[(onset, None, *rest)] += 1
    return notes


def _matches(data: tuple[int, ...], reset: tuple[int | None, ...]) -> bool:
    return len(data) == len(reset) and all(
        want in (None, byte) for byte, want in zip(data, reset, strict=True)
    )
