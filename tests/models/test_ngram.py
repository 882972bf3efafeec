"""The n-gram model is a distribution, learns, and writes through the same decoder."""

from __future__ import annotations

import numpy as np
import pytest

from constraints.language.tokenizer import encode
from constraints.language.vocabulary import VOCABULARY
from constraints.linter.check import check_phrase, errors
from data_prep.corpus.store import PhraseStore
from models.evaluation.bits_per_note import ngram_bits, tasks_of
from models.generation.infill import infill
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from models.ngram import NgramModel, fitted_ngram
from violin.pair import free_pair


@pytest.fixture(scope="module")
def fitted(small_store: PhraseStore) -> NgramModel:
    return fitted_ngram(small_store)


def test_a_distribution_sums_to_one_after_anything(fitted: NgramModel) -> None:
    random = np.random.default_rng(0)
    for length in range(7):
        recent = random.integers(0, len(VOCABULARY), length)
        assert fitted.distribution(recent[-4:]).sum() == pytest.approx(1)


def test_scores_of_a_sequence_are_the_distributions(fitted: NgramModel, small_store: PhraseStore) -> None:
    tokens = encode(small_store[5].phrase, "bach", 1, 1).tokens
    scores = fitted.log_probabilities(tokens)
    for place in (1, 2, 4, 30, len(tokens) - 1):
        recent = tokens[max(0, place - 4) : place].astype(np.int64)
        assert scores[place - 1] == pytest.approx(np.log(fitted.distribution(recent)[tokens[place]]))


def test_kneser_ney_by_hand() -> None:
    # a b, a b, a c, d c: bigrams; kinds before b: 1 (a), before c: 2 (a, d)
    sequences = [np.array(pair, np.int16) for pair in ([1, 2], [1, 2], [1, 3], [4, 3])]
    model = NgramModel.fit(sequences, 2)
    low = model.distribution(np.array([], np.int64))
    assert low[3] > low[2]
    after_a = model.distribution(np.array([1]))
    discount = 2 / (2 + 2 * 1)
    assert after_a[2] == pytest.approx((2 - discount) / 3 + discount * 2 / 3 * low[2])


def test_a_longer_memory_fits_better(small_store: PhraseStore) -> None:
    tasks = tasks_of(small_store.select("train")[:20])
    rows = [task.encoded() for task in tasks]
    short = ngram_bits(fitted_ngram(small_store, 2))(rows).sum()
    long = ngram_bits(fitted_ngram(small_store, 5))(rows).sum()
    assert long < short


def test_it_answers_through_the_decoder(fitted: NgramModel) -> None:
    requests = [Request(free_pair(), None, 8, (index,)) for index in range(3)]
    answers = infill(fitted, requests, SamplingOptions(), guards=None)
    assert answers == infill(fitted, requests[::-1], SamplingOptions(), guards=None)[::-1]
    for found in answers:
        assert not errors(check_phrase(found.phrase, profile="submission"))
