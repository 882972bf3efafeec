"""The critic's features on phrases whose relations are known."""

from __future__ import annotations

import math

import pytest

from models.reranking.relations import FEATURES, NAMES, measure
from violin.music import Key, Note, Phrase

BAR = 192


def _phrase(*bars: tuple[tuple[int, int, int], ...]) -> Phrase:
    """Bars of (tick, pitch, length) in C major."""
    notes = [
        Note(index * BAR + tick, pitch, length)
        for index, bar in enumerate(bars)
        for tick, pitch, length in bar
    ]
    return Phrase(tuple(notes), len(bars), key=Key(0))


def _quarters(*pitches: int) -> tuple[tuple[int, int, int], ...]:
    return tuple((48 * index, pitch, 48) for index, pitch in enumerate(pitches))


FIRST, LAST = _quarters(72, 74, 76, 77), _quarters(72, 71, 69, 67)


def _measured(*middle: tuple[tuple[int, int, int], ...]) -> dict[str, float]:
    return dict(zip(NAMES, measure(_phrase(FIRST, *middle, LAST), 1, 1), strict=True))


def test_every_feature_is_described_and_measured() -> None:
    values = _measured(*[_quarters(72, 74, 76, 77)] * 6)
    assert list(values) == list(FEATURES)
    assert all(FEATURES.values())
    missing = {name for name, value in values.items() if math.isnan(value)}
    assert missing <= {"leading_notes", "after_leaps", "falling_fifths"}


def test_rhythm_and_sequences() -> None:
    up = [_quarters(*(pitch + step for pitch in (72, 74, 76, 77))) for step in (2, 4, 5, 7, 9, 11)]
    found = _measured(*up)
    assert found["rhythm_returns"] == found["same_rhythm_1"] == found["sequences_1"] == 1
    assert found["first_bar_likeness"] == 1
    assert found["returns"] == 0
    assert found["onsets"] == pytest.approx(0)
    whole = _measured(*[((0, 72, 192),)] * 6)
    assert whole["rhythm_returns"] == whole["rhythm likeness to the given bars"] == 0
    assert whole["sparse_bars"] == 1
    assert whole["returns"] == pytest.approx(5 / 6)
    assert whole["long_notes"] == 1


def test_the_way_into_the_ending() -> None:
    half = _measured(*[_quarters(72, 74, 72, 74)] * 5, _quarters(67, 69, 71, 71))
    assert half["ending entered by a half step"] == half["ending_step"] == 1
    assert half["ending_direction"] == 1
    assert half["ending_wait"] == 1
    assert half["ending_rest"] == 0
    early = _measured(*[_quarters(72, 74, 72, 74)] * 5, ((0, 84, 48),))
    assert early["ending_wait"] == 4
    assert early["ending_rest"] == 3
    assert early["ending_direction"] == -1
    assert early["leap into the ending, semitones"] == 12


def test_figures_of_one_two_and_three_notes() -> None:
    assert _measured(*[_quarters(72, 72, 72, 72)] * 6)["period_1"] == 1
    assert _measured(*[_quarters(72, 74, 72, 74)] * 6)["period_2"] == 1
    turns = [_quarters(*(72 + (4 * bar + beat) % 3 for beat in range(4))) for bar in range(6)]
    assert _measured(*turns)["period_3"] == 1
    assert _measured(*[_quarters(72, 72, 72, 72)] * 6)["period_2"] == pytest.approx(2 / 24)


def test_chord_tones_and_scale() -> None:
    chord = _measured(*[_quarters(72, 76, 79, 76)] * 6)
    assert chord["chord_tones"] == chord["scale"] == 1
    strange = _measured(*[_quarters(73, 75, 78, 80)] * 6)
    assert strange["scale"] == 0


def test_a_free_phrase_and_an_empty_middle_have_values_too() -> None:
    free = dict(zip(NAMES, measure(_phrase(*[FIRST] * 8), 0, 0), strict=True))
    assert math.isnan(free["onsets"])
    assert math.isnan(free["leap into the ending, semitones"])
    assert free["steps"] > 0
    empty = _measured(*[()] * 6)
    assert empty["sparse_bars"] == 1
    assert math.isnan(empty["range"])
