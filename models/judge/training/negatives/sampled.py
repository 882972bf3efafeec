"""Lines written by the sampler, free or between true outer bars: the ground of seven families."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import Material, Random, Tone, line_of, outer_bars, split_inner
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
