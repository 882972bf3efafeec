"""Candidates of unseen works, the shares that keep what is most human, and the whole fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data_prep.corpus.store import OTHER, PhraseStore
from models.composer.checkpoint import Weights
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from models.reranking.candidates import Candidates, composed_candidates, drawn_phrases
from models.reranking.tuning import FIXED_SHARES, best_shares, choosing_table, tuned_critic
from violin.challenge import SLUGS


def test_phrases_of_one_split_half_of_them_by_others(small_store: PhraseStore) -> None:
    drawn = drawn_phrases(small_store, "validation", 8)
    assert len(drawn) == 8
    assert {stored.split for stored in drawn} == {"validation"}
    assert all(stored.composer in SLUGS for stored in drawn)
    others = {stored.phrase for stored in small_store.select("validation", OTHER)}
    assert sum(stored.phrase in others for stored in drawn) == 4
    assert drawn == drawn_phrases(small_store, "validation", 8)


def test_the_shares_keep_the_most_human_answers() -> None:
    """The critic prefers candidate 0, another measure candidate 1, the only one like human phrases."""
    human = np.zeros((6, 2)) + np.arange(6)[:, None] % 2
    answers = np.zeros((6, 2, 2)) + 9.0
    answers[:, 1] = human
    columns = {"critic": np.tile([0.6, 0.5], (6, 1)), "form": np.tile([0.0, 1.0], (6, 1))}
    shares, kept = best_shares(columns, human, answers)
    assert kept.tolist() == [1] * 6
    assert dict(shares)["form"] > 0
    assert best_shares(columns, human, answers)[0] == shares
    same = {"critic": columns["critic"], "form": np.zeros((6, 2))}
    assert best_shares(same, human, answers)[1].tolist() == [0] * 6


@pytest.fixture(scope="module")
def candidates(small_store: PhraseStore, untrained_weights: Weights) -> Candidates:
    phrases = drawn_phrases(small_store, "validation", 8)
    return composed_candidates(phrases, ComposerModel(untrained_weights, "cpu"), 2, SamplingOptions())


def test_the_critic_is_fitted_and_its_choice_is_measured(candidates: Candidates) -> None:
    assert [len(each) for each in candidates.answers] == [2] * 8
    tuned = tuned_critic(candidates)
    assert dict(tuned.critic.shares)["critic"] == 1
    assert dict(FIXED_SHARES).items() <= dict(tuned.critic.shares).items()
    assert tuned.critic.about == {"pairs": 8, "answers": 16, "works": len(set(candidates.works.tolist()))}
    human, answers = candidates.features()
    assert tuned.critic.score(human).mean() > tuned.critic.score(answers[:, 0]).mean()
    table = choosing_table(candidates, tuned.kept)
    assert table.startswith("| figure | human | first | best of 2 |")
    assert len(table.splitlines()) == 2 + 10 + 2


def test_the_table_shows_human_figures_for_human_answers(candidates: Candidates) -> None:
    """The human phrases as their own answers have human figures."""
    answers = [[replace(each[0], phrase=stored.phrase)] for stored, each in zip(
        candidates.human, candidates.answers, strict=True)]  # fmt: skip
    own = replace(candidates, answers=answers)
    for line in choosing_table(own, np.zeros(8, np.int64)).splitlines()[2:12]:
        assert len(set(line.split("|")[2:5])) == 1
