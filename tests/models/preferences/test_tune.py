"""A whole round: it learns what is preferred, resumes after a stop, and reads nothing of unseen works."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights, load_weights, save_weights
from models.preferences import batches
from models.preferences.tune import ANSWERS_NAME, PreferenceRun, PreferenceSettings, tune_composer
from models.training.trainer import BEST_NAME, METRICS_NAME
from violin.cli import cli
from violin.errors import CorpusError, SettingsError

SETTINGS = PreferenceSettings("dpo", pairs=8, answers=2, epochs=6, rate=1.0, human_share=1, tie=0.1)


class Stopped(Exception):
    pass


@pytest.fixture
def files(
    tmp_path: Path,
    small_store: PhraseStore,
    untrained_planned_weights: Weights,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Path, Path]:
    """A store without validation phrases but one, and the weights of a tiny model."""
    monkeypatch.setattr(batches, "PAIRS_PER_STEP", 4)
    monkeypatch.setattr(PreferenceRun, "log_every_steps", 1)
    kept = [*small_store.select("train"), small_store.select("validation")[0]]
    PhraseStore(kept).save(tmp_path / "store")
    facts = {"config": "tiny", "data": {"phrases_of_each_length": {"8": 3}}}
    save_weights(tmp_path / "base.safetensors", replace(untrained_planned_weights, facts=facts))
    return tmp_path / "store", tmp_path / "base.safetensors"


def test_a_round_of_dpo_prefers_the_best_and_resumes_after_a_stop(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, weights = files
    stages: list[tuple[str, int, int]] = []
    tuned = tune_composer(SETTINGS, data, tmp_path / "whole", weights, lambda *at: stages.append(at))
    lines = [json.loads(line) for line in (tmp_path / "whole" / METRICS_NAME).read_text().splitlines()]
    logged = [line for line in lines if "margin_nats" in line]
    assert logged[-1]["margin_nats"] > 0
    assert logged[-1]["ordered"] > 0.5
    assert stages[0] == ("composing", 0, 8)
    assert stages[-1] == ("tuning", 12, 12)
    assert (tmp_path / "whole" / "preferences.md").read_text() == tuned.table + "\n"
    best = load_weights(tmp_path / "whole" / BEST_NAME)
    assert best.facts["data"]["preferences"]["method"] == "dpo"
    assert best.facts["data"]["phrases_of_each_length"]

    def stop(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("tuning", 7):
            raise Stopped

    with pytest.raises(Stopped):
        tune_composer(SETTINGS, data, tmp_path / "stopped", weights, stop, save_every_seconds=0)
    with monkeypatch.context() as patch:
        patch.setattr("models.preferences.answers.answers_to", None)  # no answer is composed again
        tune_composer(SETTINGS, data, tmp_path / "stopped", weights)
    again = load_weights(tmp_path / "stopped" / BEST_NAME)
    assert all(torch.equal(again.tensors[name], tensor) for name, tensor in best.tensors.items())
    with pytest.raises(SettingsError, match="composed by"):
        tune_composer(replace(SETTINGS, seed=2), data, tmp_path / "stopped", weights)


def test_the_verb_tunes_on_the_best_answers(files: tuple[Path, Path], tmp_path: Path) -> None:
    data, weights = files
    line = (
        f"train preferences --data {data} --weights {weights} --run {tmp_path / 'run'} --pairs 8 --answers 2"
    )
    done = CliRunner().invoke(cli, [*line.split(), "--human", "1", "--threads", "1"])
    assert done.exit_code == 0, done.output
    assert "8 pairs of" in done.output
    assert "validation bits per note" in done.output
    base, tuned = load_weights(weights), load_weights(tmp_path / "run" / BEST_NAME)
    assert tuned.config == base.config
    moved = [float((tuned.tensors[name] - base.tensors[name]).abs().max()) for name in base.tensors]
    assert 0 < max(moved) < 0.1
    used = {json.dumps(line) for line in (tmp_path / "run" / ANSWERS_NAME).read_text().splitlines()[1:]}
    assert len(used) == 8


def test_one_work_is_too_few(files: tuple[Path, Path], tmp_path: Path, small_store: PhraseStore) -> None:
    work = small_store.select("train")[0].work_group
    PhraseStore(stored for stored in small_store if stored.work_group == work).save(tmp_path / "one")
    with pytest.raises(CorpusError, match="fewer than two training works"):
        tune_composer(SETTINGS, tmp_path / "one", tmp_path / "run", files[1])
