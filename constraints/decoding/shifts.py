"""Where the hand can be in time: the linter's rule of impossible shifts, for a batch of rows.

The hand moves at most `SHIFT_MM_PER_SECOND` from onset to onset, and a chord determines at which frets
the first finger can rest (`constraints.hand.playability`). A row keeps these frets as bits: where the
hand may be at its last onset, and where it must be at the first onset of the given ending. An
onset far enough from both in time, `FREE_SECONDS`, is free: the hand gets anywhere.

If an onset is not free, each prefix of its ascending chord must be in reach too. This is stricter than the
rule for 398 of the 26,232 playable sets, in which a note on a lower string lies above another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from constraints.decoding.sounding import PITCHES, SoundingSets
from constraints.hand.playability import LAST_BASE, SHIFT_MM_PER_SECOND, hand_bases
from constraints.language.spec import Struck
from violin.hand import nut_mm
from violin.music import TICKS_PER_BEAT

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

"""(grid tick, pitches struck together), by tick."""

ANYWHERE = (1 << LAST_BASE + 1) - 2
_PLACES_MM = np.array([nut_mm(base) for base in range(1, LAST_BASE + 1)])
FREE_SECONDS = float(_PLACES_MM[-1] - _PLACES_MM[0]) / SHIFT_MM_PER_SECOND
_LONG_AGO, _NEVER = -1e9, 1e9
_TIMELESS = 1e3  # seconds per tick where the rule is off: every onset is free

# _NEAR[mm, b]: the frets within `mm` millimetres of fret b, as bits.
_NEAR: Ints = np.zeros((math.ceil(FREE_SECONDS * SHIFT_MM_PER_SECOND) + 1, LAST_BASE + 1), dtype=np.int64)
for _mm in range(len(_NEAR)):
    _within = np.abs(_PLACES_MM[:, None] - _PLACES_MM) <= _mm
    _NEAR[_mm, 1:] = _within @ (1 << np.arange(1, LAST_BASE + 1))


class Shifts:
    """B rows of hands; ticks are grid ticks from the start of the middle.

    place    int64[B]: the frets that the hand can be at for the present onset, as bits
    """

    def __init__(
        self,
        sets: SoundingSets,
        tempos_us_per_beat: Sequence[int | None],
        struck_before: Sequence[Struck],
        struck_after: Sequence[Struck],
    ) -> None:
        """One tempo per row, None to switch the rule off; the notes struck before the middle (ticks below 0)
        and after it (ticks from the middle's start)."""
        self._known = _KnownBases.of(sets)
        rows = len(tempos_us_per_beat)
        self._seconds_per_tick: Floats = np.full(rows, _TIMELESS)
        self._last: Floats = np.full(rows, _LONG_AGO)
        self._reached: Ints = np.full(rows, ANYWHERE)
        self._goal_tick: Floats = np.full(rows, _NEVER)
        self._goal: Ints = np.full(rows, ANYWHERE)
        self.place: Ints = np.full(rows, ANYWHERE)
        for row, (tempo, before, after) in enumerate(
            zip(tempos_us_per_beat, struck_before, struck_after, strict=True)
        ):
            if tempo is None or tempo < FREE_SECONDS * 1e6:
                continue  # at such a tempo no onset would be free; P009 may report it
            seconds = tempo / 1e6 / TICKS_PER_BEAT
            self._seconds_per_tick[row] = seconds
            self._last[row], self._reached[row] = _last_place(before, seconds)
            self._aim(row, after)

    def _aim(self, row: int, after: Struck) -> None:
        backwards = [(-tick, pitches) for tick, pitches in reversed(after)]
        tick, self._goal[row] = _last_place(backwards, float(self._seconds_per_tick[row]))
        self._goal_tick[row] = -tick

    def free_ticks(self) -> tuple[Ints, Ints]:
        """First and last tick, int64[B] each, between which the given notes leave the hand free."""
        needed = FREE_SECONDS / self._seconds_per_tick
        first, last = np.ceil(self._last + needed), np.floor(self._goal_tick - needed)
        return first.astype(np.int64), last.astype(np.int64)

    def is_near(self, rows: Ints, ticks: Ints) -> Bools:
        """bool[R, T]: which of `ticks`, int64[R, T], are not free."""
        needed = (FREE_SECONDS / self._seconds_per_tick[rows])[:, None]
        return (ticks - self._last[rows, None] < needed) | (self._goal_tick[rows, None] - ticks < needed)

    def places_at(self, rows: Ints, ticks: Ints) -> Ints:
        """int64[R]: the frets that the hand can be at in some rows at one tick each, as bits."""
        seconds = self._seconds_per_tick[rows]
        arrived = _reach(self._reached[rows], (ticks - self._last[rows]) * seconds)
        return arrived & _reach(self._goal[rows], (self._goal_tick[rows] - ticks) * seconds)

    def move(self, rows: Ints, ticks: Ints) -> None:
        """An onset begins at one tick in each of some rows."""
        self.place[rows] = self.places_at(rows, ticks)

    def strike(self, rows: Ints, ticks: Ints, chords: NDArray[np.int32]) -> None:
        """Set the chord (an id) of the present onset in some rows, at one tick each."""
        timed = self._seconds_per_tick[rows] < _TIMELESS
        rows = rows[timed]
        self._reached[rows] = self.place[rows] & self._known.bases(chords[timed])
        self._last[rows] = ticks[timed]

    def strike_kept(self, row: int, tick: int, pitches: tuple[int, ...], after: Struck) -> None:
        """The chord of the current onset is given, playable or not; `after` are the given onsets after it."""
        if self._seconds_per_tick[row] >= _TIMELESS:
            return
        bases = hand_bases(pitches)
        if bases:
            self._reached[row], self._last[row] = int(self.place[row]) & bases or bases, tick
        self._aim(row, after)

    def is_bound(self, rows: Ints) -> Bools:
        """bool[R]: rows whose present onset is not free."""
        return self.place[rows] != ANYWHERE

    def single_pitches(self, places: Ints) -> Bools:
        """bool[n, 54]: the single notes that a hand at one of `places` can stop."""
        return (places[:, None] & self._known.singles) != 0

    def in_reach(self, rows: Ints, chords: NDArray[np.int32], allowed: Bools) -> Bools:
        """bool[R, 54]: which of the `allowed` pitches join `chords` within the hand's reach now."""
        row, pitch = np.nonzero(allowed)
        joined = self._known.sets.joined(chords[row], pitch)
        result = np.zeros_like(allowed)
        result[row, pitch] = (self.place[rows[row]] & self._known.bases(joined)) != 0
        return result


class _KnownBases:
    """`hand_bases` of the sets of a table, each computed on first use."""

    def __init__(self, sets: SoundingSets) -> None:
        self.sets = sets
        self._bases: Ints = np.full(len(sets.settled), -1)
        self.singles: Ints = np.array([hand_bases((pitch,)) for pitch in range(55, 55 + PITCHES)])

    @staticmethod
    @lru_cache(maxsize=8)
    def of(sets: SoundingSets) -> _KnownBases:
        return _KnownBases(sets)

    def bases(self, ids: NDArray[np.int32]) -> Ints:
        found = self._bases[ids]
        for unknown in np.unique(ids[found < 0]):
            self._bases[unknown] = hand_bases(self.sets.pitches_of(int(unknown)))
        return self._bases[ids]


def _reach(places: Ints, seconds: Floats) -> Ints:
    """int64[n]: the frets that a hand at one of `places` can reach in the given seconds, as bits.

    The linter rounds the distance to whole millimetres; at a tie this takes the shorter one.
    """
    result = np.full(len(places), ANYWHERE)
    near = np.flatnonzero(seconds < FREE_SECONDS)
    if len(near):
        way_mm = np.ceil(seconds[near] * SHIFT_MM_PER_SECOND - 0.5 - 1e-6).astype(np.int64)
        way_mm = np.clip(way_mm, 0, len(_NEAR) - 1)
        places = places[near]
        bits = np.zeros(len(near), dtype=np.int64)
        for base in range(1, LAST_BASE + 1):
            bits |= np.where(places >> base & 1, _NEAR[way_mm, base], 0)
        result[near] = bits
    return result


def _last_place(struck: Struck, seconds_per_tick: float) -> tuple[float, int]:
    """(tick, frets as bits) of the hand at the last playable one of some onsets."""
    last, reached = _LONG_AGO, ANYWHERE
    for tick, pitches in struck:
        bases = hand_bases(pitches)
        if bases:
            seconds = np.array([(tick - last) * seconds_per_tick])
            # Given bars may be unplayable: the hand may be anywhere after them.
            reached = int(_reach(np.array([reached]), seconds)[0]) & bases or bases
            last = tick
    return last, reached
