"""A whole line sampled from order-5 counts at temperature 1.2."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import Family, Material, Random
from models.judge.training.negatives.sampled import sampled

ORDER, TEMPERATURE = 5, 1.2


def make(line: Line, material: Material, random: Random) -> Line | None:
    return sampled(line, material, random, ORDER, TEMPERATURE, keep_outer=False)


FAMILY = Family("lm_hot", "lm", "order-5 language model, temperature 1.2", make)
