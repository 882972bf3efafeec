"""The violin: its range, which notes can sound together, and how hard that is for the left hand.

`tier`, `stretch` and `is_playable` answer from a table of every playable set, computed once from
the model of `violin.hand` by scripts/build_hand_table.py and packed into hand_table.bin (4 bytes
a set, sorted): 52 single notes, 790 pairs, 5,646 triples and 19,744 quadruples. The table is read
on the first call and takes a fraction of a millisecond. `witness` runs the model itself and says
how a set is held, or why it cannot be.

A set of notes is asked about as distinct pitches: a pitch given twice counts once.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path

from violin.hand import (
    CAPS,
    HAND_MM,
    MAX_STOPS,
    OPEN_STRINGS,
    STRING_NAMES,
    Fingering,
    Tier,
    easiest_fingering,
    fingerings,
    placements,
    span_mm,
)
from violin.music import pitch_name

__all__ = [
    "HIGHEST_PITCH",
    "LOWEST_PITCH",
    "OPEN_STRINGS",
    "Conflict",
    "Fingering",
    "Obstacle",
    "Tier",
    "is_playable",
    "is_readable",
    "playable_sets",
    "stretch",
    "tier",
    "witness",
]

LOWEST_PITCH = 55
HIGHEST_PITCH = 108
"""The highest pitch in violin repertoire (Paganini's caprices). The fingerboard itself ends at
106; 107 and 108 exist as harmonics alone, so `tier` calls them impossible."""

TABLE_PATH = Path(__file__).with_name("hand_table.bin")
_READABLE_FRETS, _READABLE_SPAN = 17, 5
_TIER_BITS, _READABLE_BIT, _STRETCH_SHIFT = 0b111, 0b1000, 4
_KEY_SHIFT, _PITCH_BITS = 8, 6
_NEARLY_HELD_MM = 140.0
"""Two notes on neighbouring strings up to this span are refused as too wide for the hand (tenths and
elevenths from any fret), beyond it as notes on strings that the bow cannot join."""
_BELOW = LOWEST_PITCH - 1  # a stored pitch is 1..54, so that 0 stands for "no further note"


def table_key(pitches: Iterable[int]) -> int | None:
    """The key of a set in the table: ascending pitches, six bits each; None if it has no place there."""
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


@lru_cache(maxsize=1 << 16)
def _entry(pitches: tuple[int, ...]) -> int:
    """The low byte of a set's word; a set that is not in the table is impossible and unreadable."""
    key = table_key(pitches)
    if key is not None:
        table = _table()
        index = bisect_left(table, key << _KEY_SHIFT)
        if index < len(table) and table[index] >> _KEY_SHIFT == key:
            return table[index] & 0xFF
    return Tier.IMPOSSIBLE | Tier.IMPOSSIBLE << _STRETCH_SHIFT


def tier(pitches: Iterable[int]) -> Tier:
    """How hard it is to let notes sound together: the tier of their easiest fingering.

    Both the span of the hand and its height on the fingerboard count (`violin.hand.TIER_LIMITS`). No
    notes at all are EASY; a pitch outside 55..106 or a fifth note makes a set IMPOSSIBLE.

    >>> tier([57, 64]), tier([69, 106])  # A3 E4; the open A string and the last fret of the E string
    (<Tier.EASY: 1>, <Tier.VIRTUOSO: 3>)
    """
    return Tier(_entry(tuple(pitches)) & _TIER_BITS)


def stretch(pitches: Iterable[int]) -> Tier:
    """How far the hand must open for notes at least, at any height: the tier of the span alone.

    >>> stretch([69, 106])  # one stopped note opens no hand
    <Tier.EASY: 1>
    """
    return Tier(_entry(tuple(pitches)) >> _STRETCH_SHIFT & _TIER_BITS)


def is_playable(pitches: Iterable[int], hardest: Tier = Tier.VIRTUOSO) -> bool:
    """Whether notes can sound together on a violin, at no more than the tier `hardest`."""
    return (_entry(tuple(pitches)) & _TIER_BITS) <= min(hardest, Tier.VIRTUOSO)


def is_readable(pitches: Iterable[int]) -> bool:
    """Whether the organisers' baseline has a word for the set.

    Their vocabulary holds what strings of 55, 62, 69 and 76 give within a window of six frets,
    up to fret 17, open strings free, whatever the bow says: 39 single notes, 616 pairs, 4,635
    triples, 13,448 quadruples and the rest. A judge built on it cannot read any other set.
    """
    return bool(_entry(tuple(pitches)) & _READABLE_BIT)


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


class Obstacle(Enum):
    """What keeps a set of notes from sounding together."""

    RANGE = "range"
    STRINGS = "strings"
    BOW = "bow"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a set cannot be played: the obstacle, the fewest notes that meet it, and one line."""

    obstacle: Obstacle
    pitches: tuple[int, ...]
    reason: str

    def __str__(self) -> str:
        return self.reason


@lru_cache(maxsize=4096)
def _witness(pitches: tuple[int, ...]) -> Fingering | Conflict:
    found = easiest_fingering(pitches)
    return found if found else _conflict(pitches)


def witness(pitches: Iterable[int]) -> Fingering | Conflict:
    """How notes are held together (least opening of the hand), or the minimal reason why not.

    `str()` of it reads "A3=G2/1 C#5=D11/4, span 118.5 mm" (string, fret / finger; an open
    string without finger), or "A3 and B3 both need the G string".
    """
    return _witness(tuple(sorted(set(pitches))))


def _conflict(pitches: tuple[int, ...]) -> Conflict:
    names = [pitch_name(pitch) for pitch in pitches]
    for pitch, name in zip(pitches, names, strict=True):
        if not easiest_fingering((pitch,)):
            edge = (
                f"below G{LOWEST_PITCH // 12 - 1}, the open G string"
                if pitch < LOWEST_PITCH
                else (f"above {pitch_name(OPEN_STRINGS[-1] + CAPS[1][-1])}, the end of the fingerboard")
            )
            return Conflict(Obstacle.RANGE, (pitch,), f"{name} is {edge}")
    for count in range(2, min(len(pitches), MAX_STOPS + 1) + 1):
        for some in combinations(pitches, count):
            if next(placements(some, caps=CAPS[1], contiguous=False), None) is None:
                return Conflict(Obstacle.STRINGS, some, _string_reason(some))
    for count in range(2, len(pitches) + 1):  # the fewest notes that are no chord by themselves
        for some in combinations(pitches, count):
            if easiest_fingering(some) is None and (count == len(pitches) or _is_hard_core(some)):
                return _hand_conflict(some)
    raise AssertionError(f"{pitches} has neither a fingering nor a conflict")


def _is_hard_core(some: tuple[int, ...]) -> bool:
    """Whether no added note can help: notes a string apart may be joined by one between them."""
    return not any(_holds(placed) for placed in placements(some, contiguous=False))


def _holds(placed: tuple[tuple[int, int], ...]) -> bool:
    return next(fingerings(placed), None) is not None


def _string_reason(some: tuple[int, ...]) -> str:
    if len(some) > MAX_STOPS:
        return f"{len(some)} notes for {MAX_STOPS} strings"
    strings = [
        name
        for name, low, cap in zip(STRING_NAMES, OPEN_STRINGS, CAPS[1], strict=True)
        if any(low <= pitch <= low + cap for pitch in some)
    ]
    if len(strings) == 1:
        need = f"need the {strings[0]} string"
        return f"{_listed(some)} {'both' if len(some) == 2 else 'all'} {need}"
    return f"{_listed(some)} need {len(some)} strings and only {_joined(strings)} have them"


def _hand_conflict(some: tuple[int, ...]) -> Conflict:
    laid = list(placements(some)) or list(placements(some, contiguous=False))
    nearest = min(laid, key=span_mm, default=None)
    nearly = len(some) == 2 and nearest is not None and HAND_MM < span_mm(nearest) <= _NEARLY_HELD_MM
    if not nearly and any(_holds(placed) for placed in placements(some, contiguous=False)):
        return Conflict(
            Obstacle.BOW, some, f"{_listed(some)} leave a string between them unused: no bow joins them"
        )
    if nearest is None:
        return Conflict(Obstacle.HAND, some, f"{_listed(some)}: {_cap_reason(some)}")
    places = " ".join(
        f"{pitch_name(OPEN_STRINGS[string] + fret)}={STRING_NAMES[string]}{fret}" for string, fret in nearest
    )
    span = span_mm(nearest)
    why = f"the hand opens {HAND_MM:g}" if span > HAND_MM else "no four fingers lie so"
    return Conflict(Obstacle.HAND, some, f"{places} span {span:.1f} mm: {why}")


def _cap_reason(some: tuple[int, ...]) -> str:
    """The one stop that lies too high, where the notes lie as near to the caps as they can."""
    caps = CAPS[len(some)]

    def excess(placed: Iterable[tuple[int, int]]) -> tuple[int, int]:
        over = [max(0, fret - caps[string]) for string, fret in placed]
        return sum(over), max(over)

    laid = list(placements(some, caps=CAPS[1])) or list(placements(some, caps=CAPS[1], contiguous=False))
    string, fret = max(min(laid, key=excess), key=lambda place: place[1] - caps[place[0]])
    note, name = pitch_name(OPEN_STRINGS[string] + fret), STRING_NAMES[string]
    return f"{note}={name}{fret} lies above {name}{caps[string]}, the end of a chord of {len(some)}"


def _listed(pitches: Iterable[int]) -> str:
    return _joined([pitch_name(pitch) for pitch in pitches])


def _joined(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
