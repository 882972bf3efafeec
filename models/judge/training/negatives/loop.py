"""One or two bars repeated note for note through the inner bars."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Tone,
    bar_tones,
    line_of,
    outer_bars,
    placed,
    split_inner,
)


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    length = int(random.integers(1, 3))
    source = int(random.integers(max(1, line.bars - length + 1)))
    loop = [bar_tones(line, source + step) for step in range(length)]
    if sum(len(bar) for bar in loop) < 2:
        return None
    tones: list[Tone] = []
    for bar in range(first, after):
        tones += placed(loop[(bar - first) % length], bar, line)
    return line_of(tones + outside, line)


FAMILY = Family("loop", "repetition", "one or two bars repeated note for note", make)
