"""The given bars copied into the gap with some notes changed: an infilling model that only copies."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Scale,
    Tone,
    bar_tones,
    line_of,
    outer_bars,
    placed,
    split_inner,
)


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random, least=1)
    _, outside = split_inner(line, first, after)
    given = [bar_tones(line, bar) for bar in (*range(first), *range(after, line.bars))]
    given = [tones for tones in given if len(tones) > 1]
    if not given:
        return None
    scale = Scale(line)
    change = float(random.choice([0.0, 0.15, 0.3]))
    tones: list[Tone] = []
    for bar in range(first, after):
        source = given[int(random.integers(len(given)))]
        shift = int(random.choice([0, 0, 0, -2, 2, 4]))
        copied = [
            tone._replace(
                pitch=scale.moved(
                    tone.pitch, shift + (int(random.integers(-2, 3)) if random.random() < change else 0)
                )
            )
            for tone in source
        ]
        tones += placed(copied, bar, line)
    return line_of(tones + outside, line)


FAMILY = Family("prompt_copy", "repetition", "the given bars copied into the gap, some notes changed", make)
