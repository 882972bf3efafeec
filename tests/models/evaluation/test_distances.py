"""The distances between sets of phrases: 0 between equal sets, larger for larger differences."""

from __future__ import annotations

import numpy as np
import pytest

from models.evaluation.distances import BASICS, STRUCTURE, distinct_share, frechet_distance, nearness
from violin.music import Note, Phrase


def walk(seed: int, widest: int, ticks: int = 24) -> Phrase:
    random = np.random.default_rng(seed)
    pitch, notes = 74, []
    for onset in range(0, 8 * 192, ticks):
        pitch = int(np.clip(pitch + random.integers(-widest, widest + 1), 56, 92))
        notes.append(Note(onset, pitch, ticks))
    return Phrase(tuple(notes), 8)


@pytest.mark.parametrize("name", [*BASICS, *STRUCTURE])
def test_a_set_is_near_another_of_its_kind(name: str) -> None:
    feature = {**BASICS, **STRUCTURE}[name]
    human, other = ([walk(seed, 3) for seed in range(start, start + 40)] for start in (0, 100))
    divergence, area = nearness(human, other, feature)
    assert -1e-9 <= divergence < 0.5
    assert 0.7 < area <= 1


def test_differences_show_in_the_features_that_differ() -> None:
    human = [walk(seed, 2) for seed in range(40)]
    wide, slow = ([walk(seed, *shape) for seed in range(100, 140)] for shape in ((12, 24), (2, 96)))
    for name, other in (("mean interval", wide), ("note lengths", slow), ("note count", slow)):
        divergence, area = nearness(human, other, BASICS[name])
        assert divergence > 1
        assert area < 0.5
    assert nearness(human, wide, BASICS["note lengths"])[1] == pytest.approx(1)


def test_frechet_distance_of_known_gaussians() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(size=(4000, 3))
    assert frechet_distance(rows, rows) == pytest.approx(0, abs=1e-9)
    # a shift by one spread in each feature costs 1, twice the spread costs (2 - 1)²
    assert frechet_distance(rows, rows + rows.std(0)) == pytest.approx(1, abs=0.01)
    assert frechet_distance(rows, 2 * rows - rows.mean(0)) == pytest.approx(1, abs=0.01)


def test_copies_of_each_other_are_not_distinct() -> None:
    varied = [walk(seed, 5) for seed in range(10)]
    assert distinct_share([varied[0]] * 10) == pytest.approx(distinct_share(varied[:1]) / 10)
    assert distinct_share(varied) > 0.8
    assert distinct_share([]) == 0
