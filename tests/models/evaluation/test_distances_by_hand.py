"""Features and distances between sets of phrases, computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models import form
from models.evaluation.distances import BASICS, STRUCTURE, distinct_share, frechet_distance, nearness
from violin.music import Note, Phrase

# A quarter C4, eighths E4 and G4, a half G4; then a bar of C5.
NOTES = ((0, 60, 48), (48, 64, 24), (72, 67, 24), (96, 67, 96), (192, 72, 192))
PHRASE = Phrase(tuple(Note(*note) for note in NOTES), 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pitch count", 4),
        ("pitch range", 12),
        ("mean interval", (4 + 3 + 0 + 5) / 4),
        ("note count", 2.5),
        ("mean inter-onset interval", 48),
    ],
)
def test_the_single_numbers_of_mgeval(name: str, value: float) -> None:
    assert BASICS[name](PHRASE) == pytest.approx([value])


def test_the_histograms_of_mgeval() -> None:
    classes = np.zeros(12)
    classes[[0, 4, 7]] = (0.4, 0.2, 0.4)
    assert BASICS["pitch classes"](PHRASE) == pytest.approx(classes)
    moves = np.zeros((12, 12))
    moves[0, 4] = moves[4, 7] = moves[7, 7] = moves[7, 0] = 0.25
    assert BASICS["pitch class transitions"](PHRASE) == pytest.approx(moves.ravel())
    # two eighths, a quarter, a half, a whole note, each length in another class
    assert sorted(BASICS["note lengths"](PHRASE)[BASICS["note lengths"](PHRASE) > 0]) == pytest.approx(
        [0.2, 0.2, 0.2, 0.4]
    )
    lengths = BASICS["note length transitions"](PHRASE)
    assert lengths.sum() == pytest.approx(1)
    assert sorted(lengths[lengths > 0]) == pytest.approx([0.25] * 4)


def test_the_figures_of_structure_are_those_of_the_form() -> None:
    for name, figure in (
        ("repeated bars", form.bar_repeat_ratio),
        ("longest repeated run", form.longest_repeated_run),
        ("self-similarity", form.self_similarity),
        ("groove similarity", form.groove_similarity),
    ):
        assert STRUCTURE[name](PHRASE) == pytest.approx([figure(PHRASE)])
    # 3 of 16 places differ: the first bar has onsets at sixteenths 0, 4, 6, 8, the second at 0
    assert form.groove_similarity(PHRASE) == pytest.approx(13 / 16)
    assert form.longest_repeated_run(PHRASE) == 0


def test_two_sets_of_known_distances() -> None:
    """Within the human set all distances are 1, between the sets all are 9: nothing is shared."""
    values = {60: 0.0, 61: 1.0, 70: 10.0}
    pair = [Phrase((Note(0, pitch, 48), Note(48, pitch, 48)), 1) for pitch in (60, 61)]
    far = [Phrase((Note(0, 70, 48), Note(48, 70, 48)), 1)]

    def feature(phrase: Phrase) -> np.ndarray:
        return np.array([values[phrase.notes[0].pitch]])

    divergence, area = nearness(pair, far, feature)
    assert divergence > 10 and area < 1e-3
    # to itself: distances within {1}, between {0, 1, 1, 0}: half of the latter are equal to the former
    divergence, area = nearness(pair, pair, feature)
    assert area == pytest.approx(0.5, abs=1e-3)
    assert divergence == pytest.approx(math.log(2), abs=1e-3)


def test_frechet_distance_of_two_dimensions() -> None:
    """Uncorrelated unit variances against doubled ones: 1 + 1 + 4 + 4 - 2 (2 + 2), over 2 features; and a
    shift of 3 in one of them adds 9 / 2."""
    square = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    ratio = 4 / 3  # numpy's covariance divides by n - 1, the scaling by n
    assert frechet_distance(square, 2 * square) == pytest.approx((10 - 8) * ratio / 2)
    assert frechet_distance(square, square + np.array([3.0, 0])) == pytest.approx(9 / 2)


def test_distinct_runs_of_steps() -> None:
    scale = Phrase(tuple(Note(48 * i, 60 + i, 48) for i in range(8)), 2)  # seven equal steps, four runs of 4
    assert distinct_share([scale]) == pytest.approx(1 / 4)
    assert distinct_share([PHRASE]) == 1
    assert distinct_share([scale, PHRASE]) == pytest.approx(2 / 5)
