"""Mutated copies of good MIDI files: bytes changed, removed, repeated, or replaced by special ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from constraints.bench.malformed_midi import END, GIANT, good_files


def mutations(count: int, seed: int, originals: Sequence[bytes] = ()) -> Iterator[bytes]:
    """`count` mutated copies of good files: the same for the same seed, each independent of the others."""
    originals = originals or good_files()
    for index in range(count):
        random = Random(f"{seed}:{index}")
        data = bytearray(random.choice(originals))
        for _ in range(random.choice((1, 1, 1, 2, 3, 8, 30))):
            _mutate(data, random)
        track = data.rfind(b"MTrk")
        if track >= 0 and random.random() < 0.6:  # correct the length, so only the track's content is damaged
            data[track + 4 : track + 8] = max(len(data) - track - 8, 0).to_bytes(4, "big")
        yield bytes(data)


_SPECIAL = (
    *(b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", GIANT, b"MTrk", b"MThd", b"RIFF", END),
    *(b"\0\xff\x51\x03\0\0\0", b"\0\xff\x58\x04\0\0\0\0", b"\0\xf0\x7f", b"\xff", b"\x80", b"\0"),
)


def _mutate(data: bytearray, random: Random) -> None:
    """One mutation in place."""
    size = len(data)
    here = random.randrange(size + 1)
    there = min(size, here + random.choice((1, 1, 2, 4, 16, 100)))
    choice = random.randrange(7)
    if choice == 0 and here < size:
        data[here] ^= 1 << random.randrange(8)
    elif choice == 1 and here < size:
        data[here] = random.randrange(256)
    elif choice == 2:
        del data[here:there]
    elif choice == 3:
        data[here:here] = data[here:there]
    elif choice == 4:
        special = random.choice(_SPECIAL)
        data[here : here + len(special)] = special
    elif choice == 5:
        data[here:here] = random.choice(_SPECIAL)
    elif random.random() < 0.2:
        del data[here:]
    else:
        data[here:there] = random.randbytes(there - here)
