"""A motif of two to six notes repeated many times, like a language model that is stuck."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Tone,
    line_of,
    outer_bars,
    split_inner,
)
from models.judge.training.negatives.sampler import events_of_line

RELEASE = 0.04  # the probability per note that the next motif starts


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    events = events_of_line(line)
    if len(events) < 6:
        return None
    onset, end = first * line.bar_steps, after * line.bar_steps
    tones: list[Tone] = []
    while onset < end:
        length = int(random.integers(2, 7))
        start = int(random.integers(len(events) - length + 1))
        motif = events[start : start + length]
        place = 0
        while onset < end and (place < 2 * length or random.random() > RELEASE):
            event = motif[place % length]
            ioi = min(max(1, event.ioi_steps), end - onset)
            sounding = min(event.length_steps, ioi)
            tones += [Tone(onset, event.top - step, sounding) for step in (0, *event.below)]
            onset += ioi
            place += 1
    return line_of(tones + outside, line)


FAMILY = Family("stutter", "repetition", "a motif of a few notes repeated many times", make)
