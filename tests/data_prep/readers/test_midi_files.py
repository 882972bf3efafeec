from __future__ import annotations

import pytest

from data_prep.grid.raw_part import ScoreError
from data_prep.readers.midi_files import parse_sequence
from violin.music import Meter


def chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "big") + body


def track(*events: bytes) -> bytes:
    """A track of events one beat (96 ticks) apart, the first two at 0."""
    body = b"".join((b"\x00" if index < 2 else b"\x60") + event for index, event in enumerate(events))
    return chunk(b"MTrk", body + b"\x00\xff\x2f\x00")


def midi(*tracks: bytes, smf_format: int = 1) -> bytes:
    header = bytes((0, smf_format, 0, len(tracks), 0, 96))
    return chunk(b"MThd", header) + b"".join(tracks)


CONDUCTOR = track(b"\xff\x58\x04\x03\x02\x18\x08", b"\xff\x51\x03\x07\xa1\x20", b"\xff\x59\x02\xfe\x01")
VIOLIN = track(
    b"\xff\x03\x06Violin", b"\xc2\x28", b"\x92\x45\x50", b"\x92\x45\x00", b"\x92\x4a\x50", b"\x82\x4a\x40"
)


def test_a_part_is_a_track_and_a_channel_with_its_name_and_program() -> None:
    parts = parse_sequence(midi(CONDUCTOR, VIOLIN))
    assert [(part.place, part.name, part.program) for part in parts] == [("1:2", "Violin", 40)]
    assert [(note.onset_beats, note.end_beats, note.pitch) for note in parts[0].notes] == [
        (1, 2, 69),
        (3, 4, 74),
    ]
    assert parts[0].meters == [(0.0, Meter(3, 4))]
    assert parts[0].tempos == [(0.0, 500_000)]
    assert parts[0].keys == [(1.0, -2, True)]
    assert parts[0].performed


def test_two_channels_of_one_track_are_two_parts() -> None:
    both = track(
        b"\xff\x58\x04\x04\x02\x18\x08", b"\x90\x45\x50", b"\x91\x4a\x50", b"\x80\x45\x00", b"\x81\x4a\x00"
    )
    assert [part.place for part in parse_sequence(midi(both, smf_format=0))] == ["0:0", "0:1"]


def test_a_pitch_struck_again_and_one_never_released_both_end() -> None:
    hanging = track(
        b"\xff\x58\x04\x04\x02\x18\x08", b"\x90\x45\x50", b"\x90\x45\x50", b"\x90\x4a\x50", b"\xb0\x07\x40"
    )
    notes = parse_sequence(midi(hanging, smf_format=0))[0].notes
    assert [(note.onset_beats, note.end_beats) for note in notes] == [(0, 1), (1, 3), (2, 3)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"<?xml version='1.0'?>", "XML text"),
        (midi(CONDUCTOR), "no notes"),
        (midi(VIOLIN), "no time signature"),
    ],
)
def test_bytes_that_are_not_a_sequence_say_why(data: bytes, message: str) -> None:
    with pytest.raises(ScoreError, match=message):
        parse_sequence(data)


def test_the_instrument_name_counts_as_a_name() -> None:
    track = bytes.fromhex("00ff040656696f6c696e") + bytes.fromhex(
        "00903c40 30803c40 00ff2f00".replace(" ", "")
    )
    meter = bytes.fromhex("00ff58040402180800ff2f00")
    chunks = b"".join(b"MTrk" + len(data).to_bytes(4, "big") + data for data in (meter, track))
    (part,) = parse_sequence(b"MThd" + bytes.fromhex("00000006000100020030") + chunks)
    assert part.name == "Violin"
    assert not part.percussion


def test_drums_do_not_accompany_the_violin() -> None:
    """Channel 10 of General MIDI, 9 from 0, is percussion; channel 11 is not."""
    drums, cello = (
        track(
            bytes((0xC0 | channel, 42)), bytes((0x90 | channel, pitch, 80)), bytes((0x80 | channel, pitch, 0))
        )
        for channel, pitch in ((9, 36), (10, 48))
    )
    parts = {part.place: part for part in parse_sequence(midi(CONDUCTOR, VIOLIN, drums, cello))}
    assert len(parts) == 3
    assert [[note.pitch for note in notes] for notes in parts["1:2"].context] == [[69, 74], [48]]
