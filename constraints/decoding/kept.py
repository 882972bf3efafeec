"""Kept notes of the middle: their positions, and the only tokens that are allowed there.

At the onset of a kept note only kept notes begin, and no new note lasts into it. So what sounds there is
known before anything is written. A kept onset ends a stretch of new notes as the given ending does, and
starts the next one as the given beginning does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.decoding.sounding import pitch_index
from constraints.decoding.voices import NEVER
from constraints.language.spec import DecodeSpec, Struck
from constraints.language.vocabulary import LONGEST_DURATION_TICKS, VOCABULARY, Kind
from violin.challenge import MAX_VOICES

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Sounding = list[tuple[int, int]]
"""(pitch counted from 55, end tick)"""
_POSITION, _PITCH, _DURATION = (VOCABULARY.span(kind) for kind in (Kind.POSITION, Kind.PITCH, Kind.DURATION))


class KeptOnset(NamedTuple):
    """An onset of kept notes. Ticks count from the start of the middle.

    notes     (pitch, duration) ascending
    sounding  the given and kept notes that last into the onset
    limit     the tick by which later new notes end: the next kept onset, or the end of the middle
    after     the onsets after it: of kept notes, then of the ending
    """

    tick: int
    notes: tuple[tuple[int, int], ...]
    sounding: Sounding
    limit: int
    after: Struck

    @property
    def pitches(self) -> tuple[int, ...]:
        return tuple(pitch for pitch, _ in self.notes)


class KeptNotes:
    """The kept notes of B rows.

    struck     the onsets of each row after the start of the middle: of kept notes, then of the ending
    tick       int64[B]: the tick of the next kept onset; NEVER if there is none
    is_due     bool[B]: the row is at a kept onset, and some of its notes are still to be written
    is_closed  bool[B]: the row is at a kept onset, and all of its notes are written
    """

    def __init__(self, specs: Sequence[DecodeSpec]) -> None:
        self._onsets = [_onsets(spec) for spec in specs]
        self.struck = [struck_after(spec) for spec in specs]
        rows = len(specs)
        self._passed = np.zeros(rows, dtype=np.int64)
        self._written = np.zeros(rows, dtype=np.int64)
        self.tick: Ints = np.array([some[0].tick if some else NEVER for some in self._onsets], dtype=np.int64)
        self.is_due: Bools = np.zeros(rows, dtype=bool)
        self.is_closed: Bools = np.zeros(rows, dtype=bool)

    @property
    def has_notes(self) -> Bools:
        """bool[B]: the row has kept notes."""
        return np.array([bool(some) for some in self._onsets])

    def room(self) -> int:
        """The most notes that sound at one kept onset; at least four."""
        counts = [len(onset.sounding) + len(onset.notes) for some in self._onsets for onset in some]
        return max([MAX_VOICES, *counts])

    def onset(self, row: int) -> KeptOnset:
        """The kept onset at which a row is, or else its next one."""
        return self._onsets[row][self._passed[row]]

    def move(self, rows: Ints, ticks: Ints, is_onset: Bools) -> Ints:
        """Move some rows to a later barline or onset; returns the rows that are at a kept onset's tick."""
        self.is_closed[rows] = False
        reached = self.tick[rows] == ticks
        self.is_due[rows] = reached & is_onset
        return rows[reached]

    def take_note(self, rows: Ints) -> Ints:
        """Count a written kept note in some rows; returns the rows whose onset is complete now."""
        self._written[rows] += 1
        needed = np.array([len(self.onset(row).notes) for row in rows.tolist()], dtype=np.int64)
        complete = rows[self._written[rows] == needed]
        self.is_due[complete], self.is_closed[complete] = False, True
        return complete

    def leave(self, row: int) -> None:
        """Go to the next kept onset of a row whose onset is complete."""
        self._passed[row] += 1
        self._written[row] = 0
        later = self._onsets[row][self._passed[row] :]
        self.tick[row] = later[0].tick if later else NEVER

    def allow_places(self, mask: Bools, rows: Ints, barlines: Ints, bar_ticks: Ints) -> None:
        """Where the next kept onset is in the current bar, allow it and forbid everything later."""
        place = self.tick[rows] - barlines
        for row, at in zip(rows[place < bar_ticks].tolist(), place[place < bar_ticks].tolist(), strict=True):
            mask[row, _POSITION.start + at : _POSITION.stop] = False
            mask[row, _POSITION.start + at] = True
            mask[row, [VOCABULARY.BAR, VOCABULARY.EOS]] = False

    def allow_notes(self, mask: Bools, rows: Ints, has_pitch: Bools, spent: Ints) -> None:
        """Allow the next kept pitch, or the rest of its duration, in rows that are due."""
        for row, in_note, ticks in zip(rows.tolist(), has_pitch.tolist(), spent.tolist(), strict=True):
            pitch, duration = self.onset(row).notes[self._written[row]]
            if not in_note:
                mask[row, _PITCH.start + pitch_index(pitch)] = True
            elif duration - ticks > LONGEST_DURATION_TICKS:
                mask[row, VOCABULARY.LONGER] = True
            else:
                mask[row, _DURATION.start + duration - ticks - 1] = True


def held_notes(spec: DecodeSpec) -> Sounding:
    """The notes of the beginning that last into the middle: one per pitch, cut at the end of the middle."""
    last = spec.middle_bars * spec.meter.bar_ticks()
    ends: dict[int, int] = {}
    for pitch, ticks in spec.held:
        if ticks > 0:
            ends[pitch] = max(ends.get(pitch, 0), min(ticks, last))
    return [(pitch_index(pitch), end) for pitch, end in ends.items()]


def struck_after(spec: DecodeSpec) -> Struck:
    """The onsets after the start of the middle, counted from there: of kept notes, then of the ending."""
    last = spec.middle_bars * spec.meter.bar_ticks()
    kept = [(tick, tuple(pitch for pitch, _ in notes)) for tick, notes in _grouped(spec)]
    return [*kept, *((tick + last, pitches) for tick, pitches in spec.struck_after)]


def _onsets(spec: DecodeSpec) -> list[KeptOnset]:
    groups, struck = _grouped(spec), struck_after(spec)
    limits = [*(tick for tick, _ in groups), spec.middle_bars * spec.meter.bar_ticks()]
    sounding, onsets = held_notes(spec), []
    for place, (tick, notes) in enumerate(groups):
        sounding = [(pitch, end) for pitch, end in sounding if end > tick]
        onsets.append(KeptOnset(tick, notes, sounding, limits[place + 1], struck[place + 1 :]))
        sounding = sounding + [(pitch_index(pitch), tick + duration) for pitch, duration in notes]
    return onsets


def _grouped(spec: DecodeSpec) -> list[tuple[int, tuple[tuple[int, int], ...]]]:
    """(tick, (pitch, duration) ascending) of the kept onsets, in order."""
    return [
        (tick, tuple((pitch, duration) for _, pitch, duration in notes))
        for tick, notes in groupby(sorted(spec.kept), key=itemgetter(0))
    ]
