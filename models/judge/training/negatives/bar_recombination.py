"""Each inner bar taken from another human line, transposed to the same key and register."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    bar_tones,
    key_found,
    line_of,
    outer_bars,
    placed,
    split_inner,
)


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    tonic, middle = key_found(line).tonic, float(line.pitch.mean())
    tones = []
    for bar in range(first, after):
        other = material.other(line, random)
        shift = (tonic - key_found(other).tonic + 6) % 12 - 6
        taken = bar_tones(other, int(random.integers(other.bars)))
        if taken:
            mean = sum(tone.pitch for tone in taken) / len(taken) + shift
            shift += 12 * round((middle - mean) / 12)
        tones += placed(taken, bar, line, shift)
    return line_of(tones + outside, line)


FAMILY = Family("bar_recombination", "bars", "inner bars from other human lines", make)
