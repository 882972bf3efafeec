"""Batches: each pair once per epoch, best with its own worst, and the same after a stop."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
import torch

from constraints.language.tokenizer import Encoded
from data_prep.corpus.store import PhraseStore
from models.composer.batch import event_batch
from models.composer.config import Config
from models.preferences import batches as module
from models.preferences.batches import PreferenceBatch, PreferenceSource
from models.training.dataset import BatchSource

Rows = tuple[list[Encoded], list[Encoded]]


@pytest.fixture
def human(small_store: PhraseStore, tiny_planned: Config, monkeypatch: pytest.MonkeyPatch) -> BatchSource:
    monkeypatch.setattr(module, "PAIRS_PER_STEP", 4)
    return BatchSource(small_store, tiny_planned.training, tiny_planned.model, seed=5)


@pytest.fixture
def source(human: BatchSource, rows: Rows) -> PreferenceSource:
    return PreferenceSource(human, rows[0], 2, rows[1], torch.arange(6.0), {"beta": 0.1})


def test_an_epoch_has_each_pair_once_with_the_best_beside_its_own_worst(
    source: PreferenceSource, human: BatchSource, rows: Rows
) -> None:
    assert source.steps_per_epoch == 2
    seen: list[int] = []
    for batch in islice(source.from_step(0), 2):
        assert batch.reference is not None
        pairs = batch.reference.int().tolist()
        seen += pairs
        expected = event_batch([rows[0][i] for i in pairs] + [rows[1][i] for i in pairs], human.training)
        assert torch.equal(batch.answers.channels, expected.channels)
        assert torch.equal(batch.answers.middle, expected.middle)
        assert len(batch.human.notes) == 2 * 2 * len(pairs)
        assert batch.real_tokens == batch.human.real_tokens + expected.real_tokens
    assert sorted(seen) == list(range(6))


def test_it_resumes_from_any_step_and_epochs_differ(source: PreferenceSource) -> None:
    whole = list(islice(source.from_step(0), 6))
    for step in (1, 4):
        for one, other in zip(whole[step:], source.from_step(step), strict=False):
            assert _same(one, other)
    assert Counter(len(batch.answers.notes) for batch in whole) == {8: 3, 4: 3}
    assert not _same(whole[0], whole[2]) or not _same(whole[1], whole[3])


def test_only_the_best_answers_without_worst_ones(human: BatchSource, rows: Rows) -> None:
    source = PreferenceSource(human, rows[0], 4)
    batch = next(source.from_step(0))
    assert batch.reference is None
    assert len(batch.human.notes) == 4 * len(batch.answers.notes)
    assert source.description["phrases"] == human.description["phrases"]
    with pytest.raises(ValueError, match="2 processes; legal: 1"):
        next(source.from_step(0, world=2))


def _same(one: PreferenceBatch, other: PreferenceBatch) -> bool:
    pairs = ((one.human, other.human), (one.answers, other.answers))
    return all(a.channels.shape == b.channels.shape and torch.equal(a.channels, b.channels) for a, b in pairs)
