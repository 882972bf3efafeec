"""Files that break MIDI readers, one of each kind.

Each kind has harmed some MIDI library: a crash, minutes of work, gigabytes of memory, or wrong music without
an error. `kinds()` names the code of the finding that each must have. `violin bench robustness` runs them,
with the files of `constraints.bench.mutations` and `constraints.bench.structured_midi`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from typing import NamedTuple

from violin.midi import phrase_bytes
from violin.music import Key, Meter, Note, Phrase

NOTE = b"\x00\x90\x45\x50\x60\x80\x45\x00"  # A4 for 96 ticks
EXPLICIT = b"\x00\xff\x58\x04\x04\x02\x18\x08\x00\xff\x51\x03\x07\xa1\x20\x00\xc0\x28"
END = b"\x00\xff\x2f\x00"
GIANT = b"\xff\xff\xff\x7f"  # the longest delta time, 268,435,455 ticks


class MalformedKind(NamedTuple):
    """A kind of file and the code of the rule that must object to it."""

    name: str
    code: str
    build: Callable[[], bytes]


def header(smf_format: int = 0, tracks: int = 1, division: int = 96) -> bytes:
    """An MThd chunk."""
    return b"MThd\0\0\0\x06" + b"".join(word.to_bytes(2, "big") for word in (smf_format, tracks, division))


def chunk(body: bytes, name: bytes = b"MTrk", claimed: int | None = None) -> bytes:
    """A chunk; `claimed` is the length in its header if that is to be wrong."""
    return name + (len(body) if claimed is None else claimed).to_bytes(4, "big") + body


def one_track(body: bytes, claimed: int | None = None) -> bytes:
    """A format-0 file with one track of these events."""
    return header() + chunk(EXPLICIT + body, claimed=claimed)


def riff(data: bytes, after: bytes = b"") -> bytes:
    """A MIDI file in a RIFF wrapper, followed by the chunks `after`."""
    padding = b"\0" * (len(data) % 2)
    body = b"RMIDdata" + len(data).to_bytes(4, "little") + data + padding + after
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def good_phrase(bars: int = 8) -> Phrase:
    """A legal phrase to mutate: eighths in 3/4 with a double stop in each bar."""
    steps = (0, 2, 4, 5, 7, 5)
    notes = [Note(bar * 144 + i * 24, 62 + steps[(i + bar) % 6], 24) for bar in range(bars) for i in range(6)]
    notes += [Note(bar * 144, 55, 24) for bar in range(bars)]
    return Phrase(tuple(notes), bars, Meter(3, 4), Key(-1, True), 600_000)


def good_files() -> tuple[bytes, ...]:
    """Legal files of several shapes: seeds for mutations."""
    phrase = good_phrase()
    plain = phrase_bytes(phrase)
    setup = b"".join(b"\x00\xb0" + bytes(pair) for pair in ((121, 0), (7, 100), (10, 64), (91, 0)))
    running = b"\x00\x90\x40\x50\x60\x40\x00\x00\x43\x50\x60\x43\x00"
    text = b"\x00\xff\x03\x07Violin\x00"
    exported = header(1, 1, 480) + chunk(
        text + EXPLICIT + setup + running + b"\x00\xff\x21\x01\x00" + NOTE + END
    )
    two = header(1, 2, 220) + chunk(EXPLICIT + END) + chunk(text + NOTE * 20 + END)
    return plain, phrase_bytes(phrase.with_resolution(480)), exported, two, riff(plain)


def kinds() -> tuple[MalformedKind, ...]:
    """One file of each kind."""
    plain = phrase_bytes(good_phrase())
    table: Sequence[tuple[str, str, Callable[[], bytes]]] = (
        ("empty", "S001", lambda: b""),
        ("text", "S001", lambda: b"this is a text file\n"),
        ("xml", "S001", lambda: b"<?xml version='1.0'?><score-partwise/>"),
        ("gzip", "S001", lambda: gzip.compress(plain, mtime=0)),
        ("zip", "S001", lambda: b"PK\x03\x04" + plain),
        ("nul bytes", "S001", lambda: bytes(4096)),
        ("0xFF bytes", "S001", lambda: b"\xff" * 4096),
        ("junk before the header", "S001", lambda: bytes(128) + plain),
        ("track before the header", "S001", lambda: plain[14:] + plain[:14]),
        ("line ends of a text transfer", "S003", lambda: good_files()[2].replace(b"\n", b"\r\n")),
        ("RIFF wrapper", "S002", lambda: good_files()[-1]),
        ("RIFF with chunks after the data", "S002", lambda: riff(plain, b"LIST\x04\0\0\0INFO")),
        ("RIFF with a sound bank", "S002", lambda: riff(plain, b"RIFF\x04\0\0\0DLS ")),
        ("MIDI 2.0 clip", "S001", lambda: b"SMF2CLIP" + bytes(64)),
        ("XMF file", "S001", lambda: b"XMF_1.00" + bytes(64)),
        ("RIFF without MIDI", "S001", lambda: b"RIFF\x10\0\0\0RMIDdata\x04\0\0\0abcd"),
        ("RIFF of 4 GB", "S001", lambda: b"RIFF\xff\xff\xff\xffRMIDjunk\xff\xff\xff\xff" + plain),
        ("header cut", "S003", lambda: plain[:10]),
        ("header alone", "S003", lambda: plain[:14]),
        ("header of 0 bytes", "S003", lambda: plain[:4] + bytes(4) + plain[8:]),
        ("header of 4 GB", "S003", lambda: plain[:4] + b"\xff" * 4 + plain[8:]),
        ("header length backwards", "S003", lambda: plain[:4] + plain[7:3:-1] + plain[8:]),
        ("header twice", "S009", lambda: header() + plain),
        ("track header cut", "S003", lambda: plain[:19]),
        ("track cut", "S003", lambda: plain[:-30]),
        ("track cut inside a delta time", "S003", lambda: header() + chunk(EXPLICIT + b"\x81", claimed=900)),
        ("track ends inside an event", "S003", lambda: one_track(NOTE + b"\x00\x90\x45")),
        ("track of 4 GB", "S003", lambda: one_track(NOTE + END, claimed=0xFFFFFFFF)),
        ("track of 0 bytes", "S003", lambda: one_track(NOTE + END, claimed=0)),
        ("track length too short", "S003", lambda: one_track(NOTE + END, claimed=22)),
        ("track length too long", "S003", lambda: one_track(NOTE + END, claimed=60)),
        ("track that swallows the next", "S003", lambda: _swallowed(4)),
        ("track that swallows half of the next name", "S003", lambda: _swallowed(2)),
        (
            "track under another name",
            "S003",
            lambda: header(1, 2) + chunk(EXPLICIT + END) + chunk(NOTE + END, b"MTrx"),
        ),
        ("track in a track", "S003", lambda: one_track(NOTE + chunk(NOTE + END) + END)),
        ("meta event of 256 MB", "S003", lambda: one_track(b"\x00\xff\x01" + GIANT + b"abc" + END)),
        ("system exclusive of 256 MB", "S003", lambda: one_track(b"\x00\xf0" + GIANT + b"abc" + END)),
        ("data byte above 127", "S004", lambda: one_track(b"\x00\x90\xc8\x50" + NOTE + END)),
        ("undefined status", "S004", lambda: one_track(b"\x00\xf4" + NOTE + END)),
        ("clock message in a file", "S004", lambda: one_track(b"\x00\xf8" + NOTE + END)),
        ("no status byte", "S004", lambda: header() + chunk(b"\x00\x45\x50" + NOTE + END)),
        ("delta time of ten bytes", "S004", lambda: one_track(b"\xff" * 9 + b"\x7f" + NOTE[1:] + END)),
        ("length of ten bytes", "S004", lambda: one_track(b"\x00\xff\x01" + b"\xff" * 9 + b"\x7f" + END)),
        ("one giant delta time", "S005", lambda: one_track(NOTE + GIANT + NOTE[1:] + END)),
        ("twenty giant delta times", "S005", lambda: one_track((GIANT + NOTE[1:]) * 20 + END)),
        ("delta time of 9,900,000", "S005", lambda: one_track(NOTE + b"\x84\xdc\x9f\x60" + NOTE[1:] + END)),
        ("a million notes", "S005", lambda: one_track(NOTE * 1_000_000 + END)),
        (
            "200,000 events in 1 MiB",
            "S005",
            lambda: one_track(b"\x00\x90\x45\x50" + b"\x00\x45\x00" * 200_000 + END),
        ),
        (
            "90,000 notes at once",
            "N001",
            lambda: one_track(b"\x00\x90\x45\x50" + b"\x00\x46\x50" * 90_000 + END),
        ),
        ("40,000 notes of all pitches", "N001", lambda: one_track(_cluster(40_000) + END)),
        ("30,000 notes that pile up", "N001", lambda: one_track(_cluster(30_000, b"\x01") + END)),
        ("30,000 notes in triads", "C091", lambda: one_track(_triads(10_000) + END)),
        ("40,000 short notes", "C091", lambda: one_track(b"\x00\x90\x45\x50\x01\x45\x00" * 40_000 + END)),
        ("10,000 tempos", "C031", lambda: one_track(_tempos(10_000) + NOTE + END)),
        ("20,000 programs between notes", "C021", lambda: one_track(_programs(20_000) + END)),
        ("40,000 notes a tick apart", "N007", lambda: _tick_by_tick(40_000)),
        ("two tempos at one tick", "C031", lambda: one_track(b"\x00\xff\x51\x03\x06\0\0" + NOTE + END)),
        ("10,000 meters", "C072", lambda: one_track(_meters(10_000) + NOTE + END)),
        ("130,000 empty chunks", "S005", lambda: header() + chunk(b"", b"junk") * 130_000),
        ("65,535 tracks claimed", "S011", lambda: header(1, 65_535) + one_track(NOTE + END)[14:]),
        ("no track claimed", "S011", lambda: header(0, 0) + one_track(NOTE + END)[14:]),
        ("1,000 tracks", "S005", lambda: header(1, 1_000) + chunk(END) * 1_000),
        ("two tracks in format 0", "C012", lambda: header(0, 2) + chunk(EXPLICIT + END) + chunk(NOTE + END)),
        ("format 2", "C011", lambda: header(2, 2) + chunk(EXPLICIT + NOTE + END) * 2),
        ("format 7", "C011", lambda: header(7, 1) + one_track(NOTE + END)[14:]),
        ("SMPTE division", "S006", lambda: header(0, 1, 0xE728) + one_track(NOTE + END)[14:]),
        ("division 0", "S006", lambda: header(0, 1, 0) + one_track(NOTE + END)[14:]),
        ("1 tick a beat", "C091", lambda: header(0, 1, 1) + one_track(NOTE + END)[14:]),
        ("32,767 ticks a beat", "C091", lambda: header(0, 1, 32_767) + one_track(NOTE + END)[14:]),
        ("no end of track", "S007", lambda: one_track(NOTE)),
        ("events after the end", "S008", lambda: one_track(NOTE + END + NOTE + END)),
        ("bytes after the last chunk", "S008", lambda: plain + bytes(40)),
        ("unknown chunk", "S009", lambda: header() + chunk(b"abc", b"XFIH") + plain[14:]),
        ("unknown chunk of 4 GB", "S003", lambda: plain + chunk(b"abc", b"XFIH", 0xFFFFFFFF)),
        (
            "running status across meta",
            "S010",
            lambda: one_track(NOTE[:4] + b"\x00\xff\x01\x01a\x60\x45\x00" + END),
        ),
        ("tempo 0", "S012", lambda: one_track(b"\x00\xff\x51\x03\0\0\0" + NOTE + END)),
        ("tempo of two bytes", "S012", lambda: one_track(b"\x00\xff\x51\x02\x07\xa1" + NOTE + END)),
        ("meter 0/4", "S012", lambda: one_track(b"\x00\xff\x58\x04\0\x02\x18\x08" + NOTE + END)),
        ("meter 4 over 2^200", "S012", lambda: one_track(b"\x00\xff\x58\x04\x04\xc8\x18\x08" + NOTE + END)),
        (
            "meter 1/128 for long",
            "S005",
            lambda: one_track(b"\x00\xff\x58\x04\x01\x07\x18\x08\xbd\x84\x40" + NOTE[1:] + END),
        ),
        ("meter 255/128", "C071", lambda: one_track(b"\x00\xff\x58\x04\xff\x07\x18\x08" + NOTE + END)),
        ("sequence number without bytes", "S012", lambda: one_track(b"\x00\xff\x00\x00" + NOTE + END)),
        ("key of nine sharps", "S012", lambda: one_track(b"\x00\xff\x59\x02\x09\0" + NOTE + END)),
        ("end of track with a payload", "S012", lambda: one_track(NOTE + b"\x00\xff\x2f\x03abc")),
        ("meta type above 127", "S012", lambda: one_track(b"\x00\xff\xee\x00" + NOTE + END)),
        ("hanging note", "N001", lambda: one_track(NOTE[:4] + b"\x60\xff\x2f\x00")),
        ("note-offs alone", "N002", lambda: one_track(NOTE[4:] * 40 + NOTE + END)),
        ("notes of no length", "N004", lambda: one_track(b"\x00\x90\x45\x50\x00\x45\x00" * 1_000 + END)),
        ("16 channels", "C013", lambda: one_track(b"".join(_on_channel(c) for c in range(16)) + END)),
        ("text that is no text", "C091", lambda: one_track(b"\x00\xff\x03\x04\xff\xfe\0\x80" + NOTE + END)),
        (
            "messages on silent channels",
            "C023",
            lambda: one_track(b"\x00\xb1\x07\x64\x00\xc2\x2c" + NOTE + END),
        ),
        ("notes on the drum channel", "C024", lambda: one_track(_on_channel(9) + END)),
        ("program after the first note", "C022", lambda: header() + chunk(NOTE[:4] + b"\x00\xc0\x28" + END)),
        ("bank select", "C062", lambda: one_track(b"\x00\xb0\x00\x40" + NOTE + END)),
        (
            "tuning by system exclusive",
            "C064",
            lambda: one_track(b"\x00\xf0\x07\x7f\x7f\x04\x04\x00\x4c\xf7" + NOTE + END),
        ),
        ("one note", "C091", lambda: one_track(NOTE + END)),
        (
            "one pitch twice at once",
            "N003",
            lambda: one_track(NOTE[:4] + b"\x10" + NOTE[1:] + NOTE[4:] + END),
        ),
        (
            "30,000 pitch bends",
            "C063",
            lambda: one_track(b"\x00\xe0\x00\x41" + b"\x01\x01\x41" * 30_000 + NOTE + END),
        ),
        (
            "system exclusive of 900 kB",
            "C064",
            lambda: one_track(b"\x00\xf0\xb6\xf7\x20" + bytes(900_000) + NOTE + END),
        ),
        (
            "system exclusive of 1.1 MB",
            "S005",
            lambda: one_track(b"\x00\xf0\xc3\x91\x60" + bytes(1_100_000) + NOTE + END),
        ),
    )
    return tuple(MalformedKind(*row) for row in table)


def _cluster(count: int, delta: bytes = b"\x00") -> bytes:
    return b"".join(delta + b"\x90" + bytes((note % 128, 80)) for note in range(count))


def _triads(count: int) -> bytes:
    on, off = b"\x00\x90\x37\x50\x00\x3e\x50\x00\x45\x50", b"\x01\x37\x00\x00\x3e\x00\x00\x45\x00"
    return (on + off) * count


def _swallowed(size: int) -> bytes:
    """Two tracks, the first of which claims some bytes of the second."""
    first = EXPLICIT + END
    return header(1, 2) + chunk(first, claimed=len(first) + size) + chunk(NOTE * 8 + END)


def _programs(count: int) -> bytes:
    return b"".join(
        b"\x00\xc0" + bytes((index % 2,)) + b"\x00\x90\x45\x50\x01\x45\x00" for index in range(count)
    )


def _tick_by_tick(count: int) -> bytes:
    """Each note lasts a tick and begins where the one before ends, at the finest resolution."""
    notes = b"\x00\x90\x45\x50" + b"\x01\x45\x00\x01\x46\x50\x01\x46\x00\x01\x45\x50" * (count // 2)
    return header(0, 1, 32_767) + chunk(EXPLICIT + notes + END)


def _tempos(count: int) -> bytes:
    return b"".join(b"\x01\xff\x51\x03\x07" + bytes((index % 256, index // 256)) for index in range(count))


def _meters(count: int) -> bytes:
    return b"".join(b"\x01\xff\x58\x04" + bytes((1 + index % 9, 3, 24, 8)) for index in range(count))


def _on_channel(channel: int) -> bytes:
    return NOTE[:1] + bytes((0x90 | channel,)) + NOTE[2:5] + bytes((0x80 | channel,)) + NOTE[6:]
