"""The inner bars' pitches in random order in the same rhythm."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import Family, Material, Random, line_of, outer_bars, split_inner


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    inner, outside = split_inner(line, first, after)
    order = random.permutation(len(inner))
    mixed = [tone._replace(pitch=inner[other].pitch) for tone, other in zip(inner, order, strict=True)]
    return line_of(mixed + outside, line)


FAMILY = Family("pitch_shuffle", "corruption", "pitches of the inner bars in random order", make)
