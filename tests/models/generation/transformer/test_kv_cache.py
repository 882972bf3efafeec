"""Our step loop computes what x-transformers computes, and no row depends on the others of its batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.vocabulary import VOCABULARY
from models.composer.config import ModelConfig
from models.composer.network import TokenNetwork
from models.generation.transformer.kv_cache import KEY_BLOCK, ROW_MULTIPLE, Cache
from models.generation.transformer.token_model import CachedTokenModel

PARITY = 1e-4
PROMPT, LENGTH = 30, 150  # past two blocks of keys


def _some(rows: int, length: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(0, VOCABULARY.size_of(1), (rows, length), generator=generator)
    channels = [torch.randint(0, size, (rows, length), generator=generator) for size in CHANNEL_SIZES]
    return tokens, torch.stack(channels, -1)


@pytest.fixture(scope="module", params=[(2, 32), (4, 64)], ids=["whole head turns", "half a head turns"])
def both(request: pytest.FixtureRequest) -> tuple[TokenNetwork, CachedTokenModel]:
    heads, size = request.param
    torch.manual_seed(1)
    config = ModelConfig(dim=64, depth=3, heads=heads, head_size=size)
    model = TokenNetwork(config, VOCABULARY.size_of(config.language), tuple(CHANNEL_SIZES)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model, CachedTokenModel(model.plain_weights(), config, len(CHANNEL_SIZES))


def test_whole_sequences_agree(both: tuple[TokenNetwork, CachedTokenModel]) -> None:
    model, cached = both
    tokens, channels = _some(3, LENGTH)
    with torch.no_grad():
        expected = model(tokens, channels)
    assert expected.std() > 0.1
    assert (cached.sequence_logits(tokens, channels) - expected).abs().max() <= PARITY


def test_steps_agree_for_rows_of_different_length(both: tuple[TokenNetwork, CachedTokenModel]) -> None:
    model, cached = both
    tokens, channels = _some(3, LENGTH)
    with torch.no_grad():
        expected = model(tokens, channels)
    cache = Cache(cached.config, ROW_MULTIPLE, LENGTH, torch.device("cpu"))
    lengths = np.array([PROMPT, PROMPT + 7, PROMPT + 41])
    for row, length in enumerate(lengths):
        cache.row = row
        last = cached.sequence_logits(tokens[row : row + 1, :length], channels[row : row + 1, :length], cache)
        assert (last[0, 0] - expected[row, length - 1]).abs().max() <= PARITY
    while lengths.max() < LENGTH:
        step = _padded(tokens, channels, lengths)
        logits = cached.step_logits(*step, cache)
        for row, length in enumerate(lengths):
            assert (logits[row] - expected[row, length]).abs().max() <= PARITY
        lengths += 1


def _padded(tokens: Tensor, channels: Tensor, lengths: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
    rows = np.arange(len(lengths))
    all_tokens = torch.zeros(ROW_MULTIPLE, dtype=torch.long)
    all_channels = torch.zeros(ROW_MULTIPLE, len(CHANNEL_SIZES), dtype=torch.long)
    all_lengths = torch.zeros(ROW_MULTIPLE, dtype=torch.long)
    all_tokens[: len(rows)] = tokens[rows, lengths]
    all_channels[: len(rows)] = channels[rows, lengths]
    all_lengths[: len(rows)] = torch.from_numpy(lengths)
    return all_tokens, all_channels, all_lengths


@pytest.mark.parametrize("rows", [ROW_MULTIPLE, 3 * ROW_MULTIPLE, 128])
@pytest.mark.parametrize("longest", [PROMPT, KEY_BLOCK + 1, 500])
def test_a_row_is_the_same_bit_by_bit_in_any_batch(
    both: tuple[TokenNetwork, CachedTokenModel], rows: int, longest: int
) -> None:
    _, cached = both
    tokens, channels = _some(1, PROMPT)
    found = []
    for place, company in ((0, 0), (rows - 1, longest)):
        torch.manual_seed(company)
        cache = Cache(cached.config, rows, 512, torch.device("cpu"))
        cache.keys.normal_()
        cache.values.normal_()
        cache.row = place
        cached.sequence_logits(tokens, channels, cache)
        all_tokens, all_channels = _some(rows, 1, seed=company)
        all_tokens[place], all_channels[place] = 7, 1
        lengths = torch.randint(0, max(longest, 1) + (company == 0), (rows,))
        if company:
            lengths[0] = company
        lengths[place] = PROMPT
        logits = cached.step_logits(all_tokens[:, 0], all_channels[:, 0], lengths, cache)
        found.append(logits[place])
    assert torch.equal(*found)


def test_moving_rows_keeps_what_they_hold(both: tuple[TokenNetwork, CachedTokenModel]) -> None:
    _, cached = both
    cache = Cache(cached.config, 32, 64, torch.device("cpu"))
    cache.keys.normal_()
    cache.values.normal_()
    moved = cache.resized(np.array([5, 2]), 16, 200, 64)
    assert moved.capacity == 256
    assert moved.keys.shape == (3, 16, cached.config.head_size, 256)
    assert moved.values.shape == (3, 16, 256, cached.config.head_size)
    for new, old in ((0, 5), (1, 2)):
        assert torch.equal(moved.keys[:, new, :, :64], cache.keys[:, old])
        assert torch.equal(moved.values[:, new, :64], cache.values[:, old])
    assert not moved.keys[:, 2:].any()
    assert not moved.keys[:, :, :, 64:].any()
    assert not moved.values[:, :, 64:].any()
