"""The inner bars sampled from first-order counts between true outer bars."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import Family, Material, Random
from models.judge.training.negatives.sampled import sampled

ORDER, TEMPERATURE = 1, 1.0


def make(line: Line, material: Material, random: Random) -> Line | None:
    return sampled(line, material, random, ORDER, TEMPERATURE, keep_outer=True)


FAMILY = Family("infill_markov", "markov", "first-order Markov chain between true outer bars", make)
