"""The protocol on tiny data: what is left out is left out, and the report says it all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data_prep.store import PhraseStore, StoredPhrase
from models.judge.calibrate import (
    area_under_roc,
    brier,
    calibration_error,
    official_score,
)
from models.judge.evaluation import evaluate, test_side
from models.judge.figures import foreign_figures
from models.judge.fit import Plan, prepare
from models.judge.negatives import FAMILIES
from models.judge.own_composer import family_name, pair_of_outer_bars
from models.judge.protocol import bootstrap_auc, parts_of_three
from models.judge.report import markdown
from violin.music import Phrase
from violin.pair import answer

measured_side = test_side  # pytest would take the name for a test
del test_side

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
        StoredPhrase(
            phrase, "bach", "bach", f"w{i}", f"w{i // 2}", "solo", 0, sides[i // 2 % 4], False, "own", "own"
        )
        for i, phrase in enumerate(phrases)
    ]


def test_the_report_of_an_evaluation(tunes: list[Phrase], tmp_path: Path) -> None:
    store = PhraseStore(stored(tunes))
    composed = PhraseStore(replace(one, source=family_name(1.0)) for one in stored(tunes[:48]))
    prepared = prepare(store, PLAN, FEW, composed)
    assert [one.name for one in prepared.kinds] == ["pitch_shuffle", "loop", "noise", "composer_1"]
    result, scored = evaluate(prepared, measured_side(prepared, PLAN, FEW), PLAN)
    assert {one.name for one in result.families} == {"pitch_shuffle", "loop", "noise"}
    assert [one.name for one in result.composers] == ["composer_1"]
    assert all(0 <= one.auc.low <= one.auc.value <= one.auc.high <= 1 for one in result.families)
    assert result.baseline("constant") == 0.5
    assert 0.3 <= result.baseline("metadata only") <= 0.7
    human = np.mean(list(scored.human.values()), axis=0)
    foreign = foreign_figures({"net": human[:5]}, human, {"net": human})
    text = markdown(replace(result, foreign=foreign), "a command")
    for word in ("pitch_shuffle", "composer_1", "exp(-NLL)", "a command", "| net | 5 |"):
        assert word in text


def test_parts_mix_kinds_and_lose_no_family() -> None:
    parts = parts_of_three(FAMILIES)
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
    phrase = answer(pair_of_outer_bars(one, outer), one.phrase.bars, ())
    edge = outer * one.phrase.bar_ticks
    kept = [
        n for n in one.phrase.notes if n.onset_ticks < edge or n.onset_ticks >= one.phrase.length_ticks - edge
    ]
    assert list(phrase.on_grid().notes) == kept
