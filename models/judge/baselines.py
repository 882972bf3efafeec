"""Baseline judges of the arena; each uses a single criterion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from violin.music import Phrase


@dataclass(frozen=True, slots=True)
class Constant:
    """A judge that gives every phrase the same score."""

    identity: str = "constant"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        return [0.5] * len(phrases)


@dataclass(frozen=True, slots=True)
class Repetition:
    """An untrained judge with one feature: the longer the longest repeated run, the lower the score."""

    identity: str = "repetition"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        from models.form import longest_repeated_run

        return [1 - min(1.0, 2 * longest_repeated_run(phrase.on_grid())) for phrase in phrases]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The organisers' baseline judge: exp of minus the mean loss per token, here of an n-gram model."""

    store: Path
    order: int = 5

    @property
    def identity(self) -> str:
        return f"likelihood of order {self.order} on {self.store}"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        from constraints.language.tokenizer import encode
        from models.ngram import ngram_of_store

        model = ngram_of_store(self.store, self.order)
        scores = []
        for phrase in phrases:
            tokens = encode(phrase.on_grid(), composer, 0, 0).tokens
            scores.append(math.exp(float(model.log_probabilities(tokens).mean())))
        return scores
