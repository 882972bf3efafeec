"""`violin evaluate independent`: first answers and the best of several, compared with human phrases."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from data_prep.corpus.store import PhraseStore
from models.bench import independent
from models.composer.checkpoint import Weights, save_weights
from models.judge.classifier.calibration import Interval
from models.judge.evaluation.independent import IndependentFigures
from violin.cli import cli
from violin.music import Phrase


def test_the_verb_compares_what_was_chosen(
    small_store: PhraseStore,
    untrained_planned_weights: Weights,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[list[Phrase], list[Phrase], list[str]]] = []

    def noted(
        human: list[Phrase], answers: list[Phrase], works: list[str], given: int, seed: int
    ) -> IndependentFigures:
        asked.append((human, answers, works))
        return IndependentFigures(len(human), 1, Interval(0.75, 0.7, 0.8), Interval(0.7, 0.6, 0.8), None)

    monkeypatch.setattr(independent, "independent_figures", noted)
    small_store.save(tmp_path / "store")
    save_weights(tmp_path / "weights", untrained_planned_weights)
    words = ["evaluate", "independent", "--split", "validation", "--pairs", "8", "--candidates", "2"]
    places = ["--data", str(tmp_path / "store"), "--weights", str(tmp_path / "weights")]
    run = CliRunner().invoke(cli, [*words, *places])
    assert run.exit_code == 0, run.output
    (human, first, works), (same, best, _) = asked
    count = len(human)
    assert human == same
    assert len(works) == len(first) == len(best) == count <= 8
    for phrase, one, other in zip(human, first, best, strict=True):
        assert phrase.bars == one.bars == other.bars
        outer = [note for note in phrase.on_grid().notes if note.onset_ticks < phrase.bar_ticks]
        assert [note for note in one.notes if note.onset_ticks < phrase.bar_ticks] == outer
    assert first != best
    assert run.stdout.splitlines() == [
        f"| AUC | {count} phrases | {count - 1} of at most 10 bars | 1 longer |",
        "| --- | ---: | ---: | ---: |",
        "| first | 0.750 (0.700 to 0.800) | 0.700 (0.600 to 0.800) |  |",
        "| best of 2 | 0.750 (0.700 to 0.800) | 0.700 (0.600 to 0.800) |  |",
    ]
