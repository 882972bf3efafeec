"""Fixtures of the S rules: a clean file whose bytes are spoilt."""

from __future__ import annotations

from pathlib import Path

from build import HEAD, Case, line, meta, note, phrase, smf, tempo, track

from constraints.bench.malformed_midi import kinds

CLEAN = phrase()
TRACK = track([*HEAD, *line()])
UNKNOWN = b"XFIH\x00\x00\x00\x03abc"
WRAPPED = b"RIFF" + (len(CLEAN) + 12).to_bytes(4, "little") + b"RMIDdata" + len(CLEAN).to_bytes(4, "little")
LONG_HEADER = CLEAN[:4] + b"\x00\x00\x00\x08" + CLEAN[8:14] + b"\x00\x00" + CLEAN[14:]
FLOATING = smf(track([tempo(), *note(0, 69), meta(0x01, b"text", 480)])[:-4] + b"\x00\xff\x2f\x00")


def spoilt(code: str) -> list[bytes]:
    """The malformed files that must end in this code; the quick ones."""
    files = [kind.build() for kind in kinds() if kind.code == code]
    return [data for data in files if len(data) < 10_000]


def resized(track_bytes: bytes, change: int) -> bytes:
    """A track whose length is off by some bytes."""
    length = int.from_bytes(track_bytes[4:8], "big") + change
    return track_bytes[:4] + length.to_bytes(4, "big") + track_bytes[8:]


def endless(track_bytes: bytes) -> bytes:
    """A track without its end."""
    return resized(track_bytes[:-4], -4)


def running_across_meta() -> bytes:
    """A note whose note-off has running status across a text event."""
    events = b"\x00\x90\x45\x50\x60\xff\x01\x01a\x00\x45\x00\x00\xff\x2f\x00"
    return smf(b"MTrk" + len(events).to_bytes(4, "big") + events)


def swallowing() -> list[bytes]:
    """Two tracks, the first of which claims some bytes of the second."""
    second = track(note(0, 57))
    return [smf(resized(TRACK, more), second) for more in (2, 4, 8, 9, 20)]


def shared(name: str) -> bytes:
    """A file of `tests/cases/midi`."""
    return (Path(__file__).parents[3] / "cases" / "midi" / f"{name}.mid").read_bytes()


CASES = [
    Case("S001", [*spoilt("S001"), CLEAN[1:]], [CLEAN, WRAPPED + CLEAN]),
    Case("S002", [WRAPPED + CLEAN, shared("M01"), *spoilt("S002")], [CLEAN]),
    Case(
        "S003",
        [
            *spoilt("S003"),
            CLEAN[:-1],
            smf(resized(TRACK, 1)),
            smf(resized(TRACK, -1)),
            *(shared(name) for name in ("M08", "M09")),
            *swallowing(),
            smf(TRACK, b"MTrx" + TRACK[4:]),
        ],
        [CLEAN, LONG_HEADER, smf(endless(TRACK)), smf(TRACK) + b"\x00" + TRACK, shared("M01")],
    ),
    Case("S004", spoilt("S004"), [CLEAN, running_across_meta()]),
    Case("S005", spoilt("S005"), [CLEAN]),
    Case("S006", spoilt("S006"), [CLEAN, smf(TRACK, division=1), smf(TRACK, division=0x7FFF)]),
    Case("S007", [smf(endless(TRACK)), smf(endless(track([])))], [CLEAN, smf(track([]))]),
    Case(
        "S008", [CLEAN + b"\x00", CLEAN + CLEAN[14:18] + b"\xff", *spoilt("S008")], [CLEAN, CLEAN + UNKNOWN]
    ),
    Case("S009", [CLEAN + UNKNOWN, smf(UNKNOWN, TRACK), *spoilt("S009")], [CLEAN]),
    Case("S010", [running_across_meta(), *spoilt("S010")], [CLEAN, FLOATING]),
    Case("S011", [smf(TRACK)[:11] + b"\x02" + smf(TRACK)[12:], *spoilt("S011")], [CLEAN, smf(TRACK, TRACK)]),
    Case(
        "S012",
        [
            *spoilt("S012"),
            phrase(meta(0x20, b"")),
            shared("M05"),
            phrase(meta(0x59, b"\x08\x00")),
            phrase(meta(0x54, b"abcd")),
        ],
        [
            CLEAN,
            phrase(meta(0x00, b"\x00\x07")),
            phrase(meta(0x01, b"")),
            phrase(meta(0x7F, b"\x00any")),
            phrase(meta(0x54, b"abcde")),
        ],
    ),
]
