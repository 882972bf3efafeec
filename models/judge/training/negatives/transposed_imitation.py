"""Each inner bar is the previous bar, moved by a step or a third within the key."""

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
    model = bar_tones(line, max(0, first - 1))
    if len(model) < 2:
        return None
    scale = Scale(line)
    middle = float(line.pitch.mean())
    step = int(random.choice([-2, -1, 1, 2]))
    tones: list[Tone] = []
    for bar in range(first, after):
        if random.random() < 0.3 or abs(sum(t.pitch for t in model) / len(model) - middle) > 9:
            step = -step
        model = [tone._replace(pitch=scale.moved(tone.pitch, step)) for tone in model]
        tones += placed(model, bar, line)
    return line_of(tones + outside, line)


FAMILY = Family("transposed_imitation", "repetition", "each inner bar the one before, transposed", make)
