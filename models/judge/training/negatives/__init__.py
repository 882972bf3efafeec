"""Families of negatives: named, seeded functions that make machine-like lines from human ones.

There is one file per family, and one table of the families that the sampler generates. `FAMILIES`
lists them all. To add one, write a file with a `FAMILY` and add it here.
"""

from __future__ import annotations

from models.judge.training.negatives import (
    arpeggio,
    bar_recombination,
    bar_shuffle,
    contour_fill,
    counterpoint,
    crossover,
    flat_rhythm,
    interpolation,
    interval_tree,
    loop,
    noise,
    period,
    perturbation,
    pitch_shuffle,
    prompt_copy,
    replanned,
    rhythm_shuffle,
    sampled,
    scale_walk,
    stutter,
    template_copy,
    transposed_imitation,
)
from models.judge.training.negatives.family import Family, Material

__all__ = ["FAMILIES", "Family", "Material"]

FAMILIES: tuple[Family, ...] = (
    pitch_shuffle.FAMILY,
    rhythm_shuffle.FAMILY,
    perturbation.FAMILY,
    crossover.FAMILY,
    bar_shuffle.FAMILY,
    bar_recombination.FAMILY,
    *sampled.FAMILIES,
    template_copy.FAMILY,
    loop.FAMILY,
    transposed_imitation.FAMILY,
    stutter.FAMILY,
    prompt_copy.FAMILY,
    flat_rhythm.FAMILY,
    scale_walk.FAMILY,
    arpeggio.FAMILY,
    noise.FAMILY,
    interpolation.FAMILY,
    *replanned.FAMILIES,
    *period.FAMILIES,
    contour_fill.FAMILY,
    interval_tree.FAMILY,
    counterpoint.FAMILY,
)
