"""The inner bars in another order; no bar keeps its place."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    bar_tones,
    line_of,
    outer_bars,
    placed,
    split_inner,
)


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    bars = list(range(first, after))
    if len(bars) < 3:
        return None
    order = random.permutation(bars).tolist()
    for index in range(len(bars)):  # swap each bar that kept its place with the next one
        if order[index] == bars[index]:
            other = (index + 1) % len(bars)
            order[index], order[other] = order[other], order[index]
    tones = [
        tone
        for bar, source in zip(bars, order, strict=True)
        for tone in placed(bar_tones(line, source), bar, line)
    ]
    return line_of(tones + outside, line)


FAMILY = Family("bar_shuffle", "bars", "the inner bars in another order", make)
