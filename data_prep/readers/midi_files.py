"""MIDI sequences to raw parts: one for each pair of track and channel with notes.

The bytes go through our own reader (`violin.smf`), which keeps the track and the channel of each
event; libraries fold channels and tracks together or hide the name of one of them. A program
change in mid-track (pizzicato, a wind stop) does not begin a new part: the player stays the same.

The pickup is not written in a MIDI file; `data_prep.grid.pickup` finds where the bars begin.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from data_prep.grid.raw_part import RawNote, RawPart, ScoreError
from data_prep.readers.notation import read_meter
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, Meter
from violin.smf import (
    KEY,
    METER,
    NOTE_OFF,
    NOTE_ON,
    PROGRAM,
    TEMPO,
    TRACK_NAME,
    Limits,
    SmfFile,
    Track,
    parse,
)

SCORE_LIMITS = Limits(file_bytes=1 << 24, events=2_000_000, tracks=256)
_PERCUSSION_CHANNEL = 9
_INSTRUMENT_NAME = TRACK_NAME + 1


def parse_sequence(data: bytes) -> list[RawPart]:
    """The bytes of a MIDI file -> its parts, place "track:channel". ScoreError if they hold none."""
    smf = parse(data, SCORE_LIMITS)
    if smf.division <= 0 or smf.division & 0x8000 or not smf.tracks:
        raise ScoreError(smf.defects[0].message if smf.defects else "no MIDI tracks")
    meters, keys, tempos = _conducting(smf)
    parts = []
    for index, track in enumerate(smf.tracks):
        name = " ".join(filter(None, (_text(track, TRACK_NAME), _text(track, _INSTRUMENT_NAME))))
        programs: dict[int, Counter[int]] = defaultdict(Counter)
        current: dict[int, int] = {}
        for event in track.events:
            if event.kind == PROGRAM:
                current[event.channel] = event.data[0]
            elif event.kind == NOTE_ON and event.data[1]:
                programs[event.channel][current.get(event.channel, 0)] += 1
        for channel, notes in sorted(_notes_by_channel(smf, index).items()):
            parts.append(
                RawPart(
                    place=f"{index}:{channel}",
                    name=name,
                    notes=notes,
                    meters=meters,
                    keys=keys,
                    tempos=tempos,
                    program=programs[channel].most_common(1)[0][0],
                    percussion=channel == _PERCUSSION_CHANNEL,
                    performed=True,
                )
            )
    if not parts:
        raise ScoreError("no notes")
    context = [part.notes for part in parts if not part.percussion]
    for part in parts:
        part.context = context
    return parts


def _text(track: Track, kind: int) -> str:
    """The first text of a kind in a track, spaces made single; "" for none."""
    found = next((event.data for event in track.events if event.kind == kind), b"")
    return " ".join(found.decode("latin-1").split())


def _conducting(
    smf: SmfFile,
) -> tuple[list[tuple[float, Meter]], list[tuple[float, int, bool | None]], list[tuple[float, int]]]:
    """Meters, keys and tempos of all tracks in order of time; the last of one time counts."""
    meters: dict[float, Meter] = {}
    keys: dict[float, tuple[int, bool | None]] = {}
    tempos: dict[float, int] = {}
    for track in smf.tracks:
        for event in track.events:
            beats = event.tick / smf.division
            if event.kind == METER:
                meters[beats] = read_meter(event.data[0], 1 << event.data[1])
            elif event.kind == KEY:
                fifths = event.data[0] - 256 if event.data[0] > 127 else event.data[0]
                keys[beats] = fifths, bool(event.data[1])
            elif event.kind == TEMPO:
                tempos[beats] = int.from_bytes(event.data[:3], "big")
    if not meters:
        raise ScoreError("no time signature: its bars are unknown")
    return (
        sorted(meters.items()),
        [(beats, fifths, minor) for beats, (fifths, minor) in sorted(keys.items())],
        sorted(tempos.items()) or [(0.0, DEFAULT_TEMPO_US_PER_BEAT)],
    )


def _notes_by_channel(smf: SmfFile, track: int) -> dict[int, list[RawNote]]:
    """Channel -> its notes in order; a note ends at its own note-off or when its pitch is struck again."""
    notes: dict[int, list[RawNote]] = defaultdict(list)
    sounding: dict[tuple[int, int], int] = {}
    last = 0
    for event in smf.tracks[track].events:
        last = event.tick
        if event.kind not in (NOTE_ON, NOTE_OFF):
            continue
        voice = (event.channel, event.data[0])
        start = sounding.pop(voice, None)
        if start is not None and event.tick > start:
            notes[event.channel].append(_note(start, event.tick, event.data[0], smf.division))
        if event.kind == NOTE_ON and event.data[1]:
            sounding[voice] = event.tick
    for (channel, pitch), start in sounding.items():
        if last > start:
            notes[channel].append(_note(start, last, pitch, smf.division))
    return {channel: sorted(found) for channel, found in notes.items()}


def _note(start: int, end: int, pitch: int, division: int) -> RawNote:
    return RawNote(start / division, end / division, pitch)
