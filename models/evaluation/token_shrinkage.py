"""How far each composer's token stands from the token of nobody, decided by unseen works.

A composer with little music is learned too well: in new works of his, his token then costs more
bits than no token. So each one's embedding is drawn back towards the null token's, to the share of
its way at which his validation works cost least (shrinkage towards the common mean: James & Stein,
Proc. 4th Berkeley Symp. 1961; here with the shares tried one by one). The rest of the model stays.
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

SHARES = (0.25, 0.5, 0.75, 1.0)  # not 0: a token that is nobody's would tell nothing of its composer
_EMBEDDING = "token_embedding"


def costs(weights: Weights, composer: str, tasks: Sequence[Task]) -> dict[float, float]:
    """Bits per note of the tasks under the composer's token, at each share of its way."""
    asked = [replace(task, composer=composer) for task in tasks]
    return {
        share: fit_of(asked, model_bits(ComposerModel(shrunk(weights, {composer: share})))).bits_per_note
        for share in SHARES
    }


def best_shares(found: Mapping[str, Mapping[float, float]], all_composers: Sequence[str]) -> dict[str, float]:
    """The share at which each composer costs least; who has no unseen works gets the median of theirs."""
    best = {composer: min(sorted(each), key=each.__getitem__) for composer, each in found.items()}
    middle = median_low(best.values()) if best else 1.0
    return {composer: best.get(composer, middle) for composer in all_composers}


def shrunk(weights: Weights, shares: Mapping[str, float]) -> Weights:
    """The weights with each named composer's token at that share of its way from the null token."""
    embedding = weights.tensors[_EMBEDDING].clone()
    nobody = embedding[VOCABULARY.NULL_COMPOSER].clone()
    for composer, share in shares.items():
        token = VOCABULARY.composer(composer)
        embedding[token] = nobody + share * (embedding[token] - nobody)
    return replace(
        weights,
        tensors={**weights.tensors, _EMBEDDING: embedding},
        facts={**weights.facts, "token_shares": dict(shares)},
    )
