"""Distances of answers to composers' music: golden values, and the place of the nearest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights
from models.evaluation.style_distances import (
    answers_by_composer,
    distances_table,
    music_by_composer,
    style_distances,
)
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from violin.music import Note, Phrase


def line(pitch: int, duration_ticks: int) -> Phrase:
    """Four bars of notes of one length, a third up and down."""
    starts = range(0, 4 * 192, duration_ticks)
    return Phrase(
        tuple(Note(start, pitch + start // duration_ticks % 2 * 4, duration_ticks) for start in starts), 4
    )


LOW_AND_SLOW = [line(pitch, 48) for pitch in range(55, 60)]
HIGH_AND_QUICK = [line(pitch, 24) for pitch in range(80, 85)]


def test_answers_are_nearest_to_music_like_them() -> None:
    found = style_distances(
        {"bach": HIGH_AND_QUICK[:3], "vivaldi": LOW_AND_SLOW[:3]},
        {"vivaldi": LOW_AND_SLOW, "bach": HIGH_AND_QUICK},
    )
    assert found.composers == ("bach", "vivaldi")
    assert found.nearest() == ["bach", "vivaldi"]
    np.testing.assert_allclose(found.table.mean(axis=0), 0, atol=1e-12)
    assert found.own_nearest() == 2
    assert distances_table(found).endswith("own music nearest: 2 of 2")


def test_answers_that_are_swapped_are_nearest_to_the_other() -> None:
    found = style_distances(
        {"bach": LOW_AND_SLOW, "vivaldi": HIGH_AND_QUICK}, {"bach": HIGH_AND_QUICK, "vivaldi": LOW_AND_SLOW}
    )
    assert found.nearest() == ["vivaldi", "bach"]
    assert found.own_nearest() == 0


def test_only_the_inner_bars_count() -> None:
    def other_outer_bars(phrase: Phrase) -> Phrase:
        inner = [note for note in phrase.notes if 192 <= note.onset_ticks < 3 * 192]
        return replace(phrase, notes=(Note(0, 100, 6), *inner, Note(3 * 192, 100, 6)))

    music = {"bach": HIGH_AND_QUICK, "vivaldi": LOW_AND_SLOW}
    plain = style_distances(music, music)
    changed = style_distances(
        {name: list(map(other_outer_bars, each)) for name, each in music.items()}, music
    )
    np.testing.assert_array_equal(plain.table, changed.table)


def test_both_are_of_the_same_composers() -> None:
    with pytest.raises(ValueError, match="the same"):
        style_distances({"bach": LOW_AND_SLOW}, {"vivaldi": LOW_AND_SLOW})


def test_answers_and_music_from_a_store(small_store: PhraseStore, untrained_weights: Weights) -> None:
    music = music_by_composer(small_store, most=25)
    assert all(20 <= len(each) <= 25 for each in music.values())
    humans = small_store.select("validation")[:2]
    model = ComposerModel(untrained_weights, "cpu")
    answers = answers_by_composer(model, humans, ["bach", "vivaldi"], SamplingOptions())
    assert [[phrase.bars for phrase in each] for each in answers.values()] == 2 * [
        [stored.phrase.bars for stored in humans]
    ]
