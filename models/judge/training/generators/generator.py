"""The list of further generators, and the store of their phrases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from data_prep.corpus.store import OTHER, SPLITS, PhraseStore, StoredPhrase
from models.judge.features.canonical import phrase_of_line
from models.judge.training.generators.recipe import LEAST_NOTES, Generator, Recipe, usable
from models.judge.training.negatives.family import Random


def recipes() -> tuple[Recipe, ...]:
    """The recipes of all further generators; torch is imported when they are trained."""
    from models.judge.training.generators import coconet, gru, masked_diffusion, oracle

    return (gru.RECIPE, masked_diffusion.RECIPE, coconet.RECIPE, oracle.RECIPE)


def cluster_of(source: str) -> str:
    """The generator of a source such as 'gru_0.8'."""
    return source.rpartition("_")[0] or source


def written_store(
    human: PhraseStore,
    counts: dict[str, int],
    seed: int,
    on_done: Callable[[], None] = lambda: None,
) -> PhraseStore:
    """A store of phrases by every further generator: `counts[split]` phrases per sampling setting.
    They are trained on training phrases of composers outside the eight. `source` names the
    generator."""
    learnt = [usable(one) for one in human.select("train", OTHER)]
    lines = [line for line in learnt if line is not None]
    made: list[StoredPhrase] = []
    for recipe in recipes():
        for name, generator in recipe.train(lines, seed).items():
            random = np.random.default_rng([seed, *name.encode()])
            for split in SPLITS:
                phrases = human.select(split)
                count = min(counts.get(split, 0), len(phrases))
                order = random.permutation(len(phrases))[:count].tolist()
                made += _written(generator, [phrases[index] for index in order], name, random)
            on_done()
    return PhraseStore(
        made, {"made_by": "models.judge.training.generators", "seed": seed, "learnt": len(lines)}
    )


def _written(
    generator: Generator, phrases: Sequence[StoredPhrase], name: str, random: Random
) -> list[StoredPhrase]:
    given = [(one, line) for one in phrases if (line := usable(one)) is not None]
    written = generator.write([line for _, line in given], random)
    return [
        replace(one, phrase=phrase_of_line(line).on_grid(), source=name)
        for (one, _), line in zip(given, written, strict=True)
        if line is not None and len(line) >= LEAST_NOTES and 8 <= line.bars <= 16
    ]
