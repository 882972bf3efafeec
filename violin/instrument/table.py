"""The tier of every set of notes, from a packed table.

`tier`, `stretch` and `is_playable` look a set up among all playable ones, computed once from the
model of `violin.hand` by scripts/build_hand_table.py and packed into hand_table.bin (4 bytes a
set, sorted): 52 single notes, 790 pairs, 5,646 triples and 19,744 quadruples. The table is read
on the first call, in a fraction of a millisecond.

Repeated pitches count once.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from violin.hand import MAX_STOPS, Tier, placements

LOWEST_PITCH = 55
HIGHEST_PITCH = 108
"""The highest pitch in violin repertoire (Paganini's caprices). The fingerboard itself ends at
106; 107 and 108 exist as harmonics alone, so `tier` calls them impossible."""

TABLE_PATH = Path(__file__).with_name("hand_table.bin")
_READABLE_FRETS, _READABLE_SPAN = 17, 5
_TIER_BITS, _READABLE_BIT, _STRETCH_SHIFT = 0b111, 0b1000, 4
_NO_ENTRY = Tier.IMPOSSIBLE | Tier.IMPOSSIBLE << _STRETCH_SHIFT
_KEY_SHIFT, _PITCH_BITS = 8, 6
_BELOW = LOWEST_PITCH - 1  # a stored pitch is 1..54, so that 0 stands for "no further note"


def table_key(pitches: Iterable[int]) -> int | None:
    """The key of a set in the table: ascending pitches, six bits each; None if the table cannot hold it."""
    ascending = sorted(set(pitches))
    if len(ascending) > MAX_STOPS:
        return None
    if ascending and (ascending[0] < LOWEST_PITCH or ascending[-1] > HIGHEST_PITCH):
        return None
    key = 0
    for index in range(MAX_STOPS):
        key = key << _PITCH_BITS | (ascending[index] - _BELOW if index < len(ascending) else 0)
    return key


def pack_table(rows: Iterable[tuple[int, Tier, Tier, bool]]) -> bytes:
    """Rows (key, tier, stretch, readable) as the bytes of hand_table.bin: little-endian 32-bit words.

    A word holds from its highest bit down: the key (24 bits), an unused bit, `stretch` (3),
    `readable` (1), `tier` (3).
    """
    packed = array(
        "I",
        sorted(
            key << _KEY_SHIFT | wide << _STRETCH_SHIFT | readable << 3 | level
            for key, level, wide, readable in rows
        ),
    )
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


@cache
def _table() -> array[int]:
    table = array("I")
    table.frombytes(TABLE_PATH.read_bytes())
    if sys.byteorder == "big":
        table.byteswap()
    return table


def _entry(pitches: Iterable[int]) -> int:
    """The low byte of a set's word; a set that is not in the table is impossible and unreadable."""
    asked = tuple(pitches)
    if len(asked) > MAX_STOPS:
        asked = tuple(sorted(set(asked)))
        if len(asked) > MAX_STOPS:  # not remembered: a file may hold thousands of large chords
            return _NO_ENTRY
    return _stored_entry(asked)


@lru_cache(maxsize=1 << 14)
def _stored_entry(pitches: tuple[int, ...]) -> int:
    """`_entry` of up to four notes."""
    key = table_key(pitches)
    if key is not None:
        table = _table()
        index = bisect_left(table, key << _KEY_SHIFT)
        if index < len(table) and table[index] >> _KEY_SHIFT == key:
            return table[index] & 0xFF
    return _NO_ENTRY


def tier(pitches: Iterable[int]) -> Tier:
    """How hard it is to let notes sound together: the tier of their easiest fingering.

    Both the span of the hand and its height on the fingerboard count (`violin.hand.TIER_LIMITS`). An
    empty set is EASY; a pitch outside 55..106 or a fifth note makes a set IMPOSSIBLE.

    >>> tier([57, 64]), tier([69, 106])  # A3 E4; the open A string and the last fret of the E string
    (<Tier.EASY: 1>, <Tier.VIRTUOSO: 3>)
    """
    return Tier(_entry(pitches) & _TIER_BITS)


def stretch(pitches: Iterable[int]) -> Tier:
    """How far the hand must stretch for notes, at any height: the tier of the smallest span alone.

    >>> stretch([69, 106])  # a single stopped note has no span
    <Tier.EASY: 1>
    """
    return Tier(_entry(pitches) >> _STRETCH_SHIFT & _TIER_BITS)


def is_playable(pitches: Iterable[int], hardest: Tier = Tier.VIRTUOSO) -> bool:
    """Whether notes can sound together on a violin, at no more than the tier `hardest`."""
    return (_entry(pitches) & _TIER_BITS) <= min(hardest, Tier.VIRTUOSO)


def is_readable(pitches: Iterable[int]) -> bool:
    """Whether the organisers' baseline has a token for the set.

    Their vocabulary holds what strings of 55, 62, 69 and 76 give within a window of six frets,
    up to fret 17, with any open strings, also where the bow would skip a string: 39 single notes,
    616 pairs, 4,635 triples, 13,448 quadruples and the rest. A judge built on it cannot read any other set.
    """
    return bool(_entry(pitches) & _READABLE_BIT)


def is_readable_by_rule(pitches: Iterable[int]) -> bool:
    """`is_readable` from its definition; the table holds its answers."""
    caps = (_READABLE_FRETS,) * MAX_STOPS
    for placed in placements(tuple(sorted(set(pitches))), caps=caps, contiguous=False):
        stopped = [fret for _, fret in placed if fret]
        if not stopped or max(stopped) - min(stopped) <= _READABLE_SPAN:
            return True
    return False


@cache
def playable_sets() -> tuple[tuple[tuple[int, ...], Tier], ...]:
    """Every playable set of one to four notes with its tier: pitches ascending, sets in table order."""
    result = []
    for word in _table():
        level = Tier(word & _TIER_BITS)
        key = word >> _KEY_SHIFT
        shifts = range(_PITCH_BITS * (MAX_STOPS - 1), -1, -_PITCH_BITS)
        codes = (key >> shift & (1 << _PITCH_BITS) - 1 for shift in shifts)
        pitches = tuple(code + _BELOW for code in codes if code)
        if pitches and level is not Tier.IMPOSSIBLE:
            result.append((pitches, level))
    return tuple(result)
