"""The inner bars sampled from order-3 counts at temperature 0.5 between true outer bars."""

from __future__ import annotations

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import Family, Material, Random
from models.judge.training.negatives.sampled import sampled

ORDER, TEMPERATURE = 3, 0.5


def make(line: Line, material: Material, random: Random) -> Line | None:
    return sampled(line, material, random, ORDER, TEMPERATURE, keep_outer=True)


FAMILY = Family(
    "infill_cold", "infill", "order-3 language model, temperature 0.5, between true outer bars", make
)
