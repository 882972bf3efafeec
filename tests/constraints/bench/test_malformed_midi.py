"""The malformed files themselves: as many kinds as promised, the same for the same seed."""

from __future__ import annotations

import pytest

from constraints.bench.malformed_midi import MalformedKind, good_files, kinds
from constraints.bench.mutations import mutations
from violin.errors import ViolinError
from violin.midi import read_phrase
from violin.smf import Limits


def test_there_are_fifty_kinds_at_least() -> None:
    assert len({kind.name for kind in kinds()}) == len(kinds()) >= 50


# Files that crashed a MIDI library, took minutes or gigabytes, or were silently misread.
HARMFUL = {
    "the longest delta time in a file of 60 bytes": "one giant delta time",
    "twenty of the longest delta times": "twenty giant delta times",
    "10,000 tempo changes": "10,000 tempos",
    "a million notes": "a million notes",
    "a track that breaks off": "track cut",
    "a track that claims 4 GB": "track of 4 GB",
    "a note of pitch 200": "data byte above 127",
    "silence for 9,900,000 ticks": "delta time of 9,900,000",
    "the finest resolution": "32,767 ticks a beat",
    "65,535 tracks claimed and one present": "65,535 tracks claimed",
    "a header that claims no track": "no track claimed",
    "a delta time of ten bytes": "delta time of ten bytes",
    "a tempo of 0": "tempo 0",
    "0 ticks a beat": "division 0",
    "time in frames": "SMPTE division",
    "a RIFF wrapper": "RIFF wrapper",
    "a compressed file": "gzip",
    "a chunk of another name": "unknown chunk",
    "a message of more than a million bytes": "system exclusive of 1.1 MB",
    "two tempos at one tick": "two tempos at one tick",
    "a note that never ends": "hanging note",
    "notes of no length": "notes of no length",
    "music after the end of its track": "events after the end",
    "a track without an end": "no end of track",
    "running status over a meta event": "running status across meta",
    "two tracks in format 0": "two tracks in format 0",
    "independent tracks": "format 2",
    "controllers and programs of channels without notes": "messages on silent channels",
    "a file of one note": "one note",
    "more than 1 MiB": "system exclusive of 1.1 MB",
    "more than 100,000 events": "200,000 events in 1 MiB",
    "more than 64 tracks": "1,000 tracks",
    "more than 4,096 bars": "meter 1/128 for long",
    "a tick beyond 2^31": "twenty giant delta times",
    "a length of more than four bytes": "length of ten bytes",
}


@pytest.mark.parametrize("harm", HARMFUL)
def test_each_known_harm_is_among_the_kinds(harm: str) -> None:
    assert HARMFUL[harm] in {kind.name for kind in kinds()}


def test_sizes_are_what_the_names_say() -> None:
    sizes = {kind.name: len(kind.build()) for kind in kinds()}
    assert sizes["one giant delta time"] <= 64 and sizes["delta time of 9,900,000"] <= 64
    assert sizes["a million notes"] > 6_000_000
    limit = Limits().file_bytes
    assert sizes["200,000 events in 1 MiB"] < limit < sizes["system exclusive of 1.1 MB"]


def test_mutations_are_the_same_for_the_same_seed() -> None:
    assert list(mutations(20, 3)) == list(mutations(20, 3))
    assert list(mutations(20, 3)) != list(mutations(20, 4))
    assert list(mutations(30, 3))[:20] == list(mutations(20, 3))


def test_the_files_to_be_mutated_are_good() -> None:
    for data in good_files():
        assert read_phrase(data).notes


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_refusal_is_one_line(kind: MalformedKind) -> None:
    try:
        read_phrase(kind.build(), "a.mid")
    except ViolinError as error:
        assert str(error).startswith("a.mid: ")
        assert "\n" not in str(error)
