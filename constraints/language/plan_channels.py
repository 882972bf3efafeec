"""The plan of a phrase as channels beside the tokens: the content of each bar of the middle.

A network that follows plans reads these channels after the six of `constraints.language.grammar`.
They are set from the first BAR of the middle on. In each channel 0 means "not planned"; without a plan all
are zero:

    here                      chord of the token's half bar
    first, second             chords of the two halves of this bar
    relation, back, steps     how this bar relates to another one, how many bars earlier that is (0 for a
                              bar of the ending), and the scale steps of a sequence, counted from -8
    density, register         their classes, counted from 1
    next ...                  first, second, relation, density and register of the next bar
    cadence                   in the last two bars: how they lead into the ending
    reference place, pitch, duration
                              if this bar relates to another one: the note of that bar that matches the
                              next choice, its pitch moved by the steps of a sequence

A chord is 1 + its root's pitch class + 12 x its quality, with the absolute root (not relative to the key), or
49 for silence. A place is 1 + ticks since the barline, a pitch 1 + MIDI pitch - 55, a duration the ticks, at
most 192. The reference is the first note of the related bar, in the order of place and pitch, that is not
before the token; at a Duration, which completes its note, it is the first one after that note. If only the
rhythm returns (`Relation.RHYTHM`, `INVERSION`), the references are the top notes of the onsets, without
pitch.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.language.grammar import GOAL_BARS, MIDDLE_PART, read
from constraints.language.plan_codes import (
    BAR_SIZES,
    CHORD_CODES,
    DENSITY,
    DISTANCE,
    FIRST,
    REGISTER,
    RELATION,
    SECOND,
    STEPS,
    WIDEST_STEPS,
    PlanCodes,
    other_bar,
)
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import (
    HIGHEST_PITCH,
    LONGEST_BAR_TICKS,
    LONGEST_DURATION_TICKS,
    LOWEST_PITCH,
    VOCABULARY,
    Kind,
)
from violin.challenge import MAX_BARS
from violin.plan import Cadence, Relation, moved_by_steps

Ints = NDArray[np.int64]

_OF_NEXT = (FIRST, SECOND, RELATION, DENSITY, REGISTER)
_REFERENCE_SIZES = (LONGEST_BAR_TICKS + 1, HIGHEST_PITCH - LOWEST_PITCH + 2, LONGEST_DURATION_TICKS + 1)
PLAN_CHANNEL_SIZES = (
    CHORD_CODES,
    *(MAX_BARS if column == DISTANCE else size for column, size in enumerate(BAR_SIZES)),
    *(BAR_SIZES[column] for column in _OF_NEXT),
    len(Cadence) + 1,
    *_REFERENCE_SIZES,
)
_HERE = 0
_BAR = slice(1, 1 + len(BAR_SIZES))
_NEXT = slice(_BAR.stop, _BAR.stop + len(_OF_NEXT))
_CADENCE = _NEXT.stop
_REFERENCE = slice(_CADENCE + 1, None)

_KINDS = tuple(Relation)
_RHYTHM_ONLY = tuple(1 + _KINDS.index(each) for each in (Relation.RHYTHM, Relation.INVERSION))
_SEQUENCE = 1 + _KINDS.index(Relation.SEQUENCE)


class References(NamedTuple):
    """The notes that one bar refers to: int64[R] each, ordered by place and pitch. `pitch` is 0 if only the
    rhythm returns."""

    place: Ints
    pitch: Ints
    duration: Ints


class PlanReading(NamedTuple):
    """The plan channels of some tokens, decoded: int64[R] each. `relation` is a code; the others are the
    reference, `place` in ticks since the barline, -1 without one, `pitch` 0 without one."""

    relation: Ints
    place: Ints
    pitch: Ints
    duration: Ints

    @classmethod
    def of(cls, channels: NDArray[np.int16]) -> PlanReading:
        """Read the plan's channels, int16[R, 17]."""
        place, height, duration = channels[:, _REFERENCE].astype(np.int64).T
        pitch = np.where(height > 0, height - 1 + LOWEST_PITCH, 0)
        return cls(channels[:, _BAR][:, RELATION].astype(np.int64), place - 1, pitch, duration)


def references_of(codes: PlanCodes, bar: int, place: Ints, pitch: Ints, duration: Ints) -> References:
    """The references of a bar's plan, from the related bar's notes (ticks since its barline, MIDI pitches,
    durations in ticks)."""
    relation, steps = int(codes.bars[bar, RELATION]), int(codes.bars[bar, STEPS])
    if relation in _RHYTHM_ONLY:
        order = np.lexsort((-pitch, place))
        first = order[np.diff(place[order], prepend=-1) > 0]
        return References(place[first], np.zeros(len(first), np.int64), duration[first])
    if relation == _SEQUENCE and steps:
        up = steps - WIDEST_STEPS - 1
        moved = [moved_by_steps(one, up, codes.tonic, codes.minor) for one in pitch.tolist()]
        pitch = np.clip(np.array(moved, np.int64), LOWEST_PITCH, HIGHEST_PITCH)
    order = np.lexsort((pitch, place))
    return References(place[order], pitch[order], duration[order])


def related_bar(codes: PlanCodes, bar: int) -> int:
    """The index of the bar that a bar relates to, or -1."""
    distance = int(codes.bars[bar, DISTANCE])
    other = other_bar(bar, distance) if distance else -1
    return other if other < len(codes.bars) else -1


def is_rhythm_only(relation: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Whether a relation code stands for a returning rhythm without its pitches."""
    return np.isin(relation, _RHYTHM_ONLY)


def bar_channels(rows: NDArray[np.int16], bar: Ints, in_second_half: NDArray[np.bool_]) -> NDArray[np.int16]:
    """int16[N, 17] of some tokens, cadence and reference still 0. `rows` is `PlanCodes.sounding()` of
    one plan, or int16[N, B + 1, 7] with a plan for each token; `bar` int64[N] is an index from 0."""
    at = (bar,) if rows.ndim == 2 else (np.arange(len(bar)), bar)
    after = (*at[:-1], bar + 1)
    found = np.zeros((len(bar), len(PLAN_CHANNEL_SIZES)), np.int16)
    found[:, _BAR] = rows[at]
    found[:, 1 + DISTANCE] = np.where(found[:, 1 + DISTANCE] < MAX_BARS, found[:, 1 + DISTANCE], 0)
    found[:, _NEXT] = rows[after][:, _OF_NEXT]
    found[:, _HERE] = np.where(in_second_half, found[:, 1 + SECOND], found[:, 1 + FIRST])
    return found


def set_cadence(channels: NDArray[np.int16], cadence: NDArray[np.integer] | int, bars_left: Ints) -> None:
    """Write the cadence into the channels of tokens in the last two bars of the middle."""
    channels[:, _CADENCE] = np.where(bars_left <= GOAL_BARS, cadence, 0)


def set_reference(channels: NDArray[np.int16], rows: Ints, place: Ints, pitch: Ints, duration: Ints) -> None:
    """Write references into some rows of channels."""
    height = np.where(pitch > 0, 1 + pitch - LOWEST_PITCH, 0)
    length = np.minimum(duration, LONGEST_DURATION_TICKS)
    channels[rows, _REFERENCE] = np.stack([1 + place, height, length], axis=1)


def order_key(bar: Ints | int, place: Ints, pitch: Ints) -> Ints:
    """A sort key of notes by bar, place and pitch. It is even, so that key + 1 sorts between two notes."""
    return ((np.asarray(bar) * LONGEST_BAR_TICKS + place) * 128 + pitch) * 2


def planned(encoded: Encoded, codes: PlanCodes) -> Encoded:
    """A whole training sequence with the channels of its plan appended, int16[L, 6 + 17]."""
    tokens = encoded.tokens.astype(np.int64)
    return replace(encoded, channels=np.concatenate([encoded.channels, plan_channels(tokens, codes)], axis=1))


def unplanned(encoded: Encoded) -> Encoded:
    """A sequence without a plan, such as a prompt: the plan's channels are zero."""
    return replace(encoded, channels=np.pad(encoded.channels, ((0, 0), (0, len(PLAN_CHANNEL_SIZES)))))


def plan_channels(tokens: Ints, codes: PlanCodes) -> NDArray[np.int16]:
    """int16[L, 17]: the plan's channels at each token of a sequence (see above)."""
    reading = read(tokens)
    kind = VOCABULARY.kind[tokens]
    _, beginning_bars, middle_bars = reading.section_bars
    has_plan = (
        (reading.part == MIDDLE_PART) & (reading.bar_count > 0) & (kind != Kind.EOS) & (kind != Kind.PAD)
    )
    at = np.flatnonzero(has_plan)
    bar = beginning_bars + reading.bar_count[at] - 1
    place = reading.tick[at] - bar * reading.bar_ticks
    found = bar_channels(codes.sounding(), bar, 2 * place >= reading.bar_ticks)
    set_cadence(found, codes.cadence, beginning_bars + middle_bars - bar)

    note_bar, note_place = np.divmod(reading.onset, reading.bar_ticks)
    keys, columns = [], []
    for index in range(beginning_bars, beginning_bars + middle_bars):
        source = related_bar(codes, index)
        some = note_bar == source
        if source >= 0 and some.any():
            one = references_of(codes, index, note_place[some], reading.pitch[some], reading.duration[some])
            keys.append(order_key(index, one.place, one.pitch))
            columns.append(np.stack(one))
    if keys:
        all_keys, all_columns = np.concatenate(keys), np.concatenate(columns, axis=1)
        kinds = kind[at]
        newest = reading.pitch[np.maximum(np.cumsum(kind == Kind.PITCH)[at] - 1, 0)]
        inside = (kinds == Kind.PITCH) | (kinds == Kind.LONGER) | (kinds == Kind.DURATION)
        pitch = np.where(inside & ~is_rhythm_only(codes.bars[bar, RELATION]), newest, 0)
        wanted = order_key(bar, place, pitch) + (kinds == Kind.DURATION)
        index = np.searchsorted(all_keys, wanted)
        known = index < len(all_keys)
        known[known] = all_keys[index[known]] < order_key(bar[known] + 1, np.int64(0), np.int64(0))
        rows = np.flatnonzero(known)
        set_reference(found, rows, *all_columns[:, index[rows]])
    channels = np.zeros((len(tokens), len(PLAN_CHANNEL_SIZES)), np.int16)
    channels[at] = found
    return channels
