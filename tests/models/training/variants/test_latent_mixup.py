"""Rows are mixed event by event of the same bar; what is not mixed is trained as usual."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from constraints.language.tokenizer import Facts, encode
from constraints.language.vocabulary import VOCABULARY
from models.composer.batch import EventBatch, event_batch
from models.composer.config import Config
from models.training.variants import latent_mixup
from models.training.variants.latent_mixup import LatentMixupNetwork, bar_slots, mixture, paired_rows
from models.training.variants.named import VARIANTS
from violin.music import Key, Meter, Note, Phrase


def _phrase(first_pitch: int, duration: int, key: int = 0, meter: int = 4) -> Phrase:
    notes = [Note(tick, first_pitch + tick // duration % 5, duration) for tick in range(0, 8 * 144, duration)]
    return Phrase(tuple(notes), 8, Meter(meter, 4), Key(key))


def _batch(config: Config, *phrases: Phrase) -> EventBatch:
    return event_batch([encode(phrase, None, 1, 1, None, Facts()) for phrase in phrases], config.training)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent_mixup, "MIXED_SHARE", 1.0)


def test_a_slot_is_a_part_a_bar_and_an_event() -> None:
    end, begin, bar = VOCABULARY.END, VOCABULARY.BEGIN, VOCABULARY.BAR
    places = np.array([[1, end, bar, 70, bar, begin, bar, 70, 0, 0]])
    pitches = np.array([[0, 0, 0, 100, 0, 0, 0, 100, 100, 0]])
    slots = bar_slots(places, pitches)[0]
    assert (slots[[0, 1, 5, 9]] < 0).all()
    assert len(set(slots.tolist())) == 10
    parts, rest = np.divmod(slots[[2, 3, 4, 6, 7, 8]], 64 * 4096)
    bars, events = np.divmod(rest, 4096)
    assert parts.tolist() == [1, 1, 1, 2, 2, 2]
    assert bars.tolist() == [1, 1, 2, 1, 1, 1]
    assert events.tolist() == [0, 1, 0, 0, 1, 2]


def test_rows_of_one_meter_are_paired_near_keys_first() -> None:
    torch.manual_seed(0)
    pairs = paired_rows(np.array([3, 4, 3, 3, 4, 5]), np.array([1, 7, 9, 2, 7, 1]))
    assert sorted(tuple(sorted(pair)) for pair in pairs) == [(0, 3), (1, 4)]


@pytest.mark.usefixtures("always")
def test_mixed_events_name_each_other_and_share_one(tiny: Config) -> None:
    torch.manual_seed(1)
    batch = _batch(tiny, _phrase(62, 48), _phrase(65, 96), _phrase(60, 48, meter=3))
    partner, own = mixture(batch)
    assert torch.equal(partner[partner], torch.arange(len(partner)))
    mixed = partner != torch.arange(len(partner))
    length = batch.places.shape[1]
    assert set((partner[mixed] // length - mixed.nonzero().flatten() // length).tolist()) == {1, -1}
    assert not mixed[2 * length :].any()  # the only row in 3/4
    assert (own[~mixed] == 1).all()
    assert len(set(own[mixed].tolist())) == 1
    places = batch.places.flatten()
    bars = places == VOCABULARY.BAR
    assert torch.equal(places[partner[bars]], places[bars])
    assert 0 < mixed.sum() < 2 * length


@pytest.mark.usefixtures("always")
def test_a_row_mixed_with_its_like_has_the_usual_loss(tiny: Config, tiny_nested: Config) -> None:
    net = VARIANTS["latent-mixup"].build(tiny_nested.model).train()
    assert isinstance(net, LatentMixupNetwork)
    batch = _batch(tiny, _phrase(62, 48), _phrase(62, 48))
    with torch.no_grad():
        torch.testing.assert_close(net.losses(batch), net.eval().losses(batch))


@pytest.mark.usefixtures("always")
def test_a_mixture_is_learned_from_both_rows(tiny: Config, tiny_nested: Config) -> None:
    net = VARIANTS["latent-mixup"].build(tiny_nested.model).train()
    batch = _batch(tiny, _phrase(62, 48), _phrase(65, 96))
    losses = net.losses(batch)
    usual = net.eval().losses(batch)
    assert losses.shape == batch.weights.shape
    assert not torch.allclose(losses, usual)
    losses.sum().backward()
    assert all(parameter.grad is not None for parameter in net.parameters())


def test_nothing_is_mixed_in_validation(tiny: Config, tiny_nested: Config) -> None:
    mixed = VARIANTS["latent-mixup"].build(tiny_nested.model).eval()
    usual = VARIANTS["256x4"].build(tiny_nested.model).eval()
    usual.load_plain_weights(mixed.plain_weights())
    batch = _batch(tiny, _phrase(62, 48), _phrase(65, 96))
    with torch.no_grad():
        assert torch.equal(mixed.losses(batch), usual.losses(batch))
