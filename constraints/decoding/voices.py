"""The notes that sound in each row of a batch, when they end, and what may be written next to them.

All sets are ids of `constraints.decoding.sounding`. The notes of a row are sorted by their ends,
so the sets that sound from now on are the suffixes of the row: `left[:, k]` is what is left
after k releases. A row is *settled* if all of these sets may sound. While a chord is being
written a row may be unsettled; then further notes of the same onset must settle it, and the
masks below allow only notes and durations that leave a way to do so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constraints.decoding.sounding import PITCHES, Openings, SoundingSets, later_notes
from violin.challenge import MAX_VOICES

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = 1 << 40  # the end of an empty place
_WINDOWS = 3


class Voices:
    """B rows of sounding notes; ticks are counted from the start of the middle.

    pitch    int64[B, S], counted from 55; 54 for a pitch outside the vocabulary
    end      int64[B, S] ascending; NEVER in empty places
    left     int32[B, S + 1]: the id of what sounds after k releases
    settled  bool[B]: every set in `left` that really sounds may sound
    chord    int32[B]: the id of the notes struck together at the present onset
    """

    def __init__(
        self,
        sets: SoundingSets,
        openings: Openings,
        held: list[list[tuple[int, int]]],
        last_ticks: Ints,
        room: int = MAX_VOICES,
    ) -> None:
        """`held`: (pitch from 55, end) of each row; `last_ticks` int64[B]: no note lasts beyond it;
        `room`: the least number of notes that fit at once."""
        self.sets, self.openings = sets, openings
        self.last_ticks = last_ticks.copy()
        places = max([room, *map(len, held)])
        self.pitch: Ints = np.full((len(held), places), PITCHES)
        self.end: Ints = np.full((len(held), places), NEVER)
        for row, notes in enumerate(held):
            self._hold(row, notes)
        self.left: NDArray[np.int32] = np.zeros((len(held), places + 1), dtype=np.int32)
        self.settled: Bools = np.ones(len(held), dtype=bool)
        self.chord: NDArray[np.int32] = np.zeros(len(held), dtype=np.int32)
        self._renew(np.arange(len(held)))

    def restart(self, row: int, held: list[tuple[int, int]], last_tick: int) -> None:
        """From now on `held` sounds in a row, nothing else, and no note lasts beyond `last_tick`."""
        self.end[row], self.last_ticks[row] = NEVER, last_tick
        self._hold(row, held)
        self._renew(np.array([row]))

    def _hold(self, row: int, notes: list[tuple[int, int]]) -> None:
        for place, (pitch, end) in enumerate(notes):
            self.pitch[row, place], self.end[row, place] = pitch, min(end, int(self.last_ticks[row]))

    def count(self) -> Ints:
        """int64[B]: notes that sound now."""
        return np.count_nonzero(self.end < NEVER, axis=1)

    def unsettled_until(self) -> Ints:
        """int64[B]: the tick from which on all sets may sound, if nothing is added; 0 if all may."""
        ends = np.where(self._wrong(), self.end, 0)
        return ends.max(axis=1)

    def release(self, rows: Ints, ticks: Ints) -> None:
        """Go on to a later tick in each of some rows: drop the notes that have ended by then."""
        self.chord[rows] = 0
        gone = self.end[rows] <= ticks[:, None]
        changed = gone.any(axis=1)
        if changed.any():
            rows, gone = rows[changed], gone[changed]
            self.end[rows] = np.where(gone, NEVER, self.end[rows])
            self._renew(rows)

    def add(self, rows: Ints, pitches: Ints, ends: Ints) -> None:
        """Let a note (pitch from 55) sound in each of some rows until a tick; they have room for it."""
        self.end[rows, -1], self.pitch[rows, -1] = ends, pitches
        self.chord[rows] = self.sets.joined(self.chord[rows], pitches)
        self._renew(rows)

    def _renew(self, rows: Ints) -> None:
        """Sort the notes of some rows and compute their sets."""
        order = np.argsort(self.end[rows], axis=1, kind="stable")
        end = np.take_along_axis(self.end[rows], order, axis=1)
        pitch = np.take_along_axis(self.pitch[rows], order, axis=1)
        self.end[rows], self.pitch[rows] = end, pitch
        left = np.zeros((len(rows), end.shape[1] + 1), dtype=np.int32)
        for place in range(end.shape[1] - 1, -1, -1):
            rest = left[:, place + 1]
            left[:, place] = np.where(end[:, place] < NEVER, self.sets.joined(rest, pitch[:, place]), rest)
        self.left[rows] = left
        self.settled[rows] = ~self._wrong(rows).any(axis=1)

    def _wrong(self, rows: Ints | slice = slice(None)) -> Bools:
        """bool[R, S]: the set before the k-th release really sounds but may not."""
        end = self.end[rows]
        sounds = end < NEVER
        sounds[:, 1:] &= end[:, 1:] > end[:, :-1]
        return sounds & ~self.sets.settled[self.left[rows, :-1]]

    def open_ticks(self, rows: Ints, ticks: Ints) -> Bools:
        """bool[R, T]: whether some note may begin in settled rows at `ticks`, int64[R, T] ascending."""
        free = self.openings.any_note[self.left[rows]]
        result = np.ones(ticks.shape, dtype=bool)
        # The common case: every suffix allows a further note, so every tick does.
        sounds = np.concatenate([np.ones((len(rows), 1), dtype=bool), self.end[rows] < NEVER], axis=1)
        tight = np.flatnonzero((sounds & ~free).any(axis=1))
        if len(tight):
            released = np.zeros((len(tight), ticks.shape[1]), dtype=np.int64)
            for end in self.end[rows[tight]].T:
                released += end[:, None] <= ticks[tight]
            result[tight] = np.take_along_axis(free[tight], released, axis=1)
        return result

    def joining(self, sounding: NDArray[np.int32]) -> Bools:
        """bool[n, 54]: the pitches that may sound with each set at once."""
        return self.openings.settles[self.sets.row(sounding)]

    def sounding_at(self, rows: Ints, ticks: Ints) -> NDArray[np.int32]:
        """int32[R]: what sounds in some rows at one tick each, if nothing else is written."""
        return self.left[rows, (self.end[rows] <= ticks[:, None]).sum(axis=1)]

    def last_open_tick(self, earliest: Ints, latest: Ints) -> Ints:
        """int64[B]: the last tick from `earliest` to `latest` at which some note may begin if
        nothing else is written, or -1."""
        free = self.openings.any_note[self.left]
        starts = np.concatenate([np.zeros((len(self.end), 1), dtype=np.int64), self.end], axis=1)
        starts = np.maximum(starts, np.maximum(self.unsettled_until(), earliest)[:, None])
        never = np.full((len(self.end), 1), NEVER)
        limit = np.minimum(self.last_ticks, latest + 1)
        stops = np.minimum(np.concatenate([self.end, never], axis=1), limit[:, None])
        return np.where(free & (stops > starts), stops - 1, -1).max(axis=1)

    def pitches(self, rows: Ints, above: Ints, may_wait: Bools) -> Bools:
        """bool[R, 54]: the pitches above `above` (from 55; -1: any) that may join the onset now.

        Each of them has at least one duration in `windows`. Only where `may_wait`, bool[R], may
        a pitch leave its row unsettled for others to settle.
        """
        settles, row = self.openings.settles, self.sets.row
        chord, sounding = self.chord[rows], self.left[rows, 0]
        allowed = settles[row(sounding)] & settles[row(chord)]
        first = np.flatnonzero((chord == 0) & may_wait)
        allowed[first] = self.openings.begins[row(sounding[first])]
        self._allow_rescued(allowed, np.flatnonzero((chord != 0) & may_wait), rows)
        allowed &= np.arange(PITCHES) > above[:, None]
        # What is left after the first release must be settled by the same note; two notes at
        # most can then be wrong, so this is the only suffix to look at.
        late = np.flatnonzero(self._wrong(rows)[:, 1])
        if len(late):
            allowed[late] &= settles[row(self.left[rows[late], 1])]
        return allowed

    def _allow_rescued(self, allowed: Bools, later: Ints, rows: Ints) -> None:
        """Add the notes that leave three unsettled for a fourth to settle: one held, two struck."""
        count = self.count()[rows[later]]
        some = later[(count == 2) & (self.chord[rows[later]] != self.left[rows[later], 0])]
        if not len(some):
            return
        sets, settles = self.sets, self.openings.settles
        sounding, chord = self.left[rows[some], 0], self.chord[rows[some]]
        case, pitch = np.nonzero(settles[sets.row(chord)] & ~allowed[some])
        three, struck = sets.joined(sounding[case], pitch), sets.joined(chord[case], pitch)
        fourth = later_notes(settles, sets.row(three), sets.row(struck), pitch)
        allowed[some[case], pitch] = fourth.any(axis=1)

    def windows(self, rows: Ints, ticks: Ints, pitches: Ints, may_wait: Bools) -> tuple[Ints, Ints]:
        """First and last tick at which a new note may end: int64[R, 3] each, empty if first > last.

        A note that ends within a window leaves its row settled, or such that a higher note of
        the same onset, chosen by `pitches`, can still settle it.
        """
        count = self.count()[rows]
        last = self.last_ticks[rows]
        first_ends = np.full((len(rows), _WINDOWS), 1)
        last_ends = np.zeros((len(rows), _WINDOWS), dtype=np.int64)
        first_ends[:, 0], last_ends[:, 0] = ticks + 1, last
        two = np.flatnonzero(count == 2)
        if len(two):
            bounds_of_two = self._next_to_two(rows[two], ticks[two], pitches[two], may_wait[two])
            first_ends[two], last_ends[two] = bounds_of_two
        three = np.flatnonzero(count == 3)
        if len(three):
            bounds = self._next_to_three(rows[three], ticks[three], pitches[three])
            first_ends[three, 0], last_ends[three, 0] = bounds
        return first_ends, last_ends

    def _next_to_two(self, rows: Ints, ticks: Ints, pitches: Ints, may_wait: Bools) -> tuple[Ints, Ints]:
        """The new note may end before, with or after the first release of the two others.

        With it three notes sound, then two. `pitches` ensures that the three are settled or can be; the two
        must be settled as well, or a fourth note must settle the three and the two at once.
        """
        end, last = self.end[rows], self.last_ticks[rows]
        three = self.sets.joined(self.left[rows, 0], pitches)
        settles = self.openings.settles
        struck = self.sets.joined(self.chord[rows], pitches)
        higher = later_notes(settles, self.sets.row(three), self.sets.row(struck), pitches)
        higher &= may_wait[:, None]

        def bearable(two: NDArray[np.int32]) -> Bools:
            return self.sets.settled[two] | (higher & settles[self.sets.row(two)]).any(axis=1)

        before = bearable(self.left[rows, 0])
        apart = end[:, 1] > end[:, 0]
        after = apart & bearable(self.sets.joined(self.left[rows, 1], pitches))
        first_ends = np.stack([ticks + 1, end[:, 0], end[:, 0] + 1], axis=1)
        last_ends = np.stack(
            [
                np.where(before, end[:, 0] - 1, -1),
                np.where(apart, end[:, 0], last),
                np.where(after, last, -1),
            ],
            axis=1,
        )
        return first_ends, last_ends

    def _next_to_three(self, rows: Ints, ticks: Ints, pitches: Ints) -> tuple[Ints, Ints]:
        """The fourth note lasts while the others need it, and ends before they are unplayable with it."""
        end, last = self.end[rows], self.last_ticks[rows]
        wrong = self._wrong(rows)
        first_end = np.where(wrong[:, 1], end[:, 1], np.where(wrong[:, 0], end[:, 0], ticks + 1))
        settled = self.sets.settled
        first = (end[:, 1] > end[:, 0]) & ~settled[self.sets.joined(self.left[rows, 1], pitches)]
        second = (end[:, 2] > end[:, 1]) & ~settled[self.sets.joined(self.left[rows, 2], pitches)]
        return first_end, np.where(first, end[:, 0], np.where(second, end[:, 1], last))
