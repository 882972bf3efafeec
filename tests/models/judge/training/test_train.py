"""`train_judge` from folders: own files or a store, stores of generators made when they are missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from stored_phrases import stored_phrase

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.judge.training import train
from models.judge.training.fit import Plan
from models.judge.training.negatives import FAMILIES
from models.judge.training.train import Sources, train_judge
from violin.errors import CorpusError
from violin.midi import save_phrase
from violin.music import Phrase

PLAN = Plan(
    humans=30, calibration_humans=16, per_family=6, calibration_per_family=4, trees=10, calibration_trees=10
)
FEW = tuple(one for one in FAMILIES if one.name in ("pitch_shuffle", "loop", "noise"))


def _of_source(store: PhraseStore, source: str, count: int) -> PhraseStore:
    return PhraseStore([replace(one, source=source) for one in store][:count])


def test_from_own_files_and_generators(
    tunes: list[Phrase], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, phrase in enumerate(tunes[:48]):
        folder = tmp_path / "human" / ("bach" if number % 2 else "mozart")
        folder.mkdir(parents=True, exist_ok=True)
        save_phrase(phrase, folder / f"{number}.mid")
    machine = tmp_path / "rnn"
    machine.mkdir()
    for number, phrase in enumerate(tunes[60:66]):
        save_phrase(phrase, machine / f"{number}.mid")
    (machine / "broken.mid").write_bytes(b"broken")
    asked: list[object] = []

    def composed_store(human: PhraseStore, *request: object, critic: object, on_done: object) -> PhraseStore:
        asked.append(request)
        return _of_source(human, "composer_1", 12)

    monkeypatch.setattr(train, "composed_store", composed_store)
    _of_source(PhraseStore(_stored(tunes[70:86])), "gru_1", 16).save(tmp_path / "further")
    sources = Sources(
        data=tmp_path / "unused",
        human=tmp_path / "human",
        machine=[machine],
        composed=tmp_path / "composed",
        further=tmp_path / "further",
        checkpoints=[Path("early.safetensors")],
        phrases=16,
    )
    stages: list[tuple[str, int, int]] = []
    skipped: list[str] = []
    parts = train_judge(
        sources,
        replace(PLAN, seed=3),
        families=FEW,
        on_progress=lambda *step: stages.append(step),
        on_skip=skipped.append,
    )
    expected = {"": None, "early": Path("early.safetensors")}
    assert asked == [(expected, {"train": 16, "validation": 6, "test": 10}, 3)]
    assert len(PhraseStore.load(tmp_path / "composed")) == 12
    assert set(parts.ensembles) == {"self-negatives", "open"}
    assert parts.about["families"] == ["pitch_shuffle", "loop", "noise", "composer_1"]
    assert parts.about["further"] == ["gru_1"]
    assert parts.about["foreign"] == ["rnn"]
    assert [Path(line.partition(":")[0]).name for line in skipped] == ["broken.mid"]
    assert {stage for stage, _, _ in stages} == {"composing", "judge"}


def test_own_works_only_and_too_little_music(tunes: list[Phrase], tmp_path: Path) -> None:
    PhraseStore(_stored(tunes[:10])).save(tmp_path)
    with pytest.raises(CorpusError, match="6 usable train phrases; a judge needs 20"):
        train_judge(Sources(tmp_path, own_works_only=True), PLAN, families=FEW)


def _stored(phrases: list[Phrase]) -> list[StoredPhrase]:
    """Every work of two phrases; every second one is by another composer."""
    return [
        stored_phrase(
            phrase,
            "other" if index // 2 % 2 else "bach",
            f"work{index // 2}",
            "validation" if index // 2 % 4 == 3 else "train",
            source_composer="own",
        )
        for index, phrase in enumerate(phrases)
    ]
