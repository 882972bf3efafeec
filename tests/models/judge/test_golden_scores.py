"""The shipped judge's scores of fixed phrases, against values on file (scripts/write_golden.py)."""

from __future__ import annotations

import pytest
from write_golden import expected, judge_scores


@pytest.mark.parametrize("mode", expected("judge_scores"))
def test_the_shipped_judge_scores_as_it_did(mode: str, scores: dict[str, dict[str, float]]) -> None:
    assert scores[mode] == pytest.approx(expected("judge_scores")[mode], abs=1e-5)


def test_the_scores_reach_from_machine_to_human_and_some_are_anomalies() -> None:
    scores = expected("judge_scores")
    assert min(scores["self-negatives"].values()) < 0.1 and max(scores["self-negatives"].values()) > 0.5
    # p / (p + .15) below 1/16 is p below .01: there the anomaly test lowers the probability
    assert sum(score < 1 / 16 for score in scores["positives-only"].values()) >= 2


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    return judge_scores()
