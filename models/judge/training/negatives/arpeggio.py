"""A rule-based composer: broken chords of a stock progression in one figure."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Scale,
    Tone,
    key_found,
    line_of,
    outer_bars,
    split_inner,
)

_PROGRESSIONS = ((0, 3, 4, 0), (0, 5, 3, 4), (0, 4, 5, 3), (0, 1, 4, 0), (0, 3, 6, 2, 5, 1, 4, 0))
_FIGURES = ((0, 1, 2, 1), (0, 1, 2, 3), (2, 1, 0, 1), (0, 2, 1, 2), (3, 2, 1, 0), (0, 1, 2, 3, 2, 1))


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    scale = Scale(line)
    progression = _PROGRESSIONS[int(random.integers(len(_PROGRESSIONS)))]
    figure = _FIGURES[int(random.integers(len(_FIGURES)))]
    length = int(random.choice([3, 4, 6, 6, 12]))
    tonic = next(index for index, pitch in enumerate(scale.pitches) if pitch % 12 == key_found(line).tonic)
    while tonic + 7 < (scale.lowest + scale.highest) // 2:
        tonic += 7
    tones: list[Tone] = []
    for number, onset in enumerate(range(first * line.bar_steps, after * line.bar_steps, length)):
        root = tonic + progression[(onset // line.bar_steps) % len(progression)]
        tone = (0, 2, 4, 7)[figure[number % len(figure)]]
        if random.random() < 0.15:
            tone += int(random.choice([-1, 1]))
        tones.append(Tone(onset, scale.pitches[min(root + tone, len(scale.pitches) - 1)], length))
    return line_of(tones + outside, line)


FAMILY = Family("arpeggio", "rule", "broken chords of a stock progression", make)
