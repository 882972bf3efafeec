"""The inner bars sampled from order-5 counts between true outer bars."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import Family, Material, Random
from models.judge.training.negatives.sampled import sampled

ORDER, TEMPERATURE = 5, 1.0


def make(line: Line, material: Material, random: Random) -> Line | None:
    return sampled(line, material, random, ORDER, TEMPERATURE, keep_outer=True)


FAMILY = Family("infill_ngram", "infill", "order-5 language model between true outer bars", make)
