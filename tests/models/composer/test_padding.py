"""Padding changes the sizes of a batch and nothing that is learned from it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from constraints.language.tokenizer import Encoded, encode
from data_prep.corpus.store import PhraseStore
from models.composer.batch import EventBatch, event_batch, middle_notes, token_batch
from models.composer.config import Config
from models.composer.network import network
from models.composer.padding import EVENTS, TARGETS, padded
from models.training.losses import bits_per_note, middle_nats


@pytest.fixture
def rows(small_store: PhraseStore) -> list[Encoded]:
    return [encode(stored.phrase, "bach", 1, 2) for stored in small_store[:3]]


def test_sizes_are_multiples(rows: list[Encoded], tiny: Config) -> None:
    batch = padded(event_batch(rows, tiny.training))
    assert isinstance(batch, EventBatch)
    counts = [len(batch.place), len(batch.pitch), len(batch.length)]
    assert batch.places.shape[1] % EVENTS == 0
    assert batch.channels.shape[:2] == batch.durations.shape == batch.places.shape
    assert [count % TARGETS for count in counts] == [0, 0, 0]
    assert len(batch.weights) == len(batch.middle) == len(batch.rows) == sum(counts)
    assert len(padded(batch).weights) == len(batch.weights)


def test_what_is_learned_stays(rows: list[Encoded], tiny: Config) -> None:
    torch.manual_seed(5)
    net = network(replace(tiny.model, nested=True))
    plain = event_batch(rows, tiny.training)
    gradients = []
    for batch in (plain, padded(plain)):
        loss = (net.losses(batch) * batch.weights).sum() / batch.weights.sum()
        net.zero_grad()
        loss.backward()
        gradients.append(
            [parameter.grad.clone() for parameter in net.parameters() if parameter.grad is not None]
        )
    assert len(gradients[0]) == len(gradients[1]) > 10
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)
    wide = padded(plain)
    torch.testing.assert_close(
        middle_nats(net.losses(wide), wide), middle_nats(net.losses(plain), plain), rtol=1e-5, atol=1e-4
    )
    device = torch.device("cpu")
    assert bits_per_note(net, [wide], device) == pytest.approx(bits_per_note(net, [plain], device), rel=1e-2)
    assert torch.equal(wide.notes, middle_notes(rows))


def test_a_batch_of_tokens_stays(rows: list[Encoded], tiny: Config) -> None:
    batch = token_batch(rows, tiny.training)
    assert padded(batch) is batch
