"""mido as a second reader: where it reads a file differently from `violin.smf`.

In a file without defects both should find the same events at the same ticks. If they do not, one of the two
readers is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from violin.errors import ViolinError
from violin.smf import END_OF_TRACK, KEY, META, METER, TEMPO, parse

_METAS = {END_OF_TRACK, TEMPO, METER, KEY}  # other meta events do not change the music
_Events = list[tuple[int, bytes]]  # tick and message of one track


def disagreement(data: bytes) -> str | None:
    """The first difference between what mido and `violin.smf` read in a file's bytes; None if they agree.

    It compares the format, the ticks a beat, and in each track every channel message, tempo, meter, key and
    end of track, with its tick. ViolinError if mido is not installed.
    """
    try:
        import mido
    except ModuleNotFoundError as error:
        raise ViolinError("mido is not installed; pip install 'violin[dev]'") from error
    smf = parse(data)
    ours = [
        [
            (event.tick, _message(event.kind, event.channel, event.data))
            for event in track.events
            if event.channel >= 0 or event.kind in _METAS
        ]
        for track in smf.tracks
    ]
    try:
        file = mido.MidiFile(file=BytesIO(data))
        theirs = [_events(track) for track in file.tracks]
    except Exception as error:  # mido defines no exception class
        return f"mido refuses it: {type(error).__name__}: {error}"
    if (file.type, file.ticks_per_beat) != (smf.format, smf.division):
        return f"format and division {file.type, file.ticks_per_beat}, we read {smf.format, smf.division}"
    for number, (mine, others) in enumerate(zip(ours, theirs, strict=False), 1):
        for (tick, message), (their_tick, their_message) in zip(mine, others, strict=False):
            if (tick, message) != (their_tick, their_message):
                found = f"{their_message.hex(' ')} at tick {their_tick}"
                return f"track {number}: {found}, we read {message.hex(' ')} at {tick}"
    sizes, their_sizes = list(map(len, ours)), list(map(len, theirs))
    return None if sizes == their_sizes else f"{their_sizes} events by track, we read {sizes}"


def _message(kind: int, channel: int, data: bytes) -> bytes:
    if kind < META:
        return bytes((kind | channel,)) + data
    return bytes((0xFF, kind - META, len(data))) + data


def _events(track: Iterable[Any]) -> _Events:
    """The compared events of one of mido's tracks."""
    events: _Events = []
    tick = 0
    for message in track:
        tick += message.time
        data = b"" if message.type == "sysex" else bytes(message.bytes())
        if data and (data[0] != 0xFF or META + data[1] in _METAS):
            events.append((tick, data))
    return events
