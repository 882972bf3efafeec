"""The line's melody, or a random walk on its scale, in notes of one length."""

from __future__ import annotations

from models.judge.features.canonical import Line, events_of
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
    _, outside = split_inner(line, first, after)
    events = events_of(line)
    inside = (events.bar >= first) & (events.bar < after)
    melody = events.top[inside].tolist()
    if len(melody) < 3:
        return None
    span = (after - first) * line.bar_steps
    length = min((3, 4, 6, 12), key=lambda steps: abs(span / steps - len(melody)))
    scale = Scale(line)
    index = scale.nearest(melody[0])
    tones: list[Tone] = []
    walks = random.random() < 0.5
    for number, onset in enumerate(range(first * line.bar_steps, after * line.bar_steps, length)):
        index += int(random.choice([-2, -1, -1, 0, 1, 1, 2]))
        pitch = scale.at(index) if walks else melody[number % len(melody)]
        tones.append(Tone(onset, pitch, length))
    return line_of(tones + outside, line)


FAMILY = Family("flat_rhythm", "rule", "a melody in notes of one length", make)
