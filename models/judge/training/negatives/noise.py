"""Pitches of the line and lengths of another line, drawn one by one, like an untrained network."""

from __future__ import annotations

import numpy as np

from models.judge.features.canonical import Line, events_of
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Tone,
    line_of,
    outer_bars,
    split_inner,
)


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    events = events_of(material.other(line, random))
    pitches, lengths = np.unique(line.pitch), np.maximum(events.ioi_steps, 1)
    onset, end = first * line.bar_steps, after * line.bar_steps
    tones: list[Tone] = []
    while onset < end:
        length = min(int(random.choice(lengths)), end - onset)
        tones.append(Tone(onset, int(random.choice(pitches)), length))
        onset += length
    return line_of(tones + outside, line)


FAMILY = Family("noise", "rule", "pitches and lengths drawn one by one", make)
