"""The transformer with its masks, from a dataset to a verified zip."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from submission_fakes import write_dataset

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.vocabulary import VOCABULARY
from models.composer.checkpoint import SHIPPED_WEIGHTS, Weights, save_weights
from models.composer.config import config_named
from models.composer.network import TokenNetwork
from models.generation.engine import TrainedComposer
from models.judge.scorer import TrainedJudge
from models.judge.weights import SHIPPED as SHIPPED_JUDGE
from submission.assignments import dataset_assignments
from submission.datasets import Dataset, read_dataset
from submission.generator import build_generator_archive
from submission.jobs.record_log import Record, RecordWriter
from submission.judge import build_judge_archive
from submission.verify import verify_archive


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained transformer: its answers must have no errors."""
    torch.manual_seed(0)
    config = config_named("tiny")
    model = TokenNetwork(config.model, VOCABULARY.size_of(config.model.language), tuple(CHANNEL_SIZES)).eval()
    path = tmp_path_factory.mktemp("weights") / "composer.safetensors"
    save_weights(path, Weights(model.plain_weights(), config.model, tuple(CHANNEL_SIZES), {}))
    return path


@pytest.fixture
def samples(official_samples: Path, tmp_path: Path) -> Path:
    """The organisers' four sample pairs as a dataset of two composers."""
    for number in (4, 7):
        folder = tmp_path / "samples" / f"composer{number}"
        folder.mkdir(parents=True)
        for path in (official_samples / "generator_input").glob("*.mid"):
            shutil.copy(path, folder / path.name)
    return tmp_path / "samples"


@pytest.fixture(scope="module")
def whole(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Path]:
    """A dataset of a pair per composer, and the archive of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    dataset = read_dataset(write_dataset(folder / "dataset", per_composer=1))
    assignments = dataset_assignments(dataset, seed=1)
    answers = build_generator_archive(folder / "whole.zip", assignments, TrainedComposer(weights), seed=1)
    assert not any(answer.remarks or answer.errors for answer in answers)
    return dataset, folder / "whole.zip"


def test_an_untrained_model_writes_a_clean_archive(
    weights: Path, whole: tuple[Dataset, Path], tmp_path: Path
) -> None:
    dataset, archive = whole
    assert verify_archive(archive, dataset).faults == ()
    assignments = dataset_assignments(dataset, seed=1)
    build_generator_archive(tmp_path / "again.zip", assignments, TrainedComposer(weights), seed=1)
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


class Killed(BaseException):
    """A kill; no handler may catch it."""


def test_a_killed_run_of_the_transformer_resumes_to_the_same_bytes(
    weights: Path, whole: tuple[Dataset, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The phrases that are missing are written in another batch than in an undisturbed run."""
    dataset, archive = whole
    assignments = dataset_assignments(dataset, seed=1)
    composer = TrainedComposer(weights)
    add = RecordWriter.add
    added = []

    def killed(writer: RecordWriter, record: Record) -> None:
        if len(added) == 5:
            raise Killed
        added.append(record)
        add(writer, record)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(RecordWriter, "add", killed)
        build_generator_archive(tmp_path / "killed.zip", assignments, composer, seed=1)
    with monkeypatch.context() as patch:
        patch.setattr(RecordWriter, "add", lambda writer, record: added.append(record))
        build_generator_archive(tmp_path / "killed.zip", assignments, composer, seed=1)
    assert (tmp_path / "killed.zip").read_bytes() == archive.read_bytes()
    assert len(added) == len(assignments)
    assert len({record["name"] for record in added}) == len(assignments)


def test_the_official_samples_are_answered(weights: Path, samples: Path, tmp_path: Path) -> None:
    dataset = read_dataset(samples)
    assert len(dataset) == 8
    answers = build_generator_archive(
        tmp_path / "out.zip", dataset_assignments(dataset, seed=1), TrainedComposer(weights), seed=1
    )
    assert not any(answer.remarks or answer.errors or answer.inherited for answer in answers)
    assert verify_archive(tmp_path / "out.zip", dataset).faults == ()


@pytest.mark.skipif(not SHIPPED_WEIGHTS.is_file(), reason="no composer is shipped yet")
def test_the_shipped_composer_answers_the_official_samples(samples: Path, tmp_path: Path) -> None:
    dataset = read_dataset(samples)
    out = tmp_path / "out.zip"
    answers = build_generator_archive(out, dataset_assignments(dataset, seed=1), TrainedComposer(), seed=1)
    assert not any(answer.remarks or answer.errors or answer.inherited for answer in answers)
    assert verify_archive(out, dataset).faults == ()


@pytest.mark.skipif(not SHIPPED_JUDGE.is_file(), reason="no judge is shipped yet")
def test_the_shipped_judge_scores_what_it_is_given(tmp_path: Path) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "dataset", per_composer=1))
    scores = build_judge_archive(tmp_path / "judge_output_final.zip", dataset, TrainedJudge())
    assert not any(score.remarks for score in scores)
    assert verify_archive(tmp_path / "judge_output_final.zip", dataset).faults == ()
