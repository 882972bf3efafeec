"""A third of the inner notes moved by up to a major third."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import Family, Material, Random, line_of, outer_bars, split_inner

SHARE, MOST_SEMITONES = 0.35, 4


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    inner, outside = split_inner(line, first, after)
    moved = []
    for tone in inner:
        if random.random() < SHARE:
            step = int(random.integers(1, MOST_SEMITONES + 1)) * (1 if random.random() < 0.5 else -1)
            tone = tone._replace(pitch=tone.pitch + step)
        moved.append(tone)
    return line_of(moved + outside, line)


FAMILY = Family("perturbation", "corruption", "a third of the inner notes moved by up to a third", make)
