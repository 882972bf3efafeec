"""Shrinks each composer's embedding towards the null embedding by validation loss.

The token of a composer with little music overfits: on unseen works by that composer, it costs more
bits than the null token. So each composer's embedding is moved towards the null token's, by the
share at which the composer's validation works cost the fewest bits (shrinkage towards a common
mean: James & Stein, Proc. 4th Berkeley Symp. 1961; here by grid search over the shares). The rest
of the model does not change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median_low

from constraints.language.vocabulary import VOCABULARY
from models.composer.checkpoint import Weights
from models.evaluation.bits_per_note import fit_of, model_bits
from models.generation.model import ComposerModel
from models.training.tasks import Task

SHARES = (0.25, 0.5, 0.75, 1.0)  # not 0: the null embedding would carry no information about the composer
_EMBEDDING = "token_embedding"


def costs(weights: Weights, composer: str, tasks: Sequence[Task]) -> dict[float, float]:
    """Bits per note of the tasks with the composer's token, at each share of its distance from the
    null token."""
    asked = [replace(task, composer=composer) for task in tasks]
    return {
        share: fit_of(asked, model_bits(ComposerModel(shrunk(weights, {composer: share})))).bits_per_note
        for share in SHARES
    }


def best_shares(found: Mapping[str, Mapping[float, float]], all_composers: Sequence[str]) -> dict[str, float]:
    """The share with the fewest bits for each composer. A composer without unseen works gets the
    median of the others."""
    best = {composer: min(sorted(each), key=each.__getitem__) for composer, each in found.items()}
    middle = median_low(best.values()) if best else 1.0
    return {composer: best.get(composer, middle) for composer in all_composers}


def shrunk(weights: Weights, shares: Mapping[str, float]) -> Weights:
    """The weights with each named composer's embedding at its share of the distance from the null
    embedding."""
    embedding = weights.tensors[_EMBEDDING].clone()
    null = embedding[VOCABULARY.NULL_COMPOSER].clone()
    for composer, share in shares.items():
        token = VOCABULARY.composer(composer)
        embedding[token] = null + share * (embedding[token] - null)
    return replace(
        weights,
        tensors={**weights.tensors, _EMBEDDING: embedding},
        facts={**weights.facts, "token_shares": dict(shares)},
    )
