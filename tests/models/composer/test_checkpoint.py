"""Weight files: saved weights are loaded unchanged, and a file that does not fit is refused with one line."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from constraints.language.vocabulary import VOCABULARY
from models.composer import checkpoint
from models.composer.checkpoint import Weights, load_state, load_weights, save_state, save_weights
from models.composer.network import TokenNetwork
from violin.errors import WeightsError


def test_round_trip(untrained_weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "weights.safetensors"
    save_weights(path, untrained_weights)
    again = load_weights(path)
    assert again.config == untrained_weights.config
    assert again.facts == untrained_weights.facts
    assert again.channel_sizes == untrained_weights.channel_sizes
    assert all(torch.equal(again.tensors[name], value) for name, value in untrained_weights.tensors.items())
    first = path.read_bytes()
    save_weights(path, untrained_weights)
    assert path.read_bytes() == first
    assert list(path.parent.iterdir()) == [path]


def test_half_precision_is_half_as_large(untrained_weights: Weights, tmp_path: Path) -> None:
    whole, half = tmp_path / "whole.safetensors", tmp_path / "half.safetensors"
    save_weights(whole, untrained_weights)
    save_weights(half, untrained_weights, torch.float16)
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    assert all(tensor.dtype == torch.float32 for tensor in load_weights(half).tensors.values())


def test_plain_weights_and_back(untrained_composer: TokenNetwork, untrained_weights: Weights) -> None:
    other = TokenNetwork(untrained_weights.config, VOCABULARY.size_of(1), untrained_weights.channel_sizes)
    other.load_plain_weights(untrained_weights.tensors)
    for one, two in zip(untrained_composer.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(one, two)


def test_another_vocabulary_is_refused(
    untrained_weights: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights.safetensors"
    save_weights(path, untrained_weights)
    monkeypatch.setattr(checkpoint.VOCABULARY, "hash_of", lambda language: "0" * 64)
    with pytest.raises(WeightsError, match="made for vocabulary"):
        load_weights(path)


def test_a_file_that_is_not_a_weight_file_is_refused(untrained_weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such weight file"):
        load_weights(tmp_path / "absent.safetensors")
    text = tmp_path / "text.safetensors"
    text.write_text("hello")
    with pytest.raises(WeightsError, match="not a weight file"):
        load_weights(text)
    path = tmp_path / "weights.safetensors"
    save_weights(path, untrained_weights)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WeightsError, match="not a weight file"):
        load_weights(cut)
    bare = tmp_path / "bare.safetensors"
    save_file(load_file(path), bare)
    with pytest.raises(WeightsError, match="not a composer's weights"):
        load_weights(bare)


def test_state_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.safetensors"
    save_state(path, {"a": torch.arange(3)}, {"step": 4})
    tensors, facts = load_state(path)
    assert facts == {"step": 4}
    assert torch.equal(tensors["a"], torch.arange(3))
    monkeypatch.setattr(checkpoint.VOCABULARY, "hash_of", lambda language: "other")
    with pytest.raises(WeightsError, match="start a new run"):
        load_state(path)
