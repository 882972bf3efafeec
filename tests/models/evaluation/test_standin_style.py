from __future__ import annotations

import random

import numpy as np
import pytest

from models.evaluation.standin_style import energy_distance, fit_style, style_features
from violin.music import Key, Note, Phrase


def phrase(seed: int, step: int) -> Phrase:
    choice = random.Random(seed)
    pitch, notes = 72, []
    for beat in range(64):
        pitch = min(90, max(56, pitch + choice.choice((-step, step))))
        notes.append(Note(24 * beat, pitch, 24))
    return Phrase(tuple(notes), 8, key=Key(0))


def test_features_have_one_length_and_are_finite() -> None:
    rows = [style_features(phrase(1, 1)), style_features(Phrase((Note(0, 60, 192),), 8))]
    assert rows[0].shape == rows[1].shape
    assert all(np.isfinite(row).all() for row in rows)


def test_distance_is_near_zero_within_a_style_and_large_between() -> None:
    one, two, other = (
        np.array([style_features(phrase(seed, step)) for seed in range(first, first + 12)])
        for first, step in ((0, 1), (50, 1), (0, 9))
    )
    scale = np.concatenate((one, other)).std(axis=0) + 1e-3
    assert energy_distance(one, two, scale) == pytest.approx(0.0, abs=0.5)
    assert energy_distance(one, other, scale) > 2.0


def test_the_classifier_tells_two_styles_apart_on_unseen_works() -> None:
    steps = [1] * 20 + [9] * 20
    matrix = np.array([style_features(phrase(seed, step)) for seed, step in enumerate(steps)])
    names = ["near" if step == 1 else "far" for step in steps]
    model = fit_style(matrix, names, [f"w{index // 2}" for index in range(40)], folds=4)
    assert model.balanced_accuracy > 0.9 and model.chance == 0.5
    assert model.probabilities(matrix[:20])["near"] > 0.8


def test_the_energy_distance_of_two_small_sets() -> None:
    one, two = np.array([[0.0], [2.0]]), np.array([[3.0], [7.0]])
    # between 3, 7, 1, 5: mean 4; within 2 and 4: 2 x 4 - 2 - 4
    assert energy_distance(one, two, np.ones(1)) == pytest.approx(2)
    assert energy_distance(one, two, np.array([2.0])) == pytest.approx(1)
