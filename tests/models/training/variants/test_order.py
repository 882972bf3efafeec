"""The same event in another order of choices: each sees those before it, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from constraints.language.tokenizer import encode
from models.composer.batch import LENGTH_TOKENS, PITCH_TOKENS, EventBatch, event_batch
from models.composer.config import Config
from models.composer.network import ComposerNetwork
from models.composer.padding import padded
from models.training.variants.named import VARIANTS
from models.training.variants.order import LengthBeforePitch, PitchBeforePlace
from violin.music import Note, Phrase

CHORD_AND_LONG_NOTE = Phrase((Note(0, 60, 48), Note(192, 67, 500), Note(192, 76, 48), Note(1500, 60, 30)), 8)


@pytest.fixture(scope="module")
def batch(tiny: Config) -> EventBatch:
    row = encode(CHORD_AND_LONG_NOTE, None, 0, 0)
    return event_batch([row, encode(CHORD_AND_LONG_NOTE.transposed(2), "bach", 1, 1)], tiny.training)


def _network(name: str, config: Config) -> ComposerNetwork:
    torch.manual_seed(0)
    net = VARIANTS[name].build(config.model).eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.normal_(std=0.2)
    return net


def _changed(
    logits: Callable[[EventBatch], tuple[Tensor, ...]], batch: EventBatch, *names: str
) -> list[bool]:
    """Which of the three choices' logits differ if these fields of the targets change."""
    with torch.no_grad():
        before = logits(batch)
        after = logits(replace(batch, **{name: getattr(batch, name).roll(1, 0) for name in names}))
    return [not torch.equal(one, other) for one, other in zip(before, after, strict=True)]


def test_place_length_pitch(batch: EventBatch, tiny_nested: Config) -> None:
    net = _network("place-length-pitch", tiny_nested)
    assert isinstance(net, LengthBeforePitch)
    # in the order place, pitch, length
    assert _changed(net, batch, "place_token") == [False, True, True]
    assert _changed(net, batch, "length") == [False, True, False]
    assert _changed(net, batch, "pitch", "pitch_channels") == [False, False, False]


def test_the_pitch_sees_the_whole_of_a_long_length(batch: EventBatch, tiny_nested: Config) -> None:
    net = _network("place-length-pitch", tiny_nested)
    is_longer = batch.length == len(LENGTH_TOKENS) - 1
    assert is_longer.any()
    shorter = replace(batch, longer_before=torch.where(is_longer, batch.longer_before, 0))
    with torch.no_grad():
        one, other = net(batch)[1], net(shorter)[1]
    long_notes = batch.length_of[is_longer].unique()
    differ = (one != other).any(1).nonzero().flatten()
    assert differ.tolist() == long_notes.tolist()


def test_pitch_place_length(batch: EventBatch, tiny_nested: Config) -> None:
    net = _network("pitch-place-length", tiny_nested)
    assert isinstance(net, PitchBeforePlace)
    # in the order pitch, place, length
    assert _changed(net, batch, "pitch") == [False, True, True]
    assert _changed(net, batch, "place_token", "pitch_channels") == [False, False, True]
    assert _changed(net, batch, "place_channels", "length") == [False, False, False]


def test_a_pitch_a_barline_or_the_end_is_chosen_first(batch: EventBatch, tiny_nested: Config) -> None:
    net = _network("pitch-place-length", tiny_nested)
    with torch.no_grad():
        assert isinstance(net, PitchBeforePlace)
        net.first_head.weight.zero_()
        losses = net.losses(batch)
    events = len(batch.at)
    assert losses[:events].tolist() == pytest.approx([math.log(2 + len(PITCH_TOKENS))] * events)
    assert losses.shape == batch.weights.shape


@pytest.mark.parametrize("name", ["place-length-pitch", "pitch-place-length", "cross-attention"])
def test_padding_changes_no_loss(name: str, batch: EventBatch, tiny_nested: Config) -> None:
    net = _network(name, tiny_nested)
    wider = padded(batch)
    assert len(wider.weights) > len(batch.weights)
    with torch.no_grad():
        usual, found = net.losses(batch), net.losses(wider)
    real = wider.weights > 0
    torch.testing.assert_close(found[real], usual)


@pytest.mark.parametrize("name", ["place-length-pitch", "pitch-place-length", "cross-attention"])
def test_a_first_step_lowers_the_loss_of_each_choice(
    name: str, batch: EventBatch, tiny_nested: Config
) -> None:
    torch.manual_seed(0)
    net = VARIANTS[name].build(tiny_nested.model)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    counts = [len(batch.place), len(batch.pitch), len(batch.length)]
    before = [part.mean().item() for part in net.losses(batch).split(counts)]
    for _ in range(5):
        net.losses(batch).mean().backward()
        optimizer.step()
        optimizer.zero_grad()
    after = [part.mean().item() for part in net.losses(batch).split(counts)]
    assert all(new < old for new, old in zip(after, before, strict=True))
