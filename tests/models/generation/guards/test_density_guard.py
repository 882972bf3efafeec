"""The density guard: the onsets per beat of what it allows lie in the band."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from constraints.language.vocabulary import VOCABULARY, Kind, density_class
from models.generation.guards.density_guard import (
    DensityBand,
    DensityGuard,
    requested_band,
    suggested_band,
)
from models.generation.sampling import Guard

BAR = 192
RandomMiddles = Callable[[Guard, int, Mapping[Kind, float]], list[list[int]]]


def test_bands() -> None:
    assert requested_band(0).lowest == 0
    assert 0.75 < requested_band(1).lowest < requested_band(1).highest < 1.25
    assert 3.5 < requested_band(5).lowest < requested_band(5).highest == math.inf
    assert suggested_band(None) == DensityBand()
    assert (suggested_band(3).lowest, suggested_band(3).highest) == (0.75, math.inf)
    assert suggested_band(0).highest == 1.75


def _mask(guard: DensityGuard, *tokens: int) -> np.ndarray:
    for token in tokens:
        guard.advance(np.array([token]))
    mask = np.ones((1, len(VOCABULARY)), dtype=bool)
    mask[:, VOCABULARY.span(Kind.DURATION)] = VOCABULARY.kind[tokens[-1]] == Kind.PITCH
    mask[:, VOCABULARY.span(Kind.POSITION)] = VOCABULARY.kind[tokens[-1]] != Kind.PITCH
    guard.restrict(mask)
    return mask[0]


def test_the_next_onset_keeps_its_distance_and_the_note_lasts_until_then() -> None:
    guard = DensityGuard([DensityBand(highest=1, spacing_ticks=32)], [BAR])
    pitch = VOCABULARY.pitch(69)
    lengths = _mask(guard, VOCABULARY.BAR, VOCABULARY.position(0), pitch)
    assert not lengths[VOCABULARY.duration(31)]
    assert lengths[VOCABULARY.duration(32)]
    places = _mask(guard, VOCABULARY.duration(32))
    assert not places[VOCABULARY.position(31)]
    assert places[VOCABULARY.position(32)]
    late = _mask(guard, VOCABULARY.position(180), pitch)
    assert not late[VOCABULARY.duration(11)]
    assert late[VOCABULARY.duration(12)]  # to the barline


def test_an_onset_is_required_in_time() -> None:
    guard = DensityGuard([DensityBand(lowest=1)], [BAR])
    first = _mask(guard, VOCABULARY.BAR)
    assert first[VOCABULARY.BAR]  # a bar's worth may be missing
    second = _mask(guard, VOCABULARY.BAR)
    assert not second[VOCABULARY.BAR]
    assert second[VOCABULARY.position(0)]
    assert not second[VOCABULARY.position(1)]


def test_the_rules_come_first() -> None:
    guard = DensityGuard([requested_band(5)], [BAR])
    for token in (VOCABULARY.BAR, VOCABULARY.BAR, VOCABULARY.BAR):
        guard.advance(np.array([token]))
    mask = np.zeros((1, len(VOCABULARY)), dtype=bool)
    mask[0, VOCABULARY.BAR] = True
    guard.restrict(mask)
    assert mask[0, VOCABULARY.BAR]


@pytest.mark.parametrize("density", [0, 2, 4])
def test_random_middles_have_the_requested_class(random_middles: RandomMiddles, density: int) -> None:
    """Without the guard they have 1.5 onsets per beat; few long notes, which would block later onsets."""
    weights = {Kind.LONGER: 0.0, Kind.POSITION: 10.0, Kind.PITCH: 0.2}
    found = random_middles(DensityGuard([requested_band(density)] * 8, [BAR] * 8), 8, weights)
    classes = [density_class(sum(bars), 14 * BAR) for bars in found]
    assert abs(np.mean(classes) - density) <= 0.5
    assert max(abs(one - density) for one in classes) <= 1
