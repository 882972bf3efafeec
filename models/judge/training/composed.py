"""Machine lines by the project's own composer, between outer bars of human phrases.

It is the strongest generator that we can sample freely, so it is the hardest test of the judge. It
is a cluster of its own, with one family per checkpoint and temperature; the evaluation leaves all
of them out together. The composer was trained only on human music, so its lines belong to the
self-negatives mode.

They take minutes to compose, so they are stored once in a phrase store. Its field `source` names
the family; all other fields are those of the phrase with the given outer bars.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from data_prep.corpus.store import OTHER, SPLITS, PhraseStore, StoredPhrase
from violin.challenge import SLUGS
from violin.pair import outer_pair

CLUSTER = "composer"
TEMPERATURES = (0.8, 1.0, 1.15)


def family_name(temperature: float, checkpoint: str = "") -> str:
    """'composer_1', or 'composer-early_1' of another checkpoint: the name of its family of lines."""
    return f"{CLUSTER}-{checkpoint}_{temperature:g}" if checkpoint else f"{CLUSTER}_{temperature:g}"


def compose(
    phrases: Sequence[StoredPhrase],
    weights: Path | None,
    temperature: float,
    seed: int,
    on_done: Callable[[], None] = lambda: None,
    name: str = "",
) -> list[StoredPhrase]:
    """The phrases with newly composed inner bars; one or two outer bars are kept. `weights` None:
    the shipped composer. `name` is stored in `source`."""
    from models.generation.infill import infill
    from models.generation.model import ComposerModel
    from models.generation.request import Request
    from models.generation.sampling import SamplingOptions

    name = name or family_name(temperature)
    model = ComposerModel.load(weights)
    random = np.random.default_rng([seed, zlib.crc32(name.encode())])
    options = SamplingOptions(temperature=temperature, seed=seed, rows=32)
    made = []
    for start in range(0, len(phrases), options.rows):
        part = phrases[start : start + options.rows]
        requests = []
        for index, one in enumerate(part, start):
            claimed = one.composer if one.composer != OTHER else SLUGS[index % len(SLUGS)]
            outer = int(random.integers(1, 3))
            pair = outer_pair(one.phrase, outer, outer)
            requests.append(Request(pair, claimed, one.phrase.bars, (seed, index)))
        answers = infill(model, requests, options)
        for one, answer in zip(part, answers, strict=True):
            made.append(replace(one, phrase=answer.phrase.on_grid(), source=name))
            on_done()
    return made


def composed_store(
    human: PhraseStore,
    checkpoints: Mapping[str, Path | None],
    counts: dict[str, int],
    seed: int,
    temperatures: Sequence[float] = TEMPERATURES,
    on_done: Callable[[], None] = lambda: None,
) -> PhraseStore:
    """A store of composed phrases by each of `checkpoints` (weights by name; "" and None the shipped
    one): `counts[split]` phrases per temperature, from random human phrases; half of them are of
    the eight composers if there are enough."""
    made: list[StoredPhrase] = []
    for checkpoint, weights in checkpoints.items():
        for temperature in temperatures:
            name = family_name(temperature, checkpoint)
            random = np.random.default_rng([seed, 13, zlib.crc32(name.encode())])
            for split in SPLITS:
                phrases = human.select(split)
                weight = np.array([1.0 if one.composer == OTHER else 3.0 for one in phrases])
                if not len(weight):
                    continue
                count = min(counts.get(split, 0), len(phrases))
                chosen = random.choice(len(phrases), size=count, replace=False, p=weight / weight.sum())
                given = [phrases[index] for index in chosen]
                made += compose(given, weights, temperature, seed, on_done, name)
    return PhraseStore(made, {"made_by": "models.judge.training.composed", "seed": seed})
