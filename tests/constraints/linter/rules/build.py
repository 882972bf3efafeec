"""MIDI files for tests, event by event. `phrase()` without arguments is clean under every rule.

Loaded by path (tests are no package): `build = load("build")` in `test_conformance.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from violin.midi import variable_length
from violin.pair import Pair

DIVISION = 480
BAR = 4 * DIVISION
LINE = (69, 71, 72, 74, 76, 74, 72, 71)  # the first pitch of each of eight bars

Timed = tuple[int, bytes]


@dataclass(frozen=True)
class Case:
    """Files that break a rule and files that come close and do not."""

    code: str
    violating: Sequence[bytes]
    clean: Sequence[bytes] = ()
    profile: str = "submission"
    given: Pair | None = None
    options: dict[str, int] = field(default_factory=dict)


def note(tick: int, pitch: int, ticks: int = DIVISION, velocity: int = 80, channel: int = 0) -> list[Timed]:
    return [
        (tick, bytes((0x90 | channel, pitch, velocity))),
        (tick + ticks, bytes((0x80 | channel, pitch, 0))),
    ]


def chord(tick: int, pitches: Iterable[int], ticks: int = DIVISION) -> list[Timed]:
    return [event for pitch in pitches for event in note(tick, pitch, ticks)]


def program(number: int = 40, tick: int = 0, channel: int = 0) -> Timed:
    return tick, bytes((0xC0 | channel, number))


def controller(number: int, value: int = 64, tick: int = 0, channel: int = 0) -> Timed:
    return tick, bytes((0xB0 | channel, number, value))


def bend(value: int, tick: int = 0) -> Timed:
    return tick, bytes((0xE0, value & 0x7F, value >> 7))


def meta(kind: int, data: bytes, tick: int = 0) -> Timed:
    return tick, bytes((0xFF, kind)) + variable_length(len(data)) + data


def tempo(bpm: float = 120, tick: int = 0) -> Timed:
    return meta(0x51, round(60e6 / bpm).to_bytes(3, "big"), tick)


def meter(numerator: int = 4, power: int = 2, tick: int = 0) -> Timed:
    return meta(0x58, bytes((numerator, power, 24, 8)), tick)


def key(fifths: int = 0, minor: bool = False, tick: int = 0) -> Timed:
    return meta(0x59, bytes((fifths % 256, minor)), tick)


HEAD = (tempo(), meter(), key(), program())


def line(bars: int = 8, ticks: int = BAR) -> list[Timed]:
    """One whole note per bar."""
    return [event for bar in range(bars) for event in note(bar * BAR, LINE[bar % 8], ticks)]


def track(events: Iterable[Timed], end: int | None = None) -> bytes:
    """An MTrk chunk: events by tick (offs before ons where they were given so), and its end."""
    ordered = sorted(events, key=lambda event: (event[0], 0x90 <= event[1][0] < 0xA0))
    body, now = bytearray(), 0
    for tick, data in ordered:
        body += variable_length(tick - now) + data
        now = tick
    body += variable_length(max(end if end is not None else now, now) - now) + b"\xff\x2f\x00"
    return b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def smf(*tracks: bytes, kind: int = 0, division: int = DIVISION) -> bytes:
    header = kind.to_bytes(2, "big") + len(tracks).to_bytes(2, "big") + division.to_bytes(2, "big")
    return b"MThd\x00\x00\x00\x06" + header + b"".join(tracks)


def phrase(
    *extra: Timed | list[Timed],
    head: Iterable[Timed] = HEAD,
    music: Iterable[Timed] | None = None,
    end: int | None = 8 * BAR,
    kind: int = 0,
) -> bytes:
    """Eight bars of 4/4 with a whole note each, or `music`, and more events."""
    events = [*head, *(line() if music is None else music)]
    for item in extra:
        events += item if isinstance(item, list) else [item]
    return smf(track(events, end), kind=kind)
