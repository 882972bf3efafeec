"""Rounded products are near the true ones, and no row depends on the others of its batch."""

from __future__ import annotations

import torch

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.vocabulary import VOCABULARY
from models.composer.checkpoint import Weights
from models.generation.infill import infill
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from models.generation.transformer.int8 import int8_product
from models.generation.transformer.token_model import CachedTokenModel
from violin.music import Key, Note, Phrase
from violin.pair import outer_pair


def test_a_product_is_near_and_rows_are_independent() -> None:
    torch.manual_seed(0)
    weight, bias, x = (
        torch.randn(96, 64),
        torch.randn(96),
        torch.randn(40, 64) * torch.logspace(-3, 3, 40)[:, None],
    )
    product = int8_product(weight, bias)
    found, expected = product(x), x @ weight.T + bias
    error = (found - expected).abs().amax(1) / expected.abs().amax(1)
    assert error.max() < 0.05
    assert torch.equal(product(x[:7]), found[:7])
    assert torch.equal(product(x[11:12]), found[11:12])
    assert torch.equal(product(torch.zeros(2, 64)), bias.expand(2, -1))
    assert product(x.view(4, 10, 64)).shape == (4, 10, 96)


def test_the_model_computes_nearly_the_same(untrained_weights: Weights) -> None:
    tokens = torch.randint(0, VOCABULARY.size_of(1), (2, 60), generator=torch.Generator().manual_seed(3))
    channels = torch.zeros(2, 60, len(CHANNEL_SIZES), dtype=torch.long)
    logits = [
        CachedTokenModel(untrained_weights.tensors, untrained_weights.config, len(CHANNEL_SIZES), int8=int8)
        .sequence_logits(tokens, channels)
        .log_softmax(-1)
        for int8 in (False, True)
    ]
    assert not torch.equal(*logits)
    assert (logits[0] - logits[1]).abs().mean() < 0.1


def test_answers_do_not_depend_on_the_batch(untrained_weights: Weights) -> None:
    model = ComposerModel(untrained_weights, "cpu", int8=True)
    scale = (62, 64, 66, 67, 69, 71, 73, 74)
    pairs = [
        outer_pair(
            Phrase(tuple(Note(48 * beat, scale[(beat + shift) % 8], 48) for beat in range(32)), 8, key=Key(2))
        )
        for shift in range(3)
    ]
    requests = [Request(pair, "bach", 8, (index,)) for index, pair in enumerate(pairs)]
    together = infill(model, requests, guards=None)
    assert infill(model, requests[1:2], guards=None) == together[1:2]
    assert infill(model, requests, SamplingOptions(rows=2), guards=None) == together
