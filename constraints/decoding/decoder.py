"""What may be written next: one mask over the vocabulary for each row of a batch.

The decoder follows the tokens of the middle, from the first BAR on. It allows exactly those tokens
after which the phrase can still be finished within the rules:

* The phrase has the requested number of bars and at least one note.
* Positions ascend within a bar, pitches within a chord.
* Every set of sounding notes is playable, held notes of the beginning included. By default the
  organisers' judge can read it, too.
* No note lasts into the ending.

No mask is ever empty, so there is nothing to repair or retry.

Where the rules would leave a middle silent and no note is possible at all, because held notes
block it to its end, silence is allowed. If no ending is given, some note must sound in the last
bar, or the file would read as a shorter phrase.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constraints.decoding.kept import KeptNotes, held_notes
from constraints.decoding.shifts import Shifts
from constraints.decoding.sounding import (
    check_range,
    openings,
    sounding_table,
)
from constraints.decoding.voices import Voices
from constraints.language.grammar import (
    CHANNEL_POSITION_TICKS,
    CHANNEL_SIZES,
    GOAL_BARS,
    OUTSIDE,
    goal_channels,
)
from constraints.language.spec import DecodeSpec
from constraints.language.vocabulary import (
    HIGHEST_PITCH,
    LONGEST_DURATION_TICKS,
    LOWEST_PITCH,
    VOCABULARY,
    Kind,
)
from violin.challenge import MAX_VOICES
from violin.instrument import Tier

# Phases of a row: what the last token was.
_START, _BAR, _POSITION, _PITCH, _NOTE, _DONE = range(6)
_POSITIONS, _PITCHES, _DURATIONS = (
    VOCABULARY.span(kind) for kind in (Kind.POSITION, Kind.PITCH, Kind.DURATION)
)


class ConstraintDecoder:
    """Masks for a batch of B rows, one token per row and step.

        decoder = ConstraintDecoder(specs)
        while not decoder.done.all():
            tokens = sample(logits, decoder.mask())
            decoder.advance(tokens)

    `hardest` and `readable` choose the sets that may sound; `lowest`, `highest` and `pitch_classes`
    (0 is C; None: all) choose the pitches that may be written. Held notes need not obey them. But no
    note joins a held set that is not allowed until enough of its notes have ended. ValueError if the
    range holds no playable note.
    """

    def __init__(
        self,
        specs: Sequence[DecodeSpec],
        *,
        hardest: Tier = Tier.VIRTUOSO,
        readable: bool = True,
        lowest: int = LOWEST_PITCH,
        highest: int = HIGHEST_PITCH,
        pitch_classes: tuple[int, ...] | None = None,
    ) -> None:
        check_range(hardest, readable, lowest, highest, pitch_classes)
        sets = sounding_table(hardest, readable)
        opening = openings(hardest, readable, lowest, highest, pitch_classes)
        rows = len(specs)
        self._bar_ticks = np.array([spec.meter.bar_ticks() for spec in specs], dtype=np.int64)
        self._bars = np.array([spec.middle_bars for spec in specs], dtype=np.int64)
        self._beginning_bars = np.array([spec.beginning_bars for spec in specs], dtype=np.int64)
        self._is_last_section = np.array([spec.ending_bars == 0 for spec in specs], dtype=bool)
        self._kept = KeptNotes(specs)
        held = [held_notes(spec) for spec in specs]
        limits = np.minimum(self._bars * self._bar_ticks, self._kept.tick)
        self._voices = Voices(sets, opening, held, limits, self._kept.room())
        self._shifts = Shifts(
            sets,
            [spec.tempo_us_per_beat for spec in specs],
            [spec.struck_before for spec in specs],
            self._kept.struck,
        )
        self._blocked_until = self._voices.unsettled_until()
        self._last_chance = self._voices.last_open_tick(*self._shifts.free_ticks())
        self._last_chance[self._kept.has_notes] = 0  # a note is sure to sound
        self._needs_note = (self._last_chance >= 0) & ~self._kept.has_notes
        self._goal = np.array([-1 if spec.goal is None else spec.goal for spec in specs], dtype=np.int64)
        self._newest = np.full(rows, -1)  # the newest pitch of the middle
        self._latest_end = np.array([max((e for _, e in notes), default=0) for notes in held], dtype=np.int64)

        self._phase = np.full(rows, _START)
        self._bar = np.full(rows, -1)
        self._position = np.full(rows, -1)
        self._pitch = np.full(rows, -1)  # of the newest note of this onset, counted from 55
        self._spent = np.zeros(rows, dtype=np.int64)  # ticks of the current note's LONGER tokens
        self._first_end = np.zeros((rows, 3), dtype=np.int64)
        self._last_end = np.zeros((rows, 3), dtype=np.int64)
        self._mask = np.zeros((rows, len(VOCABULARY)), dtype=bool)
        self._mask_is_stale = np.ones(rows, dtype=bool)
        self._is_pad = np.zeros(rows, dtype=bool)

    @property
    def done(self) -> NDArray[np.bool_]:
        """bool[B]: the row has taken EOS; from then on it takes only PAD."""
        return self._phase == _DONE

    @property
    def _tick(self) -> NDArray[np.int64]:
        return np.maximum(self._bar, 0) * self._bar_ticks + np.maximum(self._position, 0)

    def mask(self) -> NDArray[np.bool_]:
        """bool[B, V]: the tokens that may come next. Read only, and valid until `advance`."""
        stale = np.flatnonzero(self._mask_is_stale)
        if len(stale):
            self._mask[stale] = False
            phase = self._phase[stale]
            self._mask[stale, VOCABULARY.PAD] = phase == _DONE
            self._mask[stale, VOCABULARY.BAR] = phase == _START
            due, closed = self._kept.is_due[stale], self._kept.is_closed[stale]
            moves_on = ((phase == _BAR) | (phase == _NOTE)) & self._is_settled()[stale]
            self._allow_places(stale[moves_on & ~due])
            self._allow_pitches(stale[((phase == _POSITION) | (phase == _NOTE)) & ~due & ~closed])
            self._allow_durations(stale[(phase == _PITCH) & ~due])
            self._kept.allow_notes(self._mask, stale[due], phase[due] == _PITCH, self._spent[stale[due]])
            self._mask_is_stale[:] = False
        view = self._mask.view()
        view.flags.writeable = False
        return view

    def _is_settled(self) -> NDArray[np.bool_]:
        """Rows in which no chord waits for a further note: before the first note, and at kept notes."""
        return self._voices.settled | (self._phase == _BAR) | self._kept.is_closed

    def _allow_places(self, rows: NDArray[np.int64]) -> None:
        """A later onset of this bar, the next bar, or the end."""
        if not len(rows):
            return
        bar, bar_ticks = self._bar[rows], self._bar_ticks[rows]
        place = np.arange(_POSITIONS.stop - _POSITIONS.start)
        first = np.maximum(self._position[rows] + 1, self._blocked_until[rows] - bar * bar_ticks)
        allowed = (place >= first[:, None]) & (place < bar_ticks[:, None])
        ticks = (bar * bar_ticks)[:, None] + place
        allowed &= self._voices.open_ticks(rows, ticks)
        self._forbid_shifts(allowed, rows, ticks)
        self._mask[rows, _POSITIONS] = allowed

        is_last = bar == self._bars[rows] - 1
        next_barline = (bar + 1) * bar_ticks
        needs_note = self._needs_note[rows]
        self._mask[rows, VOCABULARY.BAR] = ~is_last & (
            ~needs_note | (self._last_chance[rows] >= next_barline)
        )
        sounds = ~self._is_last_section[rows] | (self._latest_end[rows] > bar * bar_ticks)
        impossible = self._last_chance[rows] < 0
        self._mask[rows, VOCABULARY.EOS] = is_last & ((~needs_note & sounds) | impossible)
        self._kept.allow_places(self._mask, rows, bar * bar_ticks, bar_ticks)

    def _forbid_shifts(
        self, allowed: NDArray[np.bool_], rows: NDArray[np.int64], ticks: NDArray[np.int64]
    ) -> None:
        """Take out the places at which no note is in the hand's reach."""
        case, place = np.nonzero(allowed & self._shifts.is_near(rows, ticks))
        if len(case):
            row, tick = rows[case], ticks[case, place]
            in_reach = self._shifts.single_pitches(self._shifts.places_at(row, tick))
            sounding = self._voices.sounding_at(row, tick)
            allowed[case, place] = (in_reach & self._voices.joining(sounding)).any(axis=1)

    def _allow_pitches(self, rows: NDArray[np.int64]) -> None:
        if not len(rows):
            return
        is_bound = self._shifts.is_bound(rows)
        allowed = self._voices.pitches(rows, self._pitch[rows], may_wait=~is_bound)
        bound = np.flatnonzero(is_bound)
        if len(bound):
            chords = self._voices.chord[rows[bound]]
            allowed[bound] = self._shifts.in_reach(rows[bound], chords, allowed[bound])
        self._mask[rows, _PITCHES] = allowed

    def _allow_durations(self, rows: NDArray[np.int64]) -> None:
        if not len(rows):
            return
        so_far = (self._tick[rows] + self._spent[rows])[:, None]
        first, last = self._first_end[rows] - so_far, self._last_end[rows] - so_far
        ticks = np.arange(1, LONGEST_DURATION_TICKS + 1)
        allowed = np.zeros((len(rows), len(ticks)), dtype=bool)
        for window in range(first.shape[1]):
            some = first[:, window] <= last[:, window]
            if some.any():
                allowed |= (ticks >= first[:, window, None]) & (ticks <= last[:, window, None])
        self._mask[rows, _DURATIONS] = allowed
        longest = np.where(first <= last, last, 0).max(axis=1)
        self._mask[rows, VOCABULARY.LONGER] = longest > LONGEST_DURATION_TICKS

    def advance(self, tokens: ArrayLike, some: NDArray[np.bool_] | None = None) -> None:
        """Take one token per row, int[B], in all rows or only in `some`, bool[B]. ValueError names the first
        token that the mask does not allow."""
        tokens = np.asarray(tokens, dtype=np.int64)
        some = np.ones(len(tokens), dtype=bool) if some is None else some
        allowed = self.mask()[np.arange(len(self._mask)), tokens] | ~some
        if not allowed.all():
            row = int(np.argmin(allowed))
            raise ValueError(f"row {row}: {VOCABULARY.names[tokens[row]]} may not come next")
        self._mask_is_stale |= some
        kind, value = np.where(some, VOCABULARY.kind[tokens], -1), VOCABULARY.value[tokens]
        self._is_pad[some] = kind[some] == Kind.PAD
        self._phase[kind == Kind.EOS] = _DONE
        self._spent[kind == Kind.LONGER] += LONGEST_DURATION_TICKS
        self._take_place(kind, value)
        self._take_pitch(np.flatnonzero(kind == Kind.PITCH), value)
        self._take_duration(np.flatnonzero(kind == Kind.DURATION), value)

    def _take_place(self, kind: NDArray[np.int64], value: NDArray[np.int64]) -> None:
        barline, position = kind == Kind.BAR, kind == Kind.POSITION
        self._bar[barline] += 1
        self._position[barline] = -1
        self._phase[barline] = _BAR
        self._position[position] = value[position]
        self._phase[position] = _POSITION
        moved = np.flatnonzero(barline | position)
        self._pitch[moved] = -1
        self._voices.release(moved, self._tick[moved])
        onset = np.flatnonzero(position)
        self._shifts.move(onset, self._tick[onset])
        for row in self._kept.move(moved, self._tick[moved], position[moved]).tolist():
            kept = self._kept.onset(row)
            self._voices.restart(row, kept.sounding, kept.limit)

    def _take_pitch(self, rows: NDArray[np.int64], value: NDArray[np.int64]) -> None:
        if len(rows):
            pitch = value[rows] - LOWEST_PITCH
            may_wait = ~self._shifts.is_bound(rows)
            windows = self._voices.windows(rows, self._tick[rows], pitch, may_wait)
            self._first_end[rows], self._last_end[rows] = windows
            self._pitch[rows] = pitch
            self._newest[rows] = value[rows]
            self._spent[rows] = 0
            self._phase[rows] = _PITCH

    def _take_duration(self, rows: NDArray[np.int64], value: NDArray[np.int64]) -> None:
        if len(rows):
            end = self._tick[rows] + self._spent[rows] + value[rows]
            self._voices.add(rows, self._pitch[rows], np.minimum(end, self._voices.last_ticks[rows]))
            free, due = rows[~self._kept.is_due[rows]], rows[self._kept.is_due[rows]]
            self._shifts.strike(free, self._tick[free], self._voices.chord[free])
            self._latest_end[rows] = np.maximum(self._latest_end[rows], end)
            self._needs_note[rows] = False
            self._phase[rows] = _NOTE
            for row in self._kept.take_note(due).tolist():
                kept = self._kept.onset(row)
                self._shifts.strike_kept(row, kept.tick, kept.pitches, kept.after)
                self._blocked_until[row] = self._voices.unsettled_until()[row]
                self._kept.leave(row)

    def channels(self) -> NDArray[np.int16]:
        """int16[B, 6] of the token just taken, or of MID before the first; see `grammar`."""
        outside = (self._phase == _START) | (self._phase == _DONE)
        channels = np.empty((len(self._bar), len(CHANNEL_SIZES)), dtype=np.int16)
        channels[:, 0] = self._beginning_bars + self._bar + 1
        channels[:, 1] = np.where(self._phase == _DONE, 0, self._bars - np.maximum(self._bar, 0))
        place = np.maximum(self._position, 0) // CHANNEL_POSITION_TICKS
        channels[:, 2] = np.where(outside, OUTSIDE, place)
        voices = np.minimum(self._voices.count() + (self._phase == _PITCH), MAX_VOICES)
        channels[:, 3] = np.where(outside, 0, voices)
        last_bars = ~outside & (channels[:, 1] <= GOAL_BARS)
        channels[:, 4], channels[:, 5] = goal_channels(np.where(last_bars, self._goal, -1), self._newest)
        channels[self._is_pad] = 0
        return channels
