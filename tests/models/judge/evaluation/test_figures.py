"""Figures of the judge's report on six lines of three works, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.judge.classifier.calibration import area_under_roc
from models.judge.evaluation.figures import (
    at_eight,
    auc_of,
    by_composer,
    by_length,
    foreign_figures,
    mean_interval,
    mode_figures,
    over_works,
    paired,
    pooled_chances,
)
from models.judge.evaluation.records import Scored
from models.judge.features.examples import Examples

# Human lines of works a, a, b; two machine lines of "loop" (works a, b), one of "noise" (work b).
FAMILIES = np.array(["", "", "", "loop", "loop", "noise"])
TEST = Examples(
    values=np.zeros((6, 1)),
    slipped=np.zeros((6, 1)),
    composer=np.array(["bach", "bach", "mozart", "bach", "mozart", "mozart"]),
    family=FAMILIES,
    group=np.array(["a", "a", "b", "a", "b", "b"]),
    bars=np.array([8, 12, 8, 8, 8, 16]),
    own=np.array([True, True, False, True, True, True]),
)
SCORED = Scored(
    TEST,
    human={"loop": np.array([0.9, 0.4, 0.7]), "noise": np.array([0.8, 0.6, 0.2])},
    machine={"loop": np.array([0.5, 0.1]), "noise": np.array([0.3])},
)


def test_the_figures_of_a_mode() -> None:
    found = mode_figures(SCORED, ["loop", "noise"], ["noise"], [], seed=0)
    # loop: of six pairs only (.4, .5) is the wrong way round; noise: of three only (.2, .3)
    assert found.mean_auc.value == pytest.approx((5 / 6 + 2 / 3) / 2)
    assert (found.worst, found.worst_auc.value) == ("noise", pytest.approx(2 / 3))
    # soft: (mean human + 1 - mean machine) of each family
    loop, noise = 2 / 3 + 1 - 0.3, 1.6 / 3 + 1 - 0.3
    assert found.soft == pytest.approx((loop + noise) / 2)
    # decided at .5: loop 2/3 human and 1/2 machine are called human, noise 2/3 and none
    assert found.decided.value == pytest.approx(((2 / 3 + 1 / 2) + (2 / 3 + 1)) / 2)
    # mean over families: .85, .5, .45; the first two are by the eight composers
    assert found.own_hcs.value == pytest.approx(0.675)
    assert found.other_hcs.value == pytest.approx(0.45)
    assert found.composer == pytest.approx(2 / 3)
    assert found.further is None
    assert found.humans == 3
    # squared errors at equal priors: loop human .01 .36 .09, machine .25 .01; noise .04 .16 .64, .09
    loop, noise = (0.46 / 3 + 0.26 / 2) / 2, (0.84 / 3 + 0.09) / 2
    assert found.brier == pytest.approx((loop + noise) / 2)
    assert sum(mass for _, _, mass in found.curve) == pytest.approx(1)


def test_families_have_equal_weight_at_equal_priors() -> None:
    chance, human, weight = pooled_chances(SCORED, ["loop", "noise"])
    assert chance.tolist() == [0.9, 0.4, 0.7, 0.5, 0.1, 0.8, 0.6, 0.2, 0.3]
    assert human.tolist() == [True] * 3 + [False] * 2 + [True] * 3 + [False]
    assert weight == pytest.approx([1 / 6] * 3 + [1 / 4] * 2 + [1 / 6] * 3 + [1 / 2])


def test_the_auc_within_some_rows() -> None:
    short = TEST.bars == 8
    # loop: .9 and .7 against .5 and .1: all right; noise has no line of eight bars
    assert auc_of(SCORED, short, 0).value == pytest.approx(1)
    assert at_eight(SCORED, ["loop"], 0)["loop"].value == pytest.approx(1)
    mine = TEST.composer == "bach"
    # .9 and .4 against .5
    assert auc_of(SCORED, mine, 0).value == pytest.approx(1 / 2)


def test_composers_and_lengths_with_too_few_lines_are_left_out() -> None:
    assert by_composer(SCORED, 0) == {}
    assert by_length(SCORED, ["loop"], 0) == {}
    many = Examples.joined([TEST] * 5)
    scored = Scored(
        many,
        {name: np.tile(scores, 5) for name, scores in SCORED.human.items()},
        {name: np.tile(scores, 5) for name, scores in SCORED.machine.items()},
    )
    found = by_composer(scored, 0)
    assert set(found) == {"bach"}  # the human line of mozart is not his own music
    assert (found["bach"][0], found["bach"][1].value) == (10, pytest.approx(1 / 2))
    lengths = by_length(scored, ["loop"], 0)
    assert set(lengths) == {"8 bars"}
    assert (lengths["8 bars"][0], lengths["8 bars"][1].value) == (10, pytest.approx(1))


def test_means_and_their_intervals_are_over_works() -> None:
    values, works = np.array([1.0, 0.0, 0.5]), np.array(["a", "a", "b"])
    found = mean_interval(values, works, 0)
    assert found.value == found.low == found.high == pytest.approx(0.5)  # both works have the mean .5
    assert np.isnan(mean_interval(np.zeros(0), np.zeros(0), 0).value)
    # work a alone gives 1/2, work b alone 1, both together 5/6
    interval = over_works(SCORED, ["loop"], area_under_roc, 0)
    assert interval == pytest.approx((5 / 6, 1 / 2, 1))


def test_matched_pairs_compare_lines_of_one_work() -> None:
    # work a: .9 and .4 against .5 is 1/2; work b: .7 against .1 is 1
    human, machine = SCORED.human["loop"], SCORED.machine["loop"]
    assert paired(human, TEST.group[:3], machine, TEST.group[3:5]) == pytest.approx(3 / 4)
    assert paired(human, np.array(["c"] * 3), machine, TEST.group[3:5]) == 0.5


def test_figures_of_foreign_systems() -> None:
    found = foreign_figures(
        {"net": np.array([0.5, 0.1]), "rules": np.array([0.4])},
        np.array([0.9, 0.4, 0.7]),
        {"net": np.array([0.3, 0.2])},
    )
    assert found["net"] == pytest.approx(
        {
            "phrases": 2,
            "mean HCS": 0.3,
            "AUC": 5 / 6,
            "AUC against its own human control": 1 / 2,
            "mean HCS of the control": 0.25,
        }
    )
    # .9 and .7 lie above .4, the third ties
    assert found["rules"] == pytest.approx({"phrases": 1, "mean HCS": 0.4, "AUC": 2.5 / 3})


def test_examples_keep_their_rows_together() -> None:
    chosen = TEST.where(TEST.family != "loop")
    assert chosen.composer.tolist() == ["bach", "bach", "mozart", "mozart"]
    assert chosen.human.tolist() == [True, True, True, False]
    assert chosen.bars.tolist() == [8, 12, 8, 16]
