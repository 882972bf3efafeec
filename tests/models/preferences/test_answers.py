"""Answers are kept as they are composed, and a stopped run composes only what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from data_prep.corpus.store import StoredPhrase
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from models.preferences import answers as module
from models.preferences.answers import kept_candidates
from models.reranking.candidates import Candidates
from violin.errors import CorpusError, SettingsError

OPTIONS = SamplingOptions(seed=3)
MADE_BY = {"weights": "w", "seed": 3}


class Stopped(Exception):
    pass


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REQUESTS_AT_ONCE", 2)


def _kept(
    path: Path, phrases: Sequence[StoredPhrase], model: ComposerModel, made_by: dict[str, Any] = MADE_BY
) -> tuple[Candidates, list[int]]:
    done: list[int] = []
    return kept_candidates(path, phrases, model, 2, OPTIONS, made_by, done.append), done


def test_a_stopped_run_composes_only_what_is_missing(
    tmp_path: Path, training_phrases: list[StoredPhrase], planned_model: ComposerModel, candidates: Candidates
) -> None:
    path = tmp_path / "answers.jsonl"

    def stop(done: int) -> None:
        if done == 4:
            raise Stopped

    with pytest.raises(Stopped):
        kept_candidates(path, training_phrases, planned_model, 2, OPTIONS, MADE_BY, stop)
    with path.open("a") as file:
        file.write('[{"middle": [[0, 6')  # killed as it wrote
    found, done = _kept(path, training_phrases, planned_model)
    assert done == [4, 6]
    assert found.answers == candidates.answers
    assert _kept(path, training_phrases, planned_model)[1] == [6]


def test_answers_of_other_weights_and_damaged_ones_are_refused(
    tmp_path: Path, training_phrases: list[StoredPhrase], planned_model: ComposerModel
) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"seed": 3, "weights": "w"}\n')
    with pytest.raises(SettingsError, match=r'composed by .*"w".* this run needs .*"other".*another folder'):
        _kept(path, training_phrases, planned_model, {**MADE_BY, "weights": "other"})
    before = path.read_text() + '[{"middle": [[0, 61, 0]], "bits_per_note": 2, "plan": null}]\n'
    path.write_text(before)
    with pytest.raises(CorpusError, match="line 2 is not a line of answers"):
        _kept(path, training_phrases, planned_model)
    assert path.read_text() == before
