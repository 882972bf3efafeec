"""First answers of two weight files compared with the human phrases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from data_prep.corpus.store import PhraseStore
from models.bar_relations import FIGURES
from models.bench import first_answers
from models.bench.first_answers import Measured, Terms, answers_table, measure_answers
from models.composer.checkpoint import Weights, save_weights
from models.generation.guards.standard import AvoidCopies, GuardMaker, guard_maker
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from models.judge.classifier.calibration import Interval
from models.reranking.candidates import composed_candidates, requests_of


def test_the_figures_of_weights_beside_those_of_human_phrases(
    small_store: PhraseStore, untrained_planned_weights: Weights, tmp_path: Path
) -> None:
    path = tmp_path / "weights.safetensors"
    save_weights(path, untrained_planned_weights)
    measured = measure_answers(small_store, [path], Terms(pairs=12, variations=2, trees=10))
    assert list(measured) == ["human", str(path)]
    human, found = measured.values()
    assert list(human.relations) == list(found.relations) == list(FIGURES)
    assert human.fit is human.by_relations is human.difference is None
    assert found.fit is not None
    assert found.fit.without != found.fit.given
    assert found.by_relations is not None
    assert found.by_judge_features is not None
    assert found.by_relations.value > 0.7  # random notes are easy to recognise
    assert found.difference is not None
    assert 0.5 < found.difference <= 1
    assert found.onsets_spread is not None
    assert found.onsets_spread > 0
    assert (human.unguarded_sim_90, human.unguarded_half_copied) == (None, None)
    assert found.unguarded_sim_90 is not None


def test_the_copy_guard_alone_is_left_out(
    small_store: PhraseStore,
    untrained_planned_weights: Weights,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "weights.safetensors"
    save_weights(path, untrained_planned_weights)
    made: list[AvoidCopies] = []

    def noted(avoid_copies: AvoidCopies) -> GuardMaker:
        made.append(avoid_copies)
        return guard_maker(avoid_copies)

    monkeypatch.setattr(first_answers, "guard_maker", noted)
    model = ComposerModel.load(path, "cpu")
    phrases = small_store.select("validation")[:2]
    found = first_answers._unguarded(model, requests_of(phrases), Terms())
    guarded = composed_candidates(phrases, model, 1, SamplingOptions(seed=7)).answers
    assert made == ["off"]
    # random notes copy nothing, so the guard changes nothing
    assert found == [answers[0].phrase for answers in guarded]


def test_the_table_by_hand() -> None:
    human = Measured({"any sequence": 0.5}, 0.1, 0.02)
    found = replace(
        human, sim_90=0.2, unguarded_sim_90=0.3, by_relations=Interval(0.75, 0.7, 0.8), difference=0.9
    )
    lines = answers_table({"human": human, "mine": found}).splitlines()
    assert lines[0] == "| figure | human | mine |"
    assert "| any sequence | 0.500 | 0.500 |" in lines
    assert f"| AUC by the relations of bars |  | {Interval(0.75, 0.7, 0.8)} |" in lines
    assert "| SIM@90 | 0.100 | 0.200 |" in lines
    assert "| SIM@90 without the copy guard |  | 0.300 |" in lines
    assert "| difference of two variations |  | 0.900 |" in lines
