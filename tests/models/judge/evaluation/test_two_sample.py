"""The two-sample test finds what is different, nothing else, and never has a work in both training and
test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stored_phrases import stored_phrase

from data_prep.corpus.store import StoredPhrase
from models.judge.evaluation.two_sample import examples_of, figures, out_of_fold
from models.judge.features.table import Knowledge
from models.judge.score import Judge
from violin.music import Phrase


@pytest.fixture(scope="module")
def knowledge(shipped_judge: Judge) -> Knowledge:
    return shipped_judge.parts.knowledge


def stored(phrases: list[Phrase]) -> list[StoredPhrase]:
    return [
        stored_phrase(phrase, ("bach", "mozart")[index % 2], f"work{index // 4}", "test")
        for index, phrase in enumerate(phrases)
    ]


def wandering(phrase: Phrase, seed: int) -> Phrase:
    """The same rhythm with the pitches in random order."""
    order = np.random.default_rng(seed).permutation(len(phrase.notes))
    notes = [
        replace(note, pitch=phrase.notes[place].pitch)
        for note, place in zip(phrase.notes, order, strict=True)
    ]
    by_place = {(note.onset_ticks, note.pitch): note for note in notes}
    return replace(phrase, notes=tuple(sorted(by_place.values())))


def test_it_recognises_shuffled_pitches(tunes: list[Phrase], knowledge: Knowledge) -> None:
    human = stored(tunes[:40])
    answers = [wandering(one.phrase, index) for index, one in enumerate(human)]
    examples = examples_of(human, answers, knowledge)
    found = figures(examples, out_of_fold(examples, folds=3, trees=20))
    assert found.pooled.value > 0.9
    assert found.pooled.low <= found.pooled.value <= found.pooled.high
    assert {name: count for name, (count, _) in found.by_composer.items()} == {"bach": 20, "mozart": 20}


def test_it_finds_nothing_between_phrases_of_one_kind(tunes: list[Phrase], knowledge: Knowledge) -> None:
    examples = examples_of(stored(tunes[:40]), tunes[40:80], knowledge)
    found = figures(examples, out_of_fold(examples, folds=3, trees=20))
    assert 0.25 < found.pooled.value < 0.75


def test_a_label_that_only_the_work_gives_is_not_learned(tunes: list[Phrase], knowledge: Knowledge) -> None:
    # Every answer is its own human phrase: a test that was trained on one of the two would be misled.
    human = stored(tunes[:24])
    examples = examples_of(human, [one.phrase for one in human], knowledge)
    found = figures(examples, out_of_fold(examples, folds=3, trees=20))
    assert found.pooled.value == pytest.approx(0.5)
