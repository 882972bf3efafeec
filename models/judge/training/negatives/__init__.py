"""Families of negatives: named, seeded ways to make machine-like lines from human ones.

One file a family. `FAMILIES` lists them; a new one is a file with a `FAMILY` and a line here.
"""

from __future__ import annotations

from models.judge.training.negatives import (
    arpeggio,
    bar_recombination,
    bar_shuffle,
    crossover,
    flat_rhythm,
    infill_cold,
    infill_markov,
    infill_ngram,
    interpolation,
    lm_cold,
    lm_hot,
    lm_plain,
    loop,
    markov,
    noise,
    perturbation,
    pitch_shuffle,
    prompt_copy,
    rhythm_shuffle,
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
    lm_hot.FAMILY,
    lm_plain.FAMILY,
    lm_cold.FAMILY,
    markov.FAMILY,
    infill_markov.FAMILY,
    infill_ngram.FAMILY,
    infill_cold.FAMILY,
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
)
