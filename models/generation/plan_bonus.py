"""Bonuses added to the logits, for tokens that follow the plan and for a step into the ending.

No token is excluded. The network's channels give the earlier note that matches the next one, but the
network alone completes few planned sequences: one wrong note breaks a sequence. Two bonuses, in nats:

relation   for a bar that relates to an earlier one: added to the place and length of the matching note,
           to its pitch if the relation repeats pitches, and after the last note to the end of the bar.
           A sequence gets the full bonus, other relations a share (`_SHARES`). Varied bars get none: a
           bonus made half of them copies
approach   in the last beat before the ending: added to pitches two semitones from the top note of the
           ending's first onset; 1.2 times as much one semitone from it, half as much on that note itself.
           Without an ending, in the last bar: added to the tonic on a strong beat, to lengths of a beat or
           more there, and to the end of the phrase after it. Onsets in the last beat get a penalty of the
           same size. (Human phrases are cut at a barline, so many end with the upbeat of the next phrase,
           and the network imitates that.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.decoding.plan_follower import PlanFollower
from constraints.language.grammar import ENDING_PART, read
from constraints.language.plan_channels import PlanReading
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import (
    HIGHEST_PITCH,
    LONGEST_DURATION_TICKS,
    LOWEST_PITCH,
    VOCABULARY,
    Kind,
)
from models.generation.barline_bonus import BarlineBonus
from violin.music import TICKS_PER_BEAT, Key
from violin.plan import Relation

_STEP = 2  # semitones
_MAJOR_KEYS = 15  # from seven flats to seven sharps; the minor keys follow them
_POSITION, _DURATION, _PITCH = (VOCABULARY.first[kind] for kind in (Kind.POSITION, Kind.DURATION, Kind.PITCH))
_SHARES = {
    Relation.SAME: 0.25,
    Relation.VARIED: 0.0,
    Relation.SEQUENCE: 1.0,
    Relation.INVERSION: 0.5,
    Relation.RHYTHM: 0.25,
    Relation.NEW: 0.0,
}
_SHARE_OF_CODE = np.array([0.0, *(_SHARES[relation] for relation in Relation)])


class PlanBonus:
    """The bonuses for a batch of prompts: the two above and the one of `models.generation.barline_bonus`.
    `follower` holds their plans."""

    def __init__(
        self,
        prompts: Sequence[Encoded],
        follower: PlanFollower,
        relation: float,
        approach: float,
        barline: float,
    ) -> None:
        self._follower, self._relation, self._approach = follower, relation, approach
        readings = [read(prompt.tokens) for prompt in prompts]
        self._barline = BarlineBonus(readings, barline)
        self._newest = np.full(len(prompts), VOCABULARY.PAD)
        self._goal = np.zeros(len(prompts), np.int64)
        self._last_beat = np.zeros(len(prompts), np.int64)
        self._tonic = np.zeros(len(prompts), np.int64)
        for row, (prompt, reading) in enumerate(zip(prompts, readings, strict=True)):
            ending = reading.part[reading.note_token] == ENDING_PART
            if ending.any():
                first = ending & (reading.onset == reading.onset[ending].min())
                self._goal[row] = reading.pitch[first].max()
            self._last_beat[row] = reading.bar_ticks - TICKS_PER_BEAT
            self._tonic[row] = _tonic_of(prompt.tokens)

    def advance(self, tokens: NDArray[np.int64], some: NDArray[np.bool_]) -> None:
        """Take one token in the rows `some`, bool[B]. Call the follower's `advance` first."""
        self._newest[some] = tokens[some]
        self._barline.advance(tokens, some)

    def values(self, rows: NDArray[np.int64], channels: NDArray[np.int16]) -> NDArray[np.float64]:
        """The bonuses of the next token in some rows, float64[R, V]. `channels` int16[B, 17] are those of
        the follower."""
        found = np.zeros((len(rows), len(VOCABULARY)))
        if self._relation:
            self._add_relation(found, rows, PlanReading.of(channels[rows]))
        if self._approach:
            self._add_approach(found, rows)
            self._add_close(found, rows)
        self._barline.add_to(found, rows)
        return found

    def _add_relation(self, found: NDArray[np.float64], rows: NDArray[np.int64], plan: PlanReading) -> None:
        kind, place = VOCABULARY.kind[self._newest[rows]], self._follower.place[rows]
        nats = self._relation * _SHARE_OF_CODE[plan.relation]
        known = plan.place >= 0
        here = known & (plan.place == place)
        after_note = kind == Kind.DURATION

        def add(some: NDArray[np.bool_], token: NDArray[np.int64] | int) -> None:
            at = np.flatnonzero(some)
            found[at, token[at] if isinstance(token, np.ndarray) else token] += nats[at]

        add(known & ((kind == Kind.BAR) | (after_note & ~here)), _POSITION + plan.place)
        add(
            here & (after_note | (kind == Kind.POSITION)) & (plan.pitch > 0),
            _PITCH + plan.pitch - LOWEST_PITCH,
        )
        inside = (kind == Kind.PITCH) | (kind == Kind.LONGER)
        add(here & inside & (plan.duration < LONGEST_DURATION_TICKS), _DURATION + plan.duration - 1)
        for end in (VOCABULARY.BAR, VOCABULARY.EOS):
            add(~known & after_note, end)

    def _add_approach(self, found: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        last = (self._follower.bars_left[rows] == 1) & (self._follower.place[rows] >= self._last_beat[rows])
        before_pitch = VOCABULARY.kind[self._newest[rows]] == Kind.POSITION
        goal = self._goal[rows]
        leap = np.abs(np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1) - goal[:, None])
        share = np.select([leap == 0, leap == 1, leap <= _STEP], [0.5, 1.2, 1.0], 0.0)
        share *= (last & before_pitch & (goal > 0))[:, None]
        found[:, _PITCH : _PITCH + share.shape[1]] += self._approach * share

    def _add_close(self, found: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        place, last_beat = self._follower.place[rows], self._last_beat[rows]
        closing = (self._follower.bars_left[rows] == 1) & (self._goal[rows] == 0)
        half = (last_beat == 3 * TICKS_PER_BEAT) & (place == 2 * TICKS_PER_BEAT)  # of a bar in 4/4
        strong = closing & ((place == 0) | half)
        kind = VOCABULARY.kind[self._newest[rows]]
        nats = self._approach

        pitch_class = np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1) % 12
        tonic = (strong & (kind == Kind.POSITION))[:, None] & (pitch_class == self._tonic[rows][:, None])
        found[:, _PITCH : _PITCH + tonic.shape[1]] += nats * tonic
        long = np.flatnonzero(strong & ((kind == Kind.PITCH) | (kind == Kind.LONGER)))
        found[long, _DURATION + TICKS_PER_BEAT - 1 : _DURATION + LONGEST_DURATION_TICKS] += nats
        found[np.flatnonzero(strong & (kind == Kind.DURATION)), VOCABULARY.EOS] += nats
        for row in np.flatnonzero(closing & ((kind == Kind.BAR) | (kind == Kind.DURATION))):
            found[row, _POSITION + last_beat[row] : _POSITION + last_beat[row] + TICKS_PER_BEAT] -= nats


def _tonic_of(tokens: NDArray[np.int16]) -> int:
    """The pitch class of the tonic of the key in a prompt."""
    key = tokens[VOCABULARY.kind[tokens] == Kind.KEY][0]
    minor, fifths = divmod(int(VOCABULARY.value[key]), _MAJOR_KEYS)
    return Key(fifths - _MAJOR_KEYS // 2, bool(minor)).tonic_pitch_class
