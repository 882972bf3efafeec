"""The left hand on the fingerboard: which frets four fingers can stop at once, and how hard that is.

The violin has no frets; "fret" n is the place n semitones above the open string, at
328 · (1 − 2^(−n/12)) mm from the nut (equal temperament on a vibrating string of 328 mm, the
modern standard). A set of notes can be fingered when

1. each note has its own string and lies on it no higher than `CAPS` allows for a chord of that
   many notes,
2. the strings are neighbours: the bow cannot skip an unused string between two used ones,
3. every stopped note has a finger, and a lower finger never lies farther from the nut than a
   higher one. One finger may stop the same fret on up to three neighbouring strings (a fifth,
   a barre) if every string between is stopped at that fret or above it,
4. two fingers lie no farther apart than `REACH_MM` says for that pair.

Caps and reaches are the lowest round figures, with some slack, that accept every verified chord
of Bach's solo works, Paganini's op. 1 and 122 string quartets. No chord there needs more than
119 mm. The cap of 30 for single notes is the end of a fingerboard of 270 mm. No violinist has
checked these figures. `violin bench repertoire` compares them with scores.

A fingering is graded (`Tier`) by two measures: the distance between its lowest and its highest
stop in mm, and the highest fret that it stops. Open strings count for neither.

This file favours clarity over speed: `violin.instrument` answers from a table built from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import pairwise, permutations
from operator import attrgetter

from violin.music import pitch_name

STRING_NAMES = ("G", "D", "A", "E")
OPEN_STRINGS = (55, 62, 69, 76)
STRING_LENGTH_MM = 328.0
MAX_STOPS = len(OPEN_STRINGS)

CAPS = {  # notes at once -> highest fret on G, D, A, E
    1: (30, 30, 30, 30),
    2: (19, 21, 25, 30),
    3: (14, 17, 19, 24),
    4: (12, 12, 14, 19),
}
REACH_MM = {(1, 2): 65.0, (2, 3): 60.0, (3, 4): 58.0, (1, 3): 92.0, (2, 4): 80.0, (1, 4): 120.0}
HAND_MM = 120.0
LAST_FRET = max(CAPS[1])
BARRE_STRINGS = 3
_STRING_OF = attrgetter("string")
_RESTING_STEP_MM = 25.0  # between neighbouring fingers of a resting hand; chooses, never forbids
FINGER_SEMITONES = {1: (1, 2), 2: (3, 4), 3: (5, 5)}
"""How many semitones apart two fingers lie without stretching, by the difference of their numbers.

It gives the fingerings of violin methods: sixths and fourths on neighbouring fingers, thirds on 1-3
and 2-4, octaves on 1-4.
"""

_NUT_MM = tuple(STRING_LENGTH_MM * (1 - 2 ** (-fret / 12)) for fret in range(LAST_FRET + 1))


def nut_mm(fret: int) -> float:
    """Distance of a fret from the nut in mm; 0 is the open string, 30 the last."""
    return _NUT_MM[fret]


class Tier(IntEnum):
    """How hard notes are for the left hand, by span and by height on the fingerboard.

    EASY is within third position, WIDE within seventh, VIRTUOSO up to the end of the fingerboard;
    `TIER_LIMITS` has the figures.
    """

    EASY = 1
    WIDE = 2
    VIRTUOSO = 3
    IMPOSSIBLE = 4


TIER_LIMITS = {  # widest span in mm, highest fret
    Tier.EASY: (82.0, 11),
    Tier.WIDE: (98.0, 17),
    Tier.VIRTUOSO: (HAND_MM, LAST_FRET),
}
"""The limits of each tier: the widest span in mm and the highest stopped fret.

82 mm covers the octave of first position, 98 the widest chord of Bach's solo works, 120 the major
tenth of Paganini's second caprice. Fret 11 is where the fourth finger of a hand in third position
(first finger on fret 5 or 6) lies at most without reaching out, fret 17 the same in seventh position.
"""


def tier_of_span(span: float | None) -> Tier:
    """The tier of a span in mm alone, at any height; None or more than `HAND_MM` is IMPOSSIBLE."""
    if span is not None:
        for level, (widest_mm, _) in TIER_LIMITS.items():
            if span <= widest_mm:
                return level
    return Tier.IMPOSSIBLE


def tier_of_height(fret: int) -> Tier:
    """The tier of a highest stopped fret alone; 0 (open strings) is EASY."""
    for level, (_, highest_fret) in TIER_LIMITS.items():
        if fret <= highest_fret:
            return level
    return Tier.IMPOSSIBLE


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """One note on the fingerboard: `string` 0..3 for G, D, A, E; `finger` 0 for an open string, 1..4."""

    string: int
    fret: int
    finger: int

    @property
    def pitch(self) -> int:
        return OPEN_STRINGS[self.string] + self.fret

    def __str__(self) -> str:
        place = f"{STRING_NAMES[self.string]}{self.fret}"
        return f"{pitch_name(self.pitch)}={place}/{self.finger}" if self.finger else f"{place} open"


@dataclass(frozen=True, slots=True)
class Fingering:
    """The stops of a chord from the lowest string up, and the mm from its first stopped fret to its last."""

    stops: tuple[Stop, ...]
    span_mm: float

    @property
    def tier(self) -> Tier:
        """The harder of its span's and its height's tier."""
        return tier_of_placement([(stop.string, stop.fret) for stop in self.stops])

    def __str__(self) -> str:
        notes = " ".join(
            str(stop) if stop.finger else f"{pitch_name(stop.pitch)}={stop}" for stop in self.stops
        )
        return f"{notes}, span {self.span_mm:.1f} mm"


def placements(
    pitches: Sequence[int], *, caps: Sequence[int] | None = None, contiguous: bool = True
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every way to place distinct pitches on different strings: (string, fret) by string.

    `caps` are the highest frets on G, D, A, E (by default those of `CAPS` for that many notes);
    `contiguous` False allows an unused string between used ones.
    """
    count = len(pitches)
    if count > MAX_STOPS:
        return
    limits = caps or CAPS[max(count, 1)]
    for strings in _string_orders(count, contiguous):
        placed = tuple(
            sorted(
                (string, pitch - OPEN_STRINGS[string]) for pitch, string in zip(pitches, strings, strict=True)
            )
        )
        if all(0 <= fret <= limits[string] for string, fret in placed):
            yield placed


@cache
def _string_orders(count: int, contiguous: bool) -> tuple[tuple[int, ...], ...]:
    """Every choice of `count` strings in every order; `contiguous` leaves out those that skip a string."""
    orders = permutations(range(MAX_STOPS), count)
    if not contiguous or count < 2:
        return tuple(orders)
    return tuple(order for order in orders if max(order) - min(order) == count - 1)


def span_mm(placed: Sequence[tuple[int, int]]) -> float:
    """mm from the lowest stopped fret to the highest; 0 if at most one note is stopped."""
    stopped = [fret for _, fret in placed if fret]
    return _NUT_MM[max(stopped)] - _NUT_MM[min(stopped)] if stopped else 0.0


def tier_of_placement(placed: Sequence[tuple[int, int]]) -> Tier:
    """The tier of notes laid on strings: the harder of `tier_of_span` and `tier_of_height`.

    It does not ask whether four fingers can hold them (`fingerings` does).
    """
    return max(tier_of_span(span_mm(placed)), tier_of_height(max((fret for _, fret in placed), default=0)))


def fingerings(placed: Sequence[tuple[int, int]]) -> Iterator[tuple[Stop, ...]]:
    """Every fingering that the hand can hold for notes laid on strings, stops by string."""
    frets = dict(placed)
    by_fret = sorted((fret, string) for string, fret in placed if fret)
    open_stops = [Stop(string, 0, 0) for string, fret in placed if not fret]

    def add(taken: list[Stop]) -> Iterator[tuple[Stop, ...]]:
        if len(taken) == len(by_fret):
            yield tuple(sorted(open_stops + taken, key=_STRING_OF))
            return
        fret, string = by_fret[len(taken)]
        for finger in range(taken[-1].finger if taken else 1, 5):
            stop = Stop(string, fret, finger)
            if all(_together(frets, lower, stop) for lower in taken):
                yield from add([*taken, stop])

    return add([])


def _together(frets: dict[int, int], lower: Stop, stop: Stop) -> bool:
    """Whether one hand holds both stops; `lower` is at the same fret or nearer to the nut."""
    if lower.finger == stop.finger:
        first, last = sorted((lower.string, stop.string))
        return (
            lower.fret == stop.fret
            and last - first < BARRE_STRINGS
            and all(frets.get(between, stop.fret) >= stop.fret for between in range(first + 1, last))
        )
    if lower.finger > stop.finger:
        return False
    return _NUT_MM[stop.fret] - _NUT_MM[lower.fret] <= REACH_MM[lower.finger, stop.finger]


def easiest_fingering(pitches: Sequence[int]) -> Fingering | None:
    """The fingering of a set of distinct pitches with the lowest tier, or None if there is none.

    Among those of one tier the one with the least span is chosen, then the one whose fingers lie
    nearest to a resting hand.
    """
    best: tuple[Tier, float, float, tuple[Stop, ...]] | None = None
    for placed in placements(tuple(sorted(set(pitches)))):
        span, level = span_mm(placed), tier_of_placement(placed)
        if level is Tier.IMPOSSIBLE or (best and (level, span) > (best[0], best[1] + 1e-9)):
            continue
        for stops in fingerings(placed):
            rank = (level, span, _strain(stops), stops)
            if best is None or rank < best:
                best = rank
    return Fingering(best[3], best[1]) if best else None


def _strain(stops: Sequence[Stop]) -> float:
    """By how many semitones neighbouring fingers miss `FINGER_SEMITONES` in all.

    For a single stopped note it is the distance in mm from where that finger lies in first position.
    """
    stopped = sorted((stop for stop in stops if stop.finger), key=lambda stop: (stop.fret, stop.finger))
    if not stopped:
        return 0.0
    if len(stopped) == 1:
        return abs(_NUT_MM[stopped[0].fret] - 35.0 - _RESTING_STEP_MM * (stopped[0].finger - 1))
    return float(sum(abs(misfit(low, high)) for low, high in pairwise(stopped)))


def misfit(low: Stop, high: Stop) -> int:
    """Semitones by which two stops lie wider apart (or, negative, closer) than `FINGER_SEMITONES` allows.

    `high` has the higher fret, or the higher finger on the same fret.
    """
    if low.finger == high.finger:
        return 0
    least, most = FINGER_SEMITONES[high.finger - low.finger]
    distance = high.fret - low.fret
    return distance - most if distance > most else min(distance - least, 0)
