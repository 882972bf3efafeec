"""Training pairs with answers of an untrained model that follows plans."""

from __future__ import annotations

import pytest

from constraints.language.tokenizer import Encoded
from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.composer.checkpoint import Weights
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from models.preferences.rows import answer_row
from models.reranking.candidates import Candidates, composed_candidates, drawn_phrases


@pytest.fixture(scope="session")
def options() -> SamplingOptions:
    return SamplingOptions(seed=3)


@pytest.fixture(scope="session")
def training_phrases(small_store: PhraseStore) -> list[StoredPhrase]:
    return drawn_phrases(small_store, "train", 6, seed=2)


@pytest.fixture(scope="session")
def planned_model(untrained_planned_weights: Weights) -> ComposerModel:
    return ComposerModel(untrained_planned_weights, "cpu")


@pytest.fixture(scope="session")
def candidates(
    training_phrases: list[StoredPhrase], planned_model: ComposerModel, options: SamplingOptions
) -> Candidates:
    """Two answers to each of six pairs."""
    return composed_candidates(training_phrases, planned_model, 2, options)


@pytest.fixture(scope="session")
def rows(candidates: Candidates, options: SamplingOptions) -> tuple[list[Encoded], list[Encoded]]:
    """The rows of the first answers and of the second ones."""
    pairs = list(zip(candidates.requests, candidates.answers, strict=True))
    first, second = (
        [answer_row(request, answers[index], options, 2) for request, answers in pairs] for index in (0, 1)
    )
    return first, second
