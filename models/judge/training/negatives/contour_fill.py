"""A human rhythm and contour as a template, with intervals drawn by the language model."""

from __future__ import annotations

from itertools import pairwise

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    key_found,
    line_of,
    outer_bars,
    split_inner,
)

_TRIES = 12


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    inner, outside = split_inner(line, first, after)
    if len(inner) < 4:
        return None
    key = key_found(line)
    top: dict[int, int] = {}
    for tone in inner:
        top[tone.onset_steps] = max(tone.pitch, top.get(tone.onset_steps, 0))
    places = sorted(top)
    new = {places[0]: top[places[0]]}
    past: list[int] = []
    lowest, highest = int(line.pitch.min()), int(line.pitch.max())
    for before, place in pairwise(places):
        way = (top[place] > top[before]) - (top[place] < top[before])
        for _ in range(_TRIES):
            interval = material.sampler.interval(key.tonic, key.minor, new[before], past, 3, 1.0, random)
            same_way = (interval > 0) - (interval < 0) == way
            if same_way and lowest <= new[before] + interval <= highest:
                break
        else:
            interval = 0
        new[place] = new[before] + interval
        past.append(interval)
    filled = [
        tone._replace(pitch=new[tone.onset_steps] + tone.pitch - top[tone.onset_steps]) for tone in inner
    ]
    return line_of(filled + outside, line)


FAMILY = Family("contour_fill", "template", "a human rhythm and contour, filled by a language model", make)
