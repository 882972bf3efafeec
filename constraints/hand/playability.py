"""Whether the left hand can play the chords of a phrase and the shifts between them.

* `onset_sets` finds the notes that are struck together, from the note-ons alone: a note-off that a
  file pairs wrongly cannot hide a chord.
* `verdict` grades a chord, or names what makes it unplayable.
* `first_impossible_shift` finds the first two chords between which the hand has too little time.

Notes that are held together (`violin.music.sounding_sets`) are weaker evidence than notes struck
together: in a tenth of all human phrases some note is notated longer than a hand can hold it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from violin.challenge import MAX_VOICES
from violin.hand import CAPS, HAND_MM, OPEN_STRINGS, REACH_MM, fingerings, nut_mm, placements, span_mm
from violin.instrument import LOWEST_PITCH, Conflict, Obstacle, Tier, tier, witness

ONSET_TOLERANCE_BEATS = (1, 96)
SHIFT_MM_PER_SECOND = 3_000.0
"""The highest speed of the hand along the fingerboard, averaged from one onset to the next.

It is not measured; it is a bound that no repertoire we know exceeds. With it every shift is possible in
90 ms or more.
"""

LAST_BASE = CAPS[1][-1]
FINGERBOARD_END = OPEN_STRINGS[-1] + LAST_BASE
_ANY_BASE = (1 << LAST_BASE + 1) - 2  # bit b: the first finger rests at fret b, 1..30
_BASES_MM = tuple(nut_mm(base) for base in range(LAST_BASE + 1))
_NECK_MM = nut_mm(LAST_BASE) - nut_mm(1)
_FREE_SECONDS = _NECK_MM / SHIFT_MM_PER_SECOND
FINGER_REACH_MM = (0.0, 0.0, REACH_MM[1, 2], REACH_MM[1, 3], REACH_MM[1, 4])  # from the first finger


def onset_tolerance_ticks(ticks_per_beat: int) -> int:
    """1/96 beat in whole ticks."""
    return ticks_per_beat * ONSET_TOLERANCE_BEATS[0] // ONSET_TOLERANCE_BEATS[1]


def onset_sets(onsets: Iterable[tuple[int, int]], ticks_per_beat: int) -> list[tuple[int, tuple[int, ...]]]:
    """(tick, ascending distinct pitches) of the notes struck together, from (tick, pitch) by tick.

    A note belongs to a set if it begins at most 1/96 beat after the set's first note.
    """
    result: list[tuple[int, tuple[int, ...]]] = []
    tolerance = onset_tolerance_ticks(ticks_per_beat)
    start, last = -1, -1
    struck: tuple[int, ...] = ()
    for tick, pitch in onsets:
        if tick > last:
            if struck:
                result.append((start, struck))
            start, last = tick, tick + tolerance
            struck = (pitch,)
        elif pitch not in struck:
            struck = tuple(sorted((*struck, pitch)))
    if struck:
        result.append((start, struck))
    return result


def verdict(pitches: tuple[int, ...]) -> Tier | Obstacle:
    """The tier of a chord, or what makes it unplayable.

    Notes outside the instrument's range (rules C041, C042 and P008) are left out; chords of more
    than four notes (rule C101) and single notes count as EASY here.
    """
    if len(pitches) > MAX_VOICES:
        pitches = _within_range(pitches)
        if len(pitches) > MAX_VOICES:  # not remembered: a file may hold thousands of large chords
            return Tier.EASY
    return _verdict(pitches)


def _within_range(pitches: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(pitch for pitch in pitches if LOWEST_PITCH <= pitch <= FINGERBOARD_END)


@lru_cache(maxsize=1 << 14)
def _verdict(pitches: tuple[int, ...]) -> Tier | Obstacle:
    """`verdict` of up to four notes."""
    inside = _within_range(pitches)
    if len(inside) < 2:
        return Tier.EASY
    level = tier(inside)
    if level is not Tier.IMPOSSIBLE:
        return level
    reason = witness(inside)
    assert isinstance(reason, Conflict)
    return reason.obstacle


def bases_of(stopped: Iterable[tuple[int, int]]) -> int:
    """The frets where the first finger may rest while the fingers hold (fret, finger), as bits.

    Where the first finger stops a note, it rests there. The other fingers may lie as far from it as
    `REACH_MM` says. If no note is stopped, every fret is possible. Bit b stands for fret b.
    """
    lowest, highest = 0.0, nut_mm(LAST_BASE)
    free = True
    for fret, finger in stopped:
        free = False
        place = nut_mm(fret)
        lowest = max(lowest, place - FINGER_REACH_MM[finger])
        highest = min(highest, place)
    if free:
        return _ANY_BASE
    first = bisect_left(_BASES_MM, lowest - 1e-9, lo=1)
    end = bisect_right(_BASES_MM, highest + 1e-9, lo=1)
    return (1 << end) - (1 << first) if first < end else 0


@lru_cache(maxsize=1 << 14)
def hand_bases(pitches: tuple[int, ...]) -> int:
    """Every fret where the first finger may rest while the hand holds the pitches, as bits; 0 if none."""
    bits = 0
    for placed in placements(pitches):
        if span_mm(placed) <= HAND_MM:
            for stops in fingerings(placed):
                bits |= bases_of((stop.fret, stop.finger) for stop in stops if stop.finger)
                if bits == _ANY_BASE:
                    return bits
    return bits


@lru_cache(maxsize=1 << 12)
def _reachable(bases: int, reach_mm: float) -> int:
    """The bases within a distance of any of `bases`, as bits."""
    bits = 0
    from_mm = [nut_mm(base) for base in range(1, LAST_BASE + 1) if bases >> base & 1]
    for base in range(1, LAST_BASE + 1):
        place = nut_mm(base)
        if any(abs(place - other) <= reach_mm for other in from_mm):
            bits |= 1 << base
    return bits


def leaves_time(gaps: Iterable[int], seconds_per_tick: float) -> bool:
    """Whether each of these gaps between onsets, in ticks, is long enough for any shift.

    If so, no search for an impossible shift is needed. A gap of 0 is ignored.
    """
    least_gap = min(filter(None, gaps), default=None)
    return least_gap is None or least_gap * seconds_per_tick >= _FREE_SECONDS


def first_impossible_shift(
    sets: Sequence[tuple[int, tuple[int, ...]]], seconds_per_tick: float
) -> tuple[int, int] | None:
    """The indices of the first two chords between which the hand has too little time, or None.

    `sets` are those of `onset_sets`. Every place where the hand can be is followed from chord to chord,
    at `SHIFT_MM_PER_SECOND` at most. Chords that cannot be held at all are skipped; other rules report
    them.
    """
    if leaves_time((later[0] - tick for (tick, _), later in pairwise(sets)), seconds_per_tick):
        return None
    reached, previous = _ANY_BASE, -1
    for index, (tick, pitches) in enumerate(sets):
        bases = hand_bases(pitches) if len(pitches) <= MAX_VOICES else 0
        if not bases:
            continue
        if previous >= 0:
            seconds = (tick - sets[previous][0]) * seconds_per_tick
            if seconds < _FREE_SECONDS:
                reach_mm = round(seconds * SHIFT_MM_PER_SECOND)
                now = _reachable(reached, reach_mm) & bases
                if not now:
                    return previous, index
                reached, previous = now, index
                continue
        reached, previous = bases, index
    return None
