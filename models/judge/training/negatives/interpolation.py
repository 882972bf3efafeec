"""A featureless curve from the given beginning to the given ending, like an autoencoder's average."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Scale,
    Tone,
    line_of,
    outer_bars,
    split_inner,
)
from models.judge.training.negatives.sampler import events_of_line


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random, least=1)
    _, outside = split_inner(line, first, after)
    start, end = first * line.bar_steps, after * line.bar_steps
    events = events_of_line(line)
    before = [event for event in events if event.onset_steps < start]
    following = [event for event in events if event.onset_steps >= end]
    if not before or not following:
        return None
    scale = Scale(line)
    low, high = scale.nearest(before[-1].top), scale.nearest(following[0].top)
    rhythm = before[-8:]
    depth = float(random.uniform(0.3, 1.5))
    tones: list[Tone] = []
    onset, number = start, 0
    while onset < end:
        length = min(max(3, rhythm[number % len(rhythm)].ioi_steps), end - onset)
        way = (onset - start) / (end - start)
        index = round(low + way * (high - low) + float(random.normal(0, depth)))
        tones.append(Tone(onset, scale.pitches[min(max(index, 0), len(scale.pitches) - 1)], length))
        onset += length
        number += 1
    return line_of(tones + outside, line)


FAMILY = Family("interpolation", "rule", "a bland curve between the given bars", make)
