"""Families written by the sampler: whole lines, or the inner bars between true outer bars."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Tone,
    line_of,
    outer_bars,
    split_inner,
)
from models.judge.training.negatives.sampler import events_of_line


def sampled(
    line: Line, material: Material, random: Random, order: int, temperature: float, keep_outer: bool
) -> Line | None:
    """The line's inner bars (all of them without `keep_outer`) written by the sampler."""
    first, after = outer_bars(line, random, least=1) if keep_outer else (0, line.bars)
    _, outside = split_inner(line, first, after)
    start, end = first * line.bar_steps, after * line.bar_steps
    before = [event for event in events_of_line(line) if event.onset_steps < start]
    written = material.sampler.write(line, before, start, end, order, temperature, random)
    tones = [
        Tone(event.onset_steps, event.top - step, event.length_steps)
        for event in written
        for step in (0, *event.below)
    ]
    return line_of(tones + outside, line)


class _Row(NamedTuple):
    """One family: the order of the counts, the temperature, and whether the outer bars stay."""

    name: str
    cluster: str
    words: str
    order: int
    temperature: float
    keep_outer: bool


_ROWS = (
    _Row("lm_hot", "lm", "order-5 language model, temperature 1.2", 5, 1.2, False),
    _Row("lm_plain", "lm", "order-5 language model", 5, 1.0, False),
    _Row("lm_cold", "lm", "order-5 language model, temperature 0.6", 5, 0.6, False),
    _Row("markov", "markov", "first-order Markov chain", 1, 1.0, False),
    _Row("infill_markov", "markov", "first-order Markov chain between true outer bars", 1, 1.0, True),
    _Row("infill_ngram", "infill", "order-5 language model between true outer bars", 5, 1.0, True),
    _Row(
        "infill_cold",
        "infill",
        "order-3 language model, temperature 0.5, between true outer bars",
        3,
        0.5,
        True,
    ),
)

FAMILIES: tuple[Family, ...] = tuple(
    Family(
        row.name,
        row.cluster,
        row.words,
        partial(sampled, order=row.order, temperature=row.temperature, keep_outer=row.keep_outer),
    )
    for row in _ROWS
)
