"""The line's rhythm with a random walk on the scale."""

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


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    inner, outside = split_inner(line, first, after)
    if not inner:
        return None
    scale = Scale(line)
    index = scale.nearest(inner[0].pitch)
    wander = float(random.uniform(0.8, 2.5))
    tones: list[Tone] = []
    place = -1
    for tone in inner:
        if tone.onset_steps != place:
            index += round(float(random.normal(0, wander)))
            place = tone.onset_steps
            tones.append(tone._replace(pitch=scale.at(index)))
        else:  # the upper note of a stop: a third to a sixth above the walk
            tones.append(tone._replace(pitch=scale.at(index + 2 + int(random.integers(0, 4)))))
    return line_of(tones + outside, line)


FAMILY = Family("scale_walk", "rule", "a random walk on the scale in human rhythm", make)
