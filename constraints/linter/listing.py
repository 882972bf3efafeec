"""A MIDI file as text, one event a line, and a fix as a diff of two such texts."""

from __future__ import annotations

from constraints.linter.subject import Subject
from violin.midi import key_of, meter_of
from violin.music import pitch_name
from violin.smf import (
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
    PROGRAM,
    TEMPO,
    TRACK_NAME,
    Event,
    parse,
)

_KIND_NAMES = {
    NOTE_OFF: "note-off",
    NOTE_ON: "note-on",
    POLY_PRESSURE: "key pressure",
    CONTROLLER: "controller",
    PROGRAM: "program",
    CHANNEL_PRESSURE: "channel pressure",
    PITCH_BEND: "pitch bend",
}


def diff_text(before: bytes, after: bytes, name: str) -> str:
    """A unified diff of two files' listings; empty if the bytes are equal."""
    from difflib import unified_diff  # only `--diff` needs it

    if before == after:
        return ""
    lines = unified_diff(
        listing(before), listing(after), f"{name} (as it is)", f"{name} (fixed)", n=1, lineterm=""
    )
    return "\n".join(lines) + "\n"


def listing(data: bytes) -> list[str]:
    """A file as text: its header, its structural defects, and a line for each event."""
    smf = parse(data)
    subject = Subject(smf)
    lines = [f"format {smf.format}, {smf.declared_tracks} tracks, {smf.division} ticks a beat"]
    lines += [f"{defect.code}: {defect.message}" for defect in smf.defects]
    for number, track in enumerate(smf.tracks, 1):
        lines.append(f"track {number}")
        for event in track.events:
            bar, beat = subject.bar_and_beat(event.tick)
            lines.append(f"  bar {bar} beat {beat:.4f}  {_event_text(event)}")
    return lines


def _event_text(event: Event) -> str:
    kind, data = event.kind, event.data
    if kind < 0xF0:
        pitched = kind in (NOTE_ON, NOTE_OFF, POLY_PRESSURE)
        values = f"{pitch_name(data[0])} {data[1]}" if pitched else " ".join(map(str, data))
        return f"channel {event.channel + 1} {_KIND_NAMES[kind]} {values}"
    if kind == TEMPO:
        return f"tempo {int.from_bytes(data, 'big')} µs a beat"
    if kind == METER:
        return f"meter {meter_of(event)}"
    if kind == KEY:
        return f"key {key_of(event)}"
    if kind == END_OF_TRACK:
        return "end of track"
    if META < kind <= TRACK_NAME + 4:
        return f"text {data.decode('latin-1')!r}"
    if kind < META:
        return f"system exclusive, {len(data)} bytes"
    return f"{'malformed ' if kind & MALFORMED else ''}meta 0x{kind & 0xFF:02X} {data[:16].hex(' ')}".rstrip()
