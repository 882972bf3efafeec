"""`violin train composer` on a small store: a run begins, resumes, and refuses to start over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import load_weights
from models.training.train import holds_run
from violin.cli import cli


@pytest.fixture(scope="module")
def data(small_store: PhraseStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    small_store.save(folder)
    return folder


def _train(data: Path, folder: Path, *options: str) -> Result:
    words = ["train", "composer", "--config", "tiny", "--data", str(data), "--run", str(folder)]
    return CliRunner().invoke(cli, [*words, "--threads", "1", *options])


def test_a_run_begins_and_resumes(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert not holds_run(folder)
    first = _train(data, folder, "--steps", "2")
    assert first.exit_code == 0, first.output
    assert first.stderr == f"{folder}: beginning; 72 phrases\n"
    best, metrics = first.stdout.splitlines()
    assert best.startswith("best validation bits per note ")
    assert best.endswith(f": {folder / 'best.safetensors'}")
    assert metrics == f"figures: {folder / 'metrics.jsonl'}"
    assert holds_run(folder)
    refused = _train(data, folder, "--steps", "3", "--resume", "never")
    assert refused.exit_code == 2
    assert "already holds a run" in refused.output
    more = _train(data, folder, "--steps", "3")
    assert more.exit_code == 0, more.output
    assert more.stderr == f"{folder}: continuing from step 2; 72 phrases\n"
    steps = [json.loads(line)["step"] for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert steps[-1] == 3


def test_a_run_starts_from_weights(data: Path, tmp_path: Path) -> None:
    _train(data, tmp_path / "first", "--steps", "1")
    start = tmp_path / "first" / "best.safetensors"
    small = ("--rate", "1e-9", "--steps", "1")  # so small that the weights stay what they were
    assert _train(data, tmp_path / "more", "--from", str(start), *small).exit_code == 0
    before, after = load_weights(start), load_weights(tmp_path / "more" / "best.safetensors")
    for name, value in before.tensors.items():
        assert abs(after.tensors[name] - value).max() < 1e-5, name


def test_a_variant_is_trained_by_name(data: Path, tmp_path: Path) -> None:
    nested = ("--config", "nested", "--step-tokens", "256", "256", "--steps", "1")
    done = _train(data, tmp_path / "run", *nested, "--variant", "192x6")
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "run" / "config.json").read_text())["config"]["model"]["dim"] == 192
    refused = _train(data, tmp_path / "no", "--steps", "1", "--variant", "flat")
    assert refused.exit_code == 2
    assert refused.stderr == "Error: the variant flat of config 'tiny'; legal: nested, planned\n"
