"""Training data of the critic: human phrases of unseen works, and answers to their outer bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from data_prep.corpus.store import OTHER, PhraseStore, StoredPhrase
from models.generation.infill import infill
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from models.judge.features.examples import Examples
from models.judge.features.table import Knowledge
from models.judge.training.examples import Drawn, Human, humans_of, measured
from violin.challenge import SLUGS
from violin.pair import outer_pair

_ANSWER = "answer"


def subjects(store: PhraseStore, others: int, seed: int = 0, split: str = "validation") -> list[StoredPhrase]:
    """The eight composers' phrases of a split, and `others` phrases by other composers, attributed
    to the eight in turn, because official outer bars may be by others."""
    own = [stored for stored in store.select(split) if stored.composer in SLUGS]
    strange = store.select(split, OTHER)
    drawn = np.random.default_rng(seed).permutation(len(strange))[:others]
    return own + [
        replace(strange[place], composer=SLUGS[number % len(SLUGS)])
        for number, place in enumerate(sorted(drawn.tolist()))
    ]


def critic_examples(
    phrases: Sequence[StoredPhrase],
    model: ComposerModel,
    knowledge: Knowledge,
    answers: int,
    options: SamplingOptions,
    on_done: Callable[[], None] = lambda: None,
) -> Examples:
    """Each phrase and `answers` answers to its outer bars, composed with guards. Too short ones are
    left out."""
    requests = [
        Request(outer_pair(stored.phrase), stored.composer, stored.phrase.bars, (index, number))
        for index, stored in enumerate(phrases)
        for number in range(answers)
    ]
    found = infill(model, requests, options, on_done=lambda index, answer: on_done())
    human: list[Human] = []
    written: list[Human] = []
    for index, stored in enumerate(phrases):
        human += humans_of([stored])
        for answer in found[index * answers : (index + 1) * answers]:
            written += humans_of([replace(stored, phrase=answer.phrase.on_grid(), source=_ANSWER)])
    return measured(Drawn.joined([Drawn.human(human), Drawn.composed(written)]), knowledge)
