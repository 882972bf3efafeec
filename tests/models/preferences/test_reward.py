"""The reward: towards the human figures, by critics of other works, and 0 where no answer differs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.preferences.reward import form_reward, preference_table, preferences_of
from models.reranking.candidates import Candidates


def test_the_form_prefers_what_lies_towards_the_human_mean() -> None:
    """One metric: humans 2, answers 0 and 2 to each of two pairs. All values: 2 2 0 2 0 2, mean 4/3, so their
    standard deviation is sqrt(8/9); the gap is (2 - 1) / that, an answer lies 1 / that from the mean."""
    human = np.array([[2.0], [2.0]])
    answers = np.array([[[0.0], [2.0]], [[0.0], [2.0]]])
    expected = 1 / (8 / 9)
    assert form_reward(human, answers) == pytest.approx(np.array([[-expected, expected]] * 2))


def test_a_metric_without_a_gap_has_no_weight_and_a_missing_one_counts_as_the_mean() -> None:
    human = np.array([[1.0, 4.0], [3.0, 4.0]])
    answers = np.array([[[1.0, 4.0], [3.0, 4.0]], [[1.0, np.nan], [3.0, 0.0]]])
    reward = form_reward(human, answers)
    assert reward[0, 0] == reward[0, 1] > reward[1, 0] == 0 > reward[1, 1]


def test_the_human_phrase_among_the_answers_is_the_best(candidates: Candidates) -> None:
    mixed = replace(
        candidates,
        answers=[
            [answers[0], replace(answers[1], phrase=stored.phrase)]
            for stored, answers in zip(candidates.human, candidates.answers, strict=True)
        ],
    )
    preferences = preferences_of(mixed)
    assert preferences.best.mean() > 0.5
    assert (preferences.best != preferences.worst).all()
    lines = preference_table(mixed, preferences).splitlines()
    assert lines[0] == "| figure | human | answers | best | worst |"
    assert len(lines) == 2 + 10 + 2
    assert lines[-1] == f"6 pairs of {len(set(mixed.works.tolist()))} works, 2 answers each"
