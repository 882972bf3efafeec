"""The grammar of token sequences: which kind may follow which, and facts about each token's place.

The layout puts the ending first, so that a causal model sees both sides before it writes between
them (suffix-prefix-middle, Bavarian et al. 2022):

    BOS Composer Key Meter Tempo Density Bars [Texture Extent]
    END   <ending bars>  BEGIN <beginning bars>  MID <middle bars>  EOS

    bar   = BAR onset*                each onset later in the bar than the one before
    onset = Position note+            pitches ascending
    note  = Pitch LONGER* Duration

Texture and Extent exist since version 2 of the language.

Every token also has six numbers, its channels, which describe its place; version 1 of the language has the
first four. `channels_of` computes them for a whole sequence (training). The decoder updates the same numbers
step by step, and a test checks that both agree:

    bar index   in a bar: 1..16 from the start of the phrase; at END, BEGIN, MID and EOS: the
                number of bars before that place; 0 in the header
    bars left   in a bar: bars to the end of its section, this one included; at END, BEGIN and
                MID: bars of the section that begins; 0 in the header and at EOS
    position    ticks since the barline over `CHANNEL_POSITION_TICKS`; 64 outside the bars
    voices      notes that sound at that place, at most 4: at a Pitch and its Duration this note is
                counted; 0 outside the bars. While the ending is read, only its own notes sound.
    goal        in the last two bars of the middle: the highest pitch of the ending's first onset,
                counted from 54; 0 elsewhere and if the ending has no notes
    way         where there is a goal: semitones from the newest pitch of the middle up to the goal,
                -24 to 24, counted from -25; 0 elsewhere and before the middle's first note

The channels of PAD are zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constraints.language.vocabulary import (
    HEADER,
    HIGHEST_PITCH,
    LONGEST_BAR_TICKS,
    LOWEST_PITCH,
    VOCABULARY,
    Kind,
)
from violin.challenge import MAX_BARS, MAX_VOICES, METERS

CHANNEL_POSITION_TICKS = 3
OUTSIDE = LONGEST_BAR_TICKS // CHANNEL_POSITION_TICKS  # the position channel outside the bars
GOAL_BARS = 2  # the channel `goal` is set in this many last bars of the middle
WIDEST_WAY = 24
CHANNEL_SIZES = (
    MAX_BARS + 1,
    MAX_BARS + 1,
    OUTSIDE + 1,
    MAX_VOICES + 1,
    HIGHEST_PITCH - LOWEST_PITCH + 2,
    2 * WIDEST_WAY + 2,
)
HEADER_PART, ENDING_PART, BEGINNING_PART, MIDDLE_PART = range(4)

_AFTER_A_BAR = (Kind.POSITION, Kind.BAR, Kind.BEGIN, Kind.MID, Kind.EOS)
_FOLLOWERS: dict[Kind, tuple[Kind, ...]] = {
    **{before: (after,) for before, after in pairwise(HEADER)},
    Kind.BARS: (Kind.END, Kind.TEXTURE),
    Kind.TEXTURE: (Kind.EXTENT,),
    Kind.EXTENT: (Kind.END,),
    Kind.END: (Kind.BAR, Kind.BEGIN),
    Kind.BEGIN: (Kind.BAR, Kind.MID),
    Kind.MID: (Kind.BAR,),
    Kind.BAR: _AFTER_A_BAR,
    Kind.POSITION: (Kind.PITCH,),
    Kind.PITCH: (Kind.DURATION, Kind.LONGER),
    Kind.LONGER: (Kind.DURATION, Kind.LONGER),
    Kind.DURATION: (Kind.PITCH, *_AFTER_A_BAR),
    Kind.EOS: (Kind.PAD,),
    Kind.PAD: (Kind.PAD,),
}
# FOLLOWS[a, b]: a token of kind b may follow one of kind a.
FOLLOWS: NDArray[np.bool_] = np.zeros((len(Kind), len(Kind)), dtype=bool)
for _before, _after in _FOLLOWERS.items():
    FOLLOWS[_before, list(_after)] = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed sequence of L tokens with N notes; ticks are counted from the phrase's start.

    part            int8[L]: 0 header, 1 ending, 2 beginning, 3 middle; a mark
                    belongs to the part that it opens
    tick            int64[L]: the place of each token (a mark: where its section starts)
    bar_count       int64[L]: BAR tokens of this section up to and including each token
    section_bars    (ending, beginning, middle) bars; the middle's follow from the Bars token
    bar_ticks       ticks of a bar
    note_token      int64[N]: the place of each note's Pitch in the sequence
    onset, pitch, duration   int64[N], the ending's notes first, as written
    """

    part: NDArray[np.int8]
    tick: NDArray[np.int64]
    bar_count: NDArray[np.int64]
    section_bars: tuple[int, int, int]
    bar_ticks: int
    note_token: NDArray[np.int64]
    onset: NDArray[np.int64]
    pitch: NDArray[np.int64]
    duration: NDArray[np.int64]

    @property
    def bars(self) -> int:
        return sum(self.section_bars)


def read(tokens: ArrayLike) -> Reading:
    """Parse a sequence that begins with BOS and contains at least everything up to MID.

    The order of the tokens is not checked; `check` does that.
    """
    tokens = np.asarray(tokens, dtype=np.int64)
    kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
    marks = [int(np.argmax(kind == mark)) for mark in (Kind.END, Kind.BEGIN, Kind.MID)]
    part = np.zeros(len(tokens), dtype=np.int8)
    for mark in marks:
        part[mark:] += 1
    bars_so_far = np.cumsum(kind == Kind.BAR)
    before = bars_so_far[marks]  # BARs in front of each section
    ending_bars, beginning_bars = int(before[1]), int(before[2] - before[1])
    bars = int(value[HEADER.index(Kind.BARS)])
    middle_bars = bars - ending_bars - beginning_bars
    bar_ticks = METERS[value[HEADER.index(Kind.METER)]].bar_ticks()

    bar_count = bars_so_far - np.array([0, *before])[part]
    start_bar = np.array([0, bars - ending_bars, 0, beginning_bars])[part]
    in_bar = np.where(kind == Kind.POSITION, value, 0)
    latest = np.where((kind != Kind.PITCH) & (kind != Kind.DURATION) & (kind != Kind.LONGER), _steps(kind), 0)
    in_bar = in_bar[np.maximum.accumulate(latest)]
    tick = (start_bar + np.maximum(bar_count - 1, 0)) * bar_ticks + in_bar
    tick[kind == Kind.EOS] += bar_ticks

    note_token = np.flatnonzero(kind == Kind.PITCH)
    lengths = np.cumsum(np.where((kind == Kind.DURATION) | (kind == Kind.LONGER), value, 0))
    duration = np.diff(lengths[note_token], append=lengths[-1] if len(lengths) else 0)
    return Reading(
        part,
        tick,
        bar_count,
        (ending_bars, beginning_bars, middle_bars),
        bar_ticks,
        note_token,
        tick[note_token],
        value[note_token],
        duration,
    )


def _steps(like: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.arange(len(like))


def channels_of(tokens: ArrayLike, reading: Reading | None = None) -> NDArray[np.int16]:
    """int16[L, 6]: bar index, bars left, position, voices, goal and way at each token (see above)."""
    tokens = np.asarray(tokens, dtype=np.int64)
    reading = reading or read(tokens)
    kind, part = VOCABULARY.kind[tokens], reading.part
    outside = (part == HEADER_PART) | (reading.bar_count == 0) | (kind == Kind.EOS)
    ending_bars, beginning_bars, middle_bars = reading.section_bars
    start_bar = np.array([0, reading.bars - ending_bars, 0, beginning_bars])[part]
    length = np.array([0, ending_bars, beginning_bars, middle_bars])[part]

    channels = np.empty((len(tokens), len(CHANNEL_SIZES)), dtype=np.int16)
    channels[:, 0] = start_bar + reading.bar_count
    channels[:, 1] = np.where(outside, length - reading.bar_count, length - reading.bar_count + 1)
    channels[:, 2] = np.where(outside, OUTSIDE, reading.tick % reading.bar_ticks // CHANNEL_POSITION_TICKS)
    # The ending comes first in the sequence and is timed on its own: its clock runs `age` ticks earlier.
    age = int(reading.bars * reading.bar_ticks + reading.duration.sum())
    shift = np.where(part > ENDING_PART, age, 0)
    started = np.cumsum(kind == Kind.PITCH)
    ends = np.sort(reading.onset + reading.duration + shift[reading.note_token])
    ended = np.searchsorted(ends, reading.tick + shift, side="right")
    channels[:, 3] = np.where(outside, 0, np.clip(started - ended, 0, MAX_VOICES))
    goal = _goal(reading)
    last_bars = ~outside & (part == MIDDLE_PART) & (channels[:, 1] <= GOAL_BARS)
    first_middle = int(np.searchsorted(part[reading.note_token], MIDDLE_PART))
    newest = np.append(reading.pitch, 0)[started - 1]
    channels[:, 4], channels[:, 5] = goal_channels(
        np.where(last_bars, goal, -1), np.where(started > first_middle, newest, -1)
    )
    channels[kind == Kind.PAD] = 0
    return channels


def _goal(reading: Reading) -> int:
    """The highest pitch of the ending's first onset, or -1."""
    count = int(np.searchsorted(reading.part[reading.note_token], BEGINNING_PART))
    onset, pitch = reading.onset[:count], reading.pitch[:count]
    return int(pitch[onset == onset[0]].max()) if count else -1


def goal_channels(goal: ArrayLike, newest: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The channels `goal` and `way` from two MIDI pitches; -1: no goal, no note in the middle yet."""
    goal, newest = np.asarray(goal, dtype=np.int64), np.asarray(newest, dtype=np.int64)
    way = np.clip(goal - newest, -WIDEST_WAY, WIDEST_WAY) + WIDEST_WAY + 1
    return np.where(goal < 0, 0, goal - LOWEST_PITCH + 1), np.where((goal < 0) | (newest < 0), 0, way)


def check(tokens: ArrayLike) -> None:
    """Raise ValueError with the place of the first token that breaks the grammar of a whole sequence.

    This checks the order of kinds, positions and pitches, and the number of bars. Which pitches and durations
    may sound together is checked by the decoder.
    """
    tokens = np.asarray(tokens, dtype=np.int64)
    if tokens.ndim != 1 or len(tokens) <= len(HEADER):
        raise ValueError(f"a sequence of shape {tokens.shape}; legal: one row that begins with a header")
    if tokens.min() < 0 or tokens.max() >= len(VOCABULARY):
        raise ValueError(f"a token outside 0 to {len(VOCABULARY) - 1}")
    kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
    if kind[0] != Kind.BOS:
        raise ValueError(f"token 0 is {VOCABULARY.names[tokens[0]]}; legal: BOS")
    wrong = np.flatnonzero(~FOLLOWS[kind[:-1], kind[1:]])
    if len(wrong):
        _refuse(tokens, int(wrong[0]) + 1, "it is not allowed here")
    for mark in (Kind.END, Kind.BEGIN, Kind.MID, Kind.EOS):
        places = np.flatnonzero(kind == mark)
        if len(places) != 1:
            raise ValueError(f"{len(places)} tokens {mark.name}; legal: one")
    order = [int(np.argmax(kind == mark)) for mark in (Kind.END, Kind.BEGIN, Kind.MID, Kind.EOS)]
    if order != sorted(order):
        raise ValueError("the sections are out of order; legal: END, BEGIN, MID, EOS")
    reading = read(tokens)
    middle = int((kind[order[2] :] == Kind.BAR).sum())
    if middle != reading.section_bars[2]:
        raise ValueError(f"{middle} bars in the middle; the header leaves {reading.section_bars[2]}")
    position = np.flatnonzero(kind == Kind.POSITION)
    late = position[value[position] >= reading.bar_ticks]
    if len(late):
        _refuse(tokens, int(late[0]), f"a bar has {reading.bar_ticks} ticks")
    same_bar = np.diff(np.cumsum(kind == Kind.BAR)[position]) == 0
    back = position[1:][same_bar & (np.diff(value[position]) <= 0)]
    if len(back):
        _refuse(tokens, int(back[0]), "positions of a bar ascend")
    onset = np.cumsum(kind == Kind.POSITION)[reading.note_token]
    fallen = reading.note_token[1:][(np.diff(onset) == 0) & (np.diff(reading.pitch) <= 0)]
    if len(fallen):
        _refuse(tokens, int(fallen[0]), "pitches of a chord ascend")


def _refuse(tokens: NDArray[np.int64], place: int, why: str) -> None:
    before, found = (VOCABULARY.names[token] for token in tokens[place - 1 : place + 1])
    raise ValueError(f"token {place} is {found} after {before}: {why}")
