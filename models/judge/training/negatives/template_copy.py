"""One bar's rhythm and contour in all inner bars, with newly drawn steps within the key."""

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
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    template = bar_tones(line, int(random.integers(line.bars)))
    if len(template) < 2:
        return None
    scale = Scale(line)
    tones: list[Tone] = []
    for bar in range(first, after):
        shift = int(random.integers(-3, 4))
        stamped = [
            tone._replace(pitch=scale.moved(tone.pitch, shift + int(random.integers(-1, 2))))
            for tone in template
        ]
        tones += placed(stamped, bar, line)
    return line_of(tones + outside, line)


FAMILY = Family("template_copy", "repetition", "one bar's rhythm and contour in every inner bar", make)
