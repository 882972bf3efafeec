"""Candidates for reranking: several answers to the outer bars of human phrases of unseen works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data_prep.corpus.store import OTHER, PhraseStore, StoredPhrase
from models.bar_relations import FIGURES, InnerBars
from models.generation.infill import infill
from models.generation.request import Answer, Request
from models.generation.sampling import LanguageModel, SamplingOptions
from models.reranking.critic import relation_rows, rows_of
from violin.challenge import SLUGS
from violin.music import Phrase
from violin.pair import outer_pair

GIVEN_BARS = 1
_GIVEN = (GIVEN_BARS, GIVEN_BARS)
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """P human phrases and the K answers to the outer bars of each, in order of their numbers."""

    human: Sequence[StoredPhrase]
    requests: Sequence[Request]
    answers: Sequence[Sequence[Answer]]

    @property
    def works(self) -> NDArray[np.str_]:
        return np.array([stored.work_group for stored in self.human])

    def features(self) -> tuple[Floats, Floats]:
        """The critic's features: float64[P, features] of the human phrases, float64[P, K, features] of
        the answers."""
        return self._rows(rows_of)

    def relations(self) -> tuple[Floats, Floats]:
        """The features of `models.reranking.relations` alone, in the same shapes."""
        return self._rows(relation_rows)

    def _rows(
        self, measure: Callable[[Sequence[Request], Sequence[Phrase]], Floats]
    ) -> tuple[Floats, Floats]:
        asked, phrases = [], []
        for stored, request, each in zip(self.human, self.requests, self.answers, strict=True):
            phrases += [stored.phrase, *(one.phrase for one in each)]
            asked += [request] * (1 + len(each))
        rows = measure(asked, phrases)
        rows = rows.reshape(len(self.human), -1, rows.shape[1])
        return rows[:, 0], rows[:, 1:]

    def figures(self) -> tuple[Floats, Floats]:
        """The metrics of `models.bar_relations`: float64[P, 10] and float64[P, K, 10]; NaN where a phrase
        has none."""
        human = np.array([_figures(stored.phrase) for stored in self.human])
        answers = np.array([[_figures(one.phrase) for one in each] for each in self.answers])
        return human, answers


def drawn_phrases(store: PhraseStore, split: str, count: int, seed: int = 0) -> list[StoredPhrase]:
    """At most `count` phrases of a split. Half of them, where the split has enough, are by composers
    other than the eight, because official outer bars may be by others. They are attributed to the eight
    in turn."""
    random = np.random.default_rng(seed)
    own = [stored for stored in store.select(split) if stored.composer in SLUGS]
    others = store.select(split, OTHER)
    half = max(count // 2, count - len(others))
    chosen = [own[place] for place in sorted(random.permutation(len(own))[:half].tolist())]
    drawn = random.permutation(len(others))[: count - len(chosen)]
    return chosen + [
        replace(others[place], composer=SLUGS[number % len(SLUGS)])
        for number, place in enumerate(sorted(drawn.tolist()))
    ]


def composed_candidates(
    phrases: Sequence[StoredPhrase],
    model: LanguageModel,
    count: int,
    options: SamplingOptions,
    on_done: Callable[[], None] = lambda: None,
) -> Candidates:
    """`count` answers to the outer bars of each phrase, composed with guards."""
    requests = requests_of(phrases)
    return Candidates(phrases, requests, answers_to(requests, model, count, options, on_done))


def requests_of(phrases: Sequence[StoredPhrase]) -> list[Request]:
    """The request for an answer to the outer bars of each phrase."""
    return [
        Request(outer_pair(stored.phrase, *_GIVEN), stored.composer, stored.phrase.bars, (index,))
        for index, stored in enumerate(phrases)
    ]


def answers_to(
    requests: Sequence[Request],
    model: LanguageModel,
    count: int,
    options: SamplingOptions,
    on_done: Callable[[], None] = lambda: None,
) -> list[list[Answer]]:
    """`count` answers to each request, composed with guards, in order of their numbers."""
    asked = [replace(request, key=(*request.key, number)) for request in requests for number in range(count)]
    found = infill(model, asked, options, on_done=lambda index, answer: on_done())
    return [found[start : start + count] for start in range(0, len(found), count)]


def _figures(phrase: Phrase) -> list[float]:
    bars = InnerBars(phrase.on_grid(), *_GIVEN)
    return [float(figure(bars)) for figure in FIGURES.values()]
