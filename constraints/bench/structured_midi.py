"""Well-formed MIDI files with extreme contents, which flipping single bytes never produces.

Each file is built event by event, so its chunks and lengths are right. One or two things in it are extreme:
delta times, meters, resolutions, numbers of tracks, notes, channels, tempos or programs, notes that pile up
or never end. One in 300 is long, up to 400 kB. The same seed gives the same files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from constraints.bench.malformed_midi import END, chunk, header
from violin.midi import variable_length

_LONG_FILE_CHANCE = 1 / 300
_MOST_EVENTS = 90_000  # with their delta times about 400 kB
_DIVISIONS = (1, 2, 24, 47, 48, 96, 220, 480, 960, 10_080, 32_767)
_DELTAS = (0, 0, 0, 1, 1, 2, 9, 10, 11, 24, 48, 119, 120, 240, 479, 480, 1_920)
_HUGE_DELTAS = (100_000, 9_900_000, 0x0FFFFFFF)
_METERS = ((1, 7), (255, 7), (255, 0), (17, 6), (5, 3), (3, 2), (4, 2), (1, 0), (6, 3), (12, 4))

Event = tuple[int, bytes]  # delta time and message


def structured_files(count: int, seed: int) -> Iterator[bytes]:
    """`count` files, each independent of the others."""
    for index in range(count):
        yield _file(Random(f"structured:{seed}:{index}"))


def _file(random: Random) -> bytes:
    size = (
        random.randrange(10_000, _MOST_EVENTS)
        if random.random() < _LONG_FILE_CHANCE
        else random.randrange(400)
    )
    tracks = random.choice((1, 1, 1, 1, 2, 3, 16, 64, 65, 1_000))
    share = max(1, size // tracks)
    makers = random.sample(_MAKERS, random.choice((1, 1, 2, 3)))
    chunks = []
    for number in range(tracks):
        events = _signatures(random) if number == 0 else []
        while len(events) < share:
            events += random.choice(makers)(random, min(share, 1 + random.randrange(share)))
        chunks.append(chunk(_body(events[: share + 8], random)))
    smf_format = random.choice((0, 0, 1, 1, 2)) if tracks == 1 else random.choice((0, 1, 1, 1, 2))
    return header(smf_format, tracks, random.choice(_DIVISIONS)) + b"".join(chunks)


def _body(events: list[Event], random: Random) -> bytes:
    """The bytes of a track, with running status in some of them."""
    is_running = random.random() < 0.5
    body = bytearray()
    status = -1
    for delta, message in events:
        body += variable_length(delta)
        body += message[1:] if is_running and message[0] == status < 0xF0 else message
        status = message[0]
    return bytes(body) + END


def _signatures(random: Random) -> list[Event]:
    numerator, power = random.choice(_METERS)
    tempo = random.choice((1, 200_000, 500_000, 0xFFFFFF)).to_bytes(3, "big")
    events = [
        (0, b"\xff\x58\x04" + bytes((numerator, power, 24, 8))),
        (0, b"\xff\x51\x03" + tempo),
        (0, b"\xff\x59\x02" + bytes((random.randrange(-7, 8) % 256, random.randrange(2)))),
        (0, b"\xc0\x28"),
    ]
    return random.sample(events, random.randrange(5))


def _delta(random: Random) -> int:
    return random.choice(_HUGE_DELTAS) if random.random() < 0.0005 else random.choice(_DELTAS)


def _line(random: Random, count: int) -> list[Event]:
    """One note after the other, within the violin's range or anywhere, released early or not."""
    lowest, highest = random.choice(((55, 95), (0, 127), (69, 70)))
    length, gap = random.choice(_DELTAS), random.choice((0, 0, 1, 1, 10))
    events: list[Event] = []
    for _ in range(count):
        pitch = random.randint(lowest, highest)
        events += [(gap, bytes((0x90, pitch, 80))), (length, bytes((0x80, pitch, 0)))]
    return events


def _chords(random: Random, count: int) -> list[Event]:
    """Notes struck together: stops of a violin, or clusters."""
    events: list[Event] = []
    while len(events) < count:
        pitches = random.sample(range(50, 100), random.choice((2, 2, 3, 4, 8, 40)))
        events += [(0, bytes((0x90, pitch, 80))) for pitch in pitches]
        length = _delta(random)
        events += [(0 if at else length, bytes((0x80, pitch, 0))) for at, pitch in enumerate(pitches)]
    return events


def _pile(random: Random, count: int) -> list[Event]:
    """Notes that begin one after the other and are all released at the end, or never."""
    step, pitches = random.choice((0, 1, 1, 48)), random.choice((1, 40, 128))
    notes = [bytes((0x90, index % pitches, 80)) for index in range(count)]
    ends = [(0, bytes((0x80, note[1], 0))) for note in notes] if random.random() < 0.5 else []
    return [(step, note) for note in notes] + ends


def _messages(random: Random, count: int) -> list[Event]:
    """Any event that is not a note."""
    choices: list[Callable[[], bytes]] = [
        lambda: bytes((0xB0 | random.randrange(16), random.randrange(128), random.randrange(128))),
        lambda: bytes((0xC0 | random.randrange(16), random.randrange(128))),
        lambda: bytes((0xE0 | random.randrange(16), random.randrange(128), random.randrange(128))),
        lambda: bytes((0xD0 | random.randrange(16), random.randrange(128))),
        lambda: bytes((0xA0 | random.randrange(16), random.randrange(128), random.randrange(128))),
        lambda: b"\xf0\x03" + bytes((random.randrange(128), random.randrange(128))) + b"\xf7",
        lambda: b"\xff\x51\x03" + random.randbytes(3),
        lambda: b"\xff\x58\x04" + bytes((*random.choice(_METERS), 24, 8)),
        lambda: b"\xff\x59\x02" + bytes((random.randrange(-7, 8) % 256, random.randrange(2))),
        lambda: b"\xff" + bytes((random.randrange(0x20), 3)) + random.randbytes(3),
    ]
    few = random.sample(choices, random.choice((1, 2, len(choices))))
    return [(_delta(random), random.choice(few)()) for _ in range(count)]


def _everything(random: Random, count: int) -> list[Event]:
    """Note-ons, note-offs and messages in no order, on all channels."""
    events: list[Event] = []
    for _ in range(count):
        status = random.choice((0x90, 0x90, 0x80)) | random.randrange(16)
        events.append((_delta(random), bytes((status, random.randrange(128), random.randrange(128)))))
    return events


def _programmed(random: Random, count: int) -> list[Event]:
    """A program or bank before each note."""
    events: list[Event] = []
    for index in range(count // 3 + 1):
        change = bytes((0xC0, index % 128)) if random.random() < 0.8 else bytes((0xB0, 0, index % 128))
        events += [(0, change), (0, b"\x90\x45\x50"), (random.choice(_DELTAS), b"\x80\x45\x00")]
    return events


_MAKERS = (_line, _chords, _pile, _messages, _everything, _programmed)
