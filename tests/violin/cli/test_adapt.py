"""`violin adapt`, `violin compose --style` and `violin evaluate style` through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from stored_phrases import stored_phrase

from constraints.language.grammar import CHANNEL_SIZES
from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights, save_weights
from models.composer.config import config_named
from models.composer.network import network
from violin.cli import cli
from violin.midi import save_phrase
from violin.music import Key, Note, Phrase


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pieces of 24 bars as MIDI files, and untrained weights."""
    folder = tmp_path_factory.mktemp("adapt")
    for piece in range(3):
        notes = tuple(
            Note(24 * place, 62 + (place * (piece + 2) + place // 7) % 12, 24) for place in range(24 * 8)
        )
        (folder / "scores").mkdir(exist_ok=True)
        save_phrase(Phrase(notes, 24, key=Key(piece)), folder / "scores" / f"study {piece}.mid")
    torch.manual_seed(0)
    config = config_named("tiny").model
    plain = network(config, CHANNEL_SIZES).plain_weights()
    save_weights(folder / "weights.safetensors", Weights(plain, config, tuple(CHANNEL_SIZES), {}))
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_a_folder_of_scores_becomes_a_style(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    words = ("adapt", "scores", "--name", "mazas", "-o", "mazas.safetensors", "--minutes", 0.02)
    done = run(*words, "--weights", "weights.safetensors")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("mazas.safetensors: mazas, near ")
    assert "of 3 pieces" in done.stdout
    assert not (folder / "data").exists()
    again = run(*words, "--weights", "weights.safetensors")
    assert (again.exit_code, "exists already" in again.stderr) == (2, True)

    style = ("--style", "mazas.safetensors", "--weights", "weights.safetensors")
    composed = run("compose", *style, "--bars", 8, "--format", "json")
    assert composed.exit_code == 0, composed.output
    [facts] = json.loads(composed.stdout)
    assert (facts["composer"], facts["file"]) == ("mazas", "composed/phrase-C-major-mazas-seed1-1.mid")
    refused = run("compose", *style, "--composer", "bach")
    assert (refused.exit_code, "contradict each other" in refused.stderr) == (2, True)

    fit = run("evaluate", "style", "mazas.safetensors", "scores", "--weights", "weights.safetensors")
    assert fit.exit_code == 0, fit.output
    assert [line.split()[0] for line in fit.stdout.splitlines()[1:]] == ["null", "token", "style"]
    words = ("evaluate", "style", "mazas.safetensors", "scores", "--all-weights", 1)
    refused = run(*words, "--weights", "weights.safetensors")
    assert (refused.exit_code, "--all-weights is legal with --data" in refused.stderr) == (2, True)
    other = run("compose", "--style", "mazas.safetensors", "--out", "other")
    assert (other.exit_code, "belongs to other weights" in other.stderr) == (2, True)


def test_the_training_phrases_of_a_store(folder: Path, small_composer_store: Path) -> None:
    words = ("--name", "own", "-o", folder / "own.safetensors", "--weights", folder / "weights.safetensors")
    done = run("adapt", "--data", small_composer_store, "--source", "nobody", *words)
    assert done.exit_code == 2
    assert "no train phrases of 'nobody'; there are: made up" in done.stderr


@pytest.fixture
def small_composer_store(tmp_path: Path) -> Path:
    phrase = Phrase((Note(0, 69, 48),), 8)
    PhraseStore([stored_phrase(phrase, "other", source_composer="made up")]).save(tmp_path / "store")
    return tmp_path / "store"


@pytest.mark.parametrize(
    "words", [(), ("scores", "--data", "x", "--source", "y"), ("--data", "x"), ("scores", "--source", "y")]
)
def test_the_music_is_named_in_one_way(words: tuple[str, ...]) -> None:
    done = run("adapt", *words, "--name", "a", "-o", "a.safetensors")
    assert done.exit_code == 2
    assert "legal: a folder SCORES, or --data and --source" in done.stderr


def test_a_folder_that_is_missing_gets_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = run("adapt", "absent", "--name", "a", "-o", "a.safetensors", "--weights", "weights.safetensors")
    assert (done.exit_code, done.stderr) == (2, "Error: absent: no such folder\n")
