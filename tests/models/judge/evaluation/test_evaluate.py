"""The evaluation on tiny data: left-out families are not trained on, and the report has every figure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stored_phrases import stored_phrase

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.judge.classifier.calibration import area_under_roc, brier, calibration_error, official_score
from models.judge.evaluation import from_files
from models.judge.evaluation.evaluate import evaluate
from models.judge.evaluation.from_files import Inputs, evaluate_judge
from models.judge.evaluation.records import Evaluation, Scored
from models.judge.evaluation.report import quick_markdown, write_report
from models.judge.evaluation.validation import validate
from models.judge.features.canonical import canonical
from models.judge.score import Judge
from models.judge.training.composed import Sampling, family_name
from models.judge.training.fit import Kind, Plan, Prepared, prepare
from models.judge.training.leave_out import bootstrap_auc, parts_of_three, units
from models.judge.training.negatives import FAMILIES
from violin.challenge import SLUGS
from violin.midi import save_phrase
from violin.music import Phrase
from violin.pair import answer, outer_pair

PLAN = Plan(
    humans=60,
    calibration_humans=30,
    per_family=10,
    calibration_per_family=8,
    trees=10,
    calibration_trees=8,
    test_humans=30,
    test_per_family=8,
)
FEW = tuple(one for one in FAMILIES if one.name in ("pitch_shuffle", "loop", "noise"))


def stored(phrases: list[Phrase]) -> list[StoredPhrase]:
    sides = ("train", "validation", "test", "train")
    return [
        stored_phrase(phrase, work=f"w{i}", work_group=f"w{i // 2}", split=sides[i // 2 % 4])
        for i, phrase in enumerate(phrases)
    ]


@pytest.fixture(scope="module")
def measured(
    tunes: list[Phrase], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Prepared, Evaluation, Scored]:
    """A whole evaluation: families, our composer at two temperatures, a further generator, a foreign
    system."""
    folder = tmp_path_factory.mktemp("evaluation")
    PhraseStore(stored(tunes)).save(folder / "human")
    PhraseStore(
        replace(one, source=family_name(Sampling(temperature)))
        for one in stored(tunes[:24])
        for temperature in (0.8, 1)
    ).save(folder / "composed")
    PhraseStore(replace(one, source="gru_1") for one in stored(tunes[40:64])).save(folder / "further")
    for number, name in enumerate(("machine/one", "human/one")):
        (folder / "foreign" / "net" / name).mkdir(parents=True)
        save_phrase(tunes[number], folder / "foreign" / "net" / name / "1.mid")
    inputs = Inputs(folder / "human", False, folder / "composed", folder / "further", folder / "foreign")
    made = []

    def keep_prepared(*arguments: Any, **options: Any) -> Prepared:
        made.append(prepare(*arguments, **options))
        return made[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(from_files, "prepare", keep_prepared)
        result, scored = evaluate_judge(inputs, PLAN, families=FEW, at_once=True)
    return made[0], result, scored


def test_the_report_of_an_evaluation(
    measured: tuple[Prepared, Evaluation, Scored],
    tunes: list[Phrase],
    shipped_judge: Judge,
    tmp_path: Path,
) -> None:
    _, result, scored = measured
    assert {one.name for one in result.families} == {"pitch_shuffle", "loop", "noise"}
    assert [one.name for one in result.composers] == ["composer_0.8", "composer_1"]
    assert [one.name for one in result.further] == ["gru_1"]
    assert all(0 <= one.auc.low <= one.auc.value <= one.auc.high <= 1 for one in result.families)
    assert result.baseline("constant") == 0.5
    assert 0.3 <= result.baseline("metadata only") <= 0.7
    assert {"self-negatives", "positives-only", "open"} == set(result.modes)
    mode = result.default
    assert mode.mean_auc.low <= mode.mean_auc.value <= mode.mean_auc.high
    assert result.transfer["rule"]["rule"] > 0.5
    assert result.cut is None  # no tune has twelve bars
    mean_hcs, control = (
        shipped_judge.probabilities_of([canonical(tunes[number])], SLUGS[:1])[0] for number in range(2)
    )
    figures = result.foreign["self-negatives"]["net/one"]
    assert figures["mean HCS"] == pytest.approx(mean_hcs)
    assert figures["mean HCS of the control"] == pytest.approx(control)
    report = write_report(result, scored, tmp_path / "report", "a command")
    assert all((tmp_path / "report" / name).stat().st_size > 1000 for name in ("curves.png", "bars.png"))
    text = report.read_text()
    for word in (
        "pitch_shuffle",
        "composer_1",
        "exp(-NLL)",
        "a command",
        "| self-negatives | net/one | 1 |",
        "gru_1",
    ):
        assert word in text


def test_only_the_families(measured: tuple[Prepared, Evaluation, Scored], tmp_path: Path) -> None:
    """The same figures of the families, and nothing of what was not measured."""
    prepared, full, _ = measured
    alone, scored = evaluate(prepared, PLAN, at_once=True, families_only=True)
    assert [one.auc for one in alone.families] == [one.auc for one in full.families]
    assert alone.default.decided == full.default.decided
    assert {one.architecture_auc for one in alone.families} == {None}
    assert (alone.seen_auc, alone.transfer, alone.further) == (None, {}, [])
    assert list(alone.modes) == ["self-negatives", "positives-only"]
    text = write_report(alone, scored, tmp_path, "a command").read_text()
    assert "pitch_shuffle" in text
    for word in ("By architecture", "Transfer", "in the training |", "architectures left out |", "None"):
        assert word not in text


@pytest.mark.parametrize("repetition", ["used", "held-out", "matched"])
def test_the_quick_figures(measured: tuple[Prepared, Evaluation, Scored], repetition: str) -> None:
    found = validate(measured[0], PLAN, repetition)
    names = {one.name for one in found.families}
    assert {"pitch_shuffle", "loop", "noise"} <= names
    assert all(0 <= one.judge <= 1 and 0 <= one.longest_run <= 1 for one in found.families)
    assert 0 <= found.decided <= 2
    text = quick_markdown(found, "a command", measured[1].foreign)
    assert f"| worst family | {found.worst.name}" in text
    assert "| self-negatives | net/one | 1 |" in text


def test_an_unknown_way_to_treat_repetition_is_refused(
    measured: tuple[Prepared, Evaluation, Scored],
) -> None:
    with pytest.raises(ValueError, match="legal: used, held-out, matched"):
        validate(measured[0], PLAN, "forgotten")


def test_generators_are_left_out_whole(measured: tuple[Prepared, Evaluation, Scored]) -> None:
    prepared = measured[0]
    kinds = prepared.kinds_of("open")
    assert ["composer_0.8", "composer_1"] in units(kinds)
    assert all(("composer_0.8" in part) == ("composer_1" in part) for part in parts_of_three(kinds))
    assert "gru_1" not in [one.name for one in prepared.kinds_of("self-negatives")]
    assert "gru_1" not in prepared.side("train").family
    assert "gru_1" in prepared.side("train", "open").family


def test_parts_mix_kinds_and_lose_no_family() -> None:
    kinds = [Kind(one.name, one.cluster, one.words, one.name) for one in FAMILIES]
    parts = parts_of_three(kinds)
    assert sorted(name for part in parts for name in part) == sorted(one.name for one in FAMILIES)
    assert max(map(len, parts)) <= 4


def test_figures_of_a_judge() -> None:
    human, machine = np.array([0.9, 0.8, 0.4]), np.array([0.1, 0.4])
    assert area_under_roc(human, machine) == pytest.approx(5.5 / 6)
    assert official_score(np.full(3, 0.3), np.full(9, 0.3)) == pytest.approx(1.0)
    both = np.concatenate([human, machine])
    mask = np.arange(5) < 3
    assert brier(both, mask, np.ones(5)) == pytest.approx((0.01 + 0.04 + 0.36 + 0.01 + 0.16) / 5)
    assert calibration_error(np.array([0.0, 1.0]), np.array([False, True]), np.ones(2), 2) == 0.0
    groups = np.array(["a", "b", "c"])
    interval = bootstrap_auc(human, groups, machine, groups[:2], draws=50)
    assert interval.low <= interval.value <= interval.high


@pytest.mark.parametrize("outer", [1, 2])
def test_outer_bars_come_back(tunes: list[Phrase], outer: int) -> None:
    one = stored(tunes[4:5])[0]
    phrase = answer(outer_pair(one.phrase, outer, outer), one.phrase.bars, ())
    edge = outer * one.phrase.bar_ticks
    kept = [
        n for n in one.phrase.notes if n.onset_ticks < edge or n.onset_ticks >= one.phrase.length_ticks - edge
    ]
    assert list(phrase.on_grid().notes) == kept


def test_long_lines_are_cut(tunes: list[Phrase]) -> None:
    long = [
        replace(one, bars=16, notes=(*one.notes, *(note.shifted(one.length_ticks) for note in one.notes)))
        for one in tunes[:60:3]  # of eight bars each
    ]
    prepared = prepare(PhraseStore(stored([*tunes[:60], *long])), PLAN, FEW, test=True)
    short = prepared.short
    assert short is not None and short.human.any()
    assert set(short.bars.tolist()) <= {7, 8}
    assert short.human.sum() == (prepared.side("test").bars[prepared.side("test").human] >= 12).sum()
