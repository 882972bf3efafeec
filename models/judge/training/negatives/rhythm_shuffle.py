"""The inner bars' lengths in random order under the same melody."""

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


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    start, end = first * line.bar_steps, after * line.bar_steps
    events = [event for event in events_of_line(line) if start <= event.onset_steps < end]
    order = random.permutation(len(events))
    tones: list[Tone] = []
    onset = start
    for event, other in zip(events, order, strict=True):
        ioi = min(events[other].ioi_steps, end - onset)
        if ioi <= 0:
            break
        length = min(events[other].length_steps, ioi)
        tones += [Tone(onset, event.top - step, length) for step in (0, *event.below)]
        onset += ioi
    return line_of(tones + outside, line)


FAMILY = Family("rhythm_shuffle", "corruption", "lengths of the inner bars in random order", make)
