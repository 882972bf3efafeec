"""`violin train composer --mean-of`: the mean of weights, measured and written as a run's best."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights, load_weights, save_weights
from models.composer.config import Config
from models.composer.network import network
from models.training.averaging import average_weights
from violin.cli import cli
from violin.errors import WeightsError


def _weights(path: Path, tiny: Config, seed: int, dim: int | None = None) -> Path:
    torch.manual_seed(seed)
    model = tiny.model if dim is None else replace(tiny.model, dim=dim)
    facts = {"steps": seed, "validation_bits_per_note": 1.0, "data": {"phrases": 3}}
    save_weights(path, Weights(network(model).plain_weights(), model, model.channel_sizes, facts))
    return path


@pytest.fixture
def data(small_store: PhraseStore, tmp_path: Path) -> Path:
    small_store.save(tmp_path / "store")
    return tmp_path / "store"


def test_the_mean_is_written_and_measured(data: Path, tmp_path: Path, tiny: Config) -> None:
    paths = [_weights(tmp_path / f"{seed}.safetensors", tiny, seed) for seed in (1, 2, 3)]
    words = [word for path in paths for word in ("--mean-of", str(path))]
    folder = tmp_path / "mean"
    run = CliRunner().invoke(cli, ["train", "composer", *words, "--data", str(data), "--run", str(folder)])
    assert run.exit_code == 0, run.output
    mean, ones = load_weights(folder / "best.safetensors"), [load_weights(path) for path in paths]
    for name, value in mean.tensors.items():
        expected = sum(one.tensors[name] for one in ones) / 3
        torch.testing.assert_close(value, expected)
    assert (mean.facts["mean_of"], mean.facts["steps"]) == (3, 3)
    bits = mean.facts["validation_bits_per_note"]
    summary = f"validation bits per note of the mean {bits:.3f}: {folder / 'best.safetensors'}"
    assert run.stdout.splitlines()[-1] == summary
    alone = average_weights([paths[1]], data, tmp_path / "one")
    assert alone.mean == alone.each[0]
    assert f"{alone.mean:.3f}: {paths[1]}" in run.stderr


def test_weights_of_other_shapes_are_refused(data: Path, tmp_path: Path, tiny: Config) -> None:
    paths = [_weights(tmp_path / "a", tiny, 1), _weights(tmp_path / "b", tiny, 1, dim=64)]
    with pytest.raises(WeightsError, match="b: these weights have another shape than those of"):
        average_weights(paths, data, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_mean_of_trains_nothing(tmp_path: Path) -> None:
    words = ["train", "composer", "--mean-of", "a", "--run", str(tmp_path / "run"), "--steps", "3"]
    run = CliRunner().invoke(cli, words)
    assert run.exit_code == 2
    assert "'--mean-of' trains nothing" in run.output
