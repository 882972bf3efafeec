"""What the composer's network computes over an answer that it reads without knowing the ending."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.generation.request import Request
from models.reranking.reading import FIGURES, SURPRISES, measure
from violin.music import Note, Phrase
from violin.pair import free_pair, outer_pair


def phrase(*last_bars: tuple[int, ...]) -> Phrase:
    """Six bars of a scale that rises and falls in G major, then other bars of quarter notes."""
    bars = [*[(67, 69, 71, 72), (74, 72, 71, 69)] * 3, *last_bars]
    return Phrase(
        tuple(
            Note(192 * bar + 48 * beat, pitch, 48)
            for bar, pitches in enumerate(bars)
            for beat, pitch in enumerate(pitches)
        ),
        len(bars),
    )


LEADING, LEAPING = phrase((67, 69, 71, 72), (74, 72, 71, 69)), phrase((56, 97, 58, 61), (74, 72, 71, 69))
REQUEST = Request(outer_pair(LEADING), "bach", 8, (0,))


def value(rows: np.ndarray, name: str) -> list[float]:
    return [float(one) for one in rows[:, SURPRISES.index(name)]]


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return measure([REQUEST, REQUEST], [LEADING, LEAPING])


def test_bars_that_lead_into_the_ending_surprise_less(rows: np.ndarray) -> None:
    for name in (
        "composed_pitch_mean",
        "composed_pitch_greatest",
        "ending_pitch_mean",
        "ending_pitch_excess",
    ):
        leading, leaping = value(rows, name)
        assert leaping - leading > 0


def test_the_features_agree_with_each_other(rows: np.ndarray) -> None:
    assert rows.shape == (2, 2 * 3 * len(FIGURES) + 3 * 256)
    for start in range(0, len(SURPRISES), len(FIGURES)):
        mean, spread, greatest, top, expected, unexpected, entropy, excess = rows[:, start : start + 8].T
        assert ((mean <= top) & (top <= greatest + 1e-9) & (spread >= 0)).all()
        assert ((expected >= 0) & (unexpected >= 0) & (expected + unexpected <= 1)).all()
        assert excess == pytest.approx(mean - entropy)


def test_a_row_does_not_depend_on_the_others(rows: np.ndarray) -> None:
    assert (measure([REQUEST], [LEAPING])[0] == rows[1]).all()


def test_without_an_ending_its_features_are_missing(rows: np.ndarray) -> None:
    free = replace(REQUEST, pair=free_pair(LEADING.meter))
    found = measure([free], [LEADING])[0]
    half = len(SURPRISES) // 2
    missing = np.isnan(found)
    assert not missing[:half].any()
    assert missing[half : 2 * half].all()
    assert missing[2 * half :].tolist() == [False] * 512 + [True] * 256
