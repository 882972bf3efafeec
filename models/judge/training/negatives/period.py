"""Inner bars in periods: two or four bars by the language model, repeated with another ending."""

from __future__ import annotations

from functools import partial

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Scale,
    Tone,
    line_of,
    outer_bars,
    placed,
    split_inner,
)
from models.judge.training.negatives.sampled import sampled_tones

_NEW_CLOSE, _MOVED = 0.5, 0.3


def make(line: Line, material: Material, random: Random, length: int) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    written = [tone for tone in outside if tone.onset_steps < first * line.bar_steps]
    scale = Scale(line)
    period: list[list[Tone]] = []
    shift = 0
    inner: list[Tone] = []
    for bar in range(first, after):
        place = (bar - first) % length
        if place == 0:
            shift = int(random.choice([-2, -1, 1, 2])) if period and random.random() < _MOVED else 0
        is_new = len(period) <= place or (place == length - 1 and random.random() < _NEW_CLOSE)
        if is_new:
            tones = sampled_tones(material.sampler, line, written, bar, 5, 0.8, random)
            if len(period) <= place:
                period.append(tones)
        else:
            tones = [tone._replace(pitch=scale.moved(tone.pitch, shift)) for tone in period[place]]
        inner += placed(tones, bar, line)
        written = [*written, *placed(tones, bar, line)]
    return line_of(inner + outside, line)


FAMILIES = tuple(
    Family(
        f"period_{length}",
        "form",
        f"{words} bars by a language model, repeated with another ending",
        partial(make, length=length),
    )
    for length, words in ((2, "two"), (4, "four"))
)
