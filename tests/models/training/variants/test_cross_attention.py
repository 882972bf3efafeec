"""Heads that attend to the trunk see the newest events of their own row, and none that come after."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from constraints.language.tokenizer import encode
from data_prep.corpus.store import PhraseStore
from models.composer.batch import EventBatch, event_batch
from models.composer.config import Config
from models.training.variants.cross_attention import WINDOW, CrossAttentionNetwork, newest_events
from models.training.variants.named import VARIANTS


@pytest.fixture(scope="module")
def batch(small_store: PhraseStore, tiny: Config) -> EventBatch:
    return event_batch([encode(stored.phrase, None, 1, 1) for stored in small_store[:2]], tiny.training)


def test_the_newest_events_stay_in_their_row() -> None:
    newest, known = newest_events(torch.tensor([0, 2, 20, 41]), 20)
    assert newest[1, :3].tolist() == [2, 1, 0]
    assert known.sum(1).tolist() == [1, 3, 1, 2]  # 20 and 41 are in the second and the third row
    assert newest.shape == known.shape == (4, WINDOW)


def test_no_choice_sees_what_comes_after_it(batch: EventBatch, tiny_nested: Config) -> None:
    net = VARIANTS["cross-attention"].build(tiny_nested.model).eval()
    assert isinstance(net, CrossAttentionNetwork)
    event = batch.places.shape[1] // 2
    notes = batch.at[batch.note]
    earlier = (notes < event) | (notes >= batch.places.shape[1])
    pitches = batch.pitches.clone()
    pitches[0, event] = pitches[0, event] + 1 if pitches[0, event] else 0
    assert not torch.equal(pitches, batch.pitches)
    with torch.no_grad():
        before, after = net(batch)[1], net(replace(batch, pitches=pitches))[1]
    assert torch.equal(before[earlier], after[earlier])
    assert not torch.allclose(before[~earlier], after[~earlier])


def test_a_choice_reads_older_outputs_of_the_trunk(batch: EventBatch, tiny_nested: Config) -> None:
    net = VARIANTS["cross-attention"].build(tiny_nested.model).eval()
    assert isinstance(net, CrossAttentionNetwork)
    outputs = torch.randn(1 * 20, tiny_nested.model.dim)
    state = torch.randn(2, tiny_nested.model.dim)
    newest, known = newest_events(torch.tensor([19, 19 - WINDOW]), 20)
    other = outputs.clone()
    other[19 - WINDOW + 1] += 1  # the oldest that the first choice sees, too new for the second
    with torch.no_grad():
        one, changed = (net.pitch_choice(state, state, each, newest, known)[1] for each in (outputs, other))
    assert not torch.allclose(one[0], changed[0])
    assert torch.equal(one[1], changed[1])
