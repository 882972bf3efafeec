"""A larger model that starts from a smaller one computes the same, and all of it can learn."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.vocabulary import VOCABULARY
from models.composer.checkpoint import Weights
from models.composer.config import ModelConfig
from models.composer.network import TokenNetwork
from models.composer.widening import widened
from violin.errors import WeightsError

SMALL = ModelConfig(dim=32, depth=2, heads=2)
LARGE = ModelConfig(dim=80, depth=4, heads=3, feed_forward=5)


@pytest.fixture(scope="module")
def small() -> TokenNetwork:
    torch.manual_seed(3)
    model = TokenNetwork(SMALL, len(VOCABULARY), tuple(CHANNEL_SIZES)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@pytest.fixture(scope="module")
def weights(small: TokenNetwork) -> Weights:
    return Weights(small.plain_weights(), SMALL, tuple(CHANNEL_SIZES), {"config": "small"})


@pytest.fixture(scope="module")
def large(weights: Weights) -> TokenNetwork:
    model = TokenNetwork(LARGE, len(VOCABULARY), tuple(CHANNEL_SIZES)).eval()
    model.load_plain_weights(widened(weights, LARGE).tensors)
    return model


def _rows() -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    tokens = torch.randint(0, len(VOCABULARY), (3, 40), generator=random)
    channels = [torch.randint(0, size, (3, 40), generator=random) for size in CHANNEL_SIZES]
    return tokens, torch.stack(channels, -1)


def test_the_larger_model_computes_the_same(small: TokenNetwork, large: TokenNetwork) -> None:
    with torch.no_grad():
        expected, found = small(*_rows()), large(*_rows())
    assert expected.std() > 0.1
    assert (found - expected).abs().max() < 1e-4


def test_everything_that_is_new_can_learn(large: TokenNetwork) -> None:
    """After a first step, which changes only the weights that write, every new number has a gradient."""
    tokens, channels = _rows()
    optimizer = torch.optim.SGD(large.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        logits = large(tokens, channels)
        F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:]).backward()
        optimizer.step()
    for name, parameter in large.named_parameters():
        if parameter.ndim == 2 and "embedding" not in name and "to_k" not in name:
            assert parameter.grad is not None
            assert (parameter.grad[-1, -1] != 0).all(), name
    assert (large.token_embedding.weight.grad[tokens[:, :-1].unique(), SMALL.dim :] != 0).any(1).all()


def test_the_same_shape_is_left_alone(weights: Weights) -> None:
    assert widened(weights, SMALL) is weights


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"dim": 16}, "dim 32"),
        ({"depth": 1}, "depth 2"),
        ({"heads": 1}, "heads 2"),
        ({"head_size": 32}, "same size"),
    ],
)
def test_a_smaller_shape_is_refused(weights: Weights, change: dict[str, int], named: str) -> None:
    with pytest.raises(WeightsError, match=named):
        widened(weights, replace(LARGE, **change))
