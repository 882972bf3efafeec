"""The channels of plans, kept step by step while middles are written.

`constraints.language.plan_channels` computes the same numbers for a whole sequence; a test checks that both
agree.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.language.grammar import read
from constraints.language.plan_channels import (
    PLAN_CHANNEL_SIZES,
    bar_channels,
    is_rhythm_only,
    order_key,
    references_of,
    related_bar,
    set_cadence,
    set_reference,
)
from constraints.language.plan_codes import BAR_SIZES, RELATION, PlanCodes
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY, Kind
from violin.challenge import MAX_BARS

Ints = NDArray[np.int64]

_NO_REFERENCE = np.iinfo(np.int64).max


class PlanFollower:
    """Rows composed from prompts, with one plan per row. Where the plan is None, all channels are 0."""

    def __init__(self, prompts: Sequence[Encoded], plans: Sequence[PlanCodes | None]) -> None:
        count = len(prompts)
        self._plans = plans
        self._rows = np.zeros((count, MAX_BARS + 2, len(BAR_SIZES)), np.int16)
        self._cadence, self._bar, self._end, self._bar_ticks = (np.zeros(count, np.int64) for _ in range(4))
        self._notes: list[list[tuple[int, int, int, int]]] = []  # bar, place, pitch, duration
        for row, (prompt, plan) in enumerate(zip(prompts, plans, strict=True)):
            reading = read(prompt.tokens)
            ending_bars, beginning_bars, _ = reading.section_bars
            self._bar[row], self._end[row] = beginning_bars - 1, reading.bars - ending_bars
            self._bar_ticks[row] = reading.bar_ticks
            bar, place = np.divmod(reading.onset, reading.bar_ticks)
            columns = (bar, place, reading.pitch, reading.duration)
            self._notes.append(list(zip(*(column.tolist() for column in columns), strict=True)))
            if plan is not None:
                self._rows[row, : len(plan.bars) + 1] = plan.sounding()
                self._cadence[row] = plan.cadence
        self._is_planned = np.zeros(count, bool)  # in a bar of a middle with a plan
        self._place, self._pitch, self._duration = (np.zeros(count, np.int64) for _ in range(3))
        self._is_complete = np.zeros(count, bool)  # the last token completed a note
        self._keys = np.full((count, 1), _NO_REFERENCE)
        self._references = np.zeros((3, count, 1), np.int64)

    @property
    def place(self) -> Ints:
        """int64[B]: ticks since the barline of the newest token."""
        return self._place

    @property
    def bars_left(self) -> Ints:
        """int64[B]: bars up to the ending, 1 in the last composed bar."""
        return self._end - self._bar

    def advance(self, tokens: Ints, some: NDArray[np.bool_]) -> None:
        """Take one token in the rows `some`, bool[B]."""
        kind, value = np.where(some, VOCABULARY.kind[tokens], -1), VOCABULARY.value[tokens]
        self._is_planned[kind == Kind.EOS] = False
        self._is_complete[some] = kind[some] == Kind.DURATION
        for row in np.flatnonzero(kind == Kind.BAR).tolist():
            self._open_bar(row)
        moved = (kind == Kind.BAR) | (kind == Kind.POSITION)
        self._place[moved] = np.where(kind == Kind.POSITION, value, 0)[moved]
        self._pitch[moved] = 0
        struck = kind == Kind.PITCH
        self._pitch[struck] = value[struck]
        self._duration[struck] = 0
        lengthened = (kind == Kind.LONGER) | (kind == Kind.DURATION)
        self._duration[lengthened] += value[lengthened]
        for row in np.flatnonzero(self._is_complete & some).tolist():
            note = (self._bar[row], self._place[row], self._pitch[row], self._duration[row])
            self._notes[row].append((int(note[0]), int(note[1]), int(note[2]), int(note[3])))

    def channels(self) -> NDArray[np.int16]:
        """int16[B, 17] of the token just taken."""
        found = np.zeros((len(self._bar), len(PLAN_CHANNEL_SIZES)), np.int16)
        rows = np.flatnonzero(self._is_planned)
        bar, place = self._bar[rows], self._place[rows]
        values = bar_channels(self._rows[rows], bar, 2 * place >= self._bar_ticks[rows])
        set_cadence(values, self._cadence[rows], self._end[rows] - bar)
        pitch = np.where(is_rhythm_only(self._rows[rows, bar, RELATION]), 0, self._pitch[rows])
        wanted = order_key(0, place, pitch) + self._is_complete[rows]
        index = (self._keys[rows] < wanted[:, None]).sum(axis=1)
        index[index == self._keys.shape[1]] = 0
        known = np.flatnonzero(
            (self._keys[rows, index] >= wanted) & (self._keys[rows, index] < _NO_REFERENCE)
        )
        set_reference(values, known, *self._references[:, rows[known], index[known]])
        found[rows] = values
        return found

    def _open_bar(self, row: int) -> None:
        self._bar[row] += 1
        plan = self._plans[row]
        if plan is None:
            return
        self._is_planned[row] = True
        self._keys[row] = _NO_REFERENCE
        bar = int(self._bar[row])
        source = related_bar(plan, bar)
        notes = [note[1:] for note in self._notes[row] if note[0] == source]
        if source < 0 or not notes:
            return
        found = references_of(plan, bar, *np.array(notes, np.int64).T)
        count = len(found.place)
        if count > self._keys.shape[1]:
            more = count - self._keys.shape[1]
            self._keys = np.pad(self._keys, ((0, 0), (0, more)), constant_values=_NO_REFERENCE)
            self._references = np.pad(self._references, ((0, 0), (0, 0), (0, more)))
        self._keys[row, :count] = order_key(0, found.place, found.pitch)
        self._references[:, row, :count] = np.stack(found)
