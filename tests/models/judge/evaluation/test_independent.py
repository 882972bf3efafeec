"""The independent test: its features by hand, and what it distinguishes."""

from __future__ import annotations

import pytest

from models.judge.evaluation.independent import independent_figures, jsymbolic_values, spelled
from violin.music import Note, Phrase

BAR = 192


def _phrase(pitches: list[int], bars: int = 4) -> Phrase:
    """Quarter notes that go round the pitches."""
    return Phrase(tuple(Note(48 * at, pitches[at % len(pitches)], 48) for at in range(4 * bars)), bars)


def test_words_are_steps_then_durations_then_degrees() -> None:
    phrase = Phrase(
        (Note(0, 60, 24), Note(24, 62, 24), Note(48, 60, 48), Note(48, 64, 48), Note(96, 79, 96)), 1
    )
    assert spelled(phrase) == "s2 s2 s12 | 6s2 6s2 12s12 | d0 d4 d7"


def test_values_of_a_phrase_and_of_silence() -> None:
    scale, silence = jsymbolic_values([_phrase([60, 62, 64, 65, 67, 69, 71, 72]), Phrase((), 2)])
    assert scale.shape == silence.shape
    assert len(scale) > 500
    assert scale.any()
    assert (scale != silence).any()


def test_equal_phrases_are_not_distinguished_and_different_ones_are() -> None:
    rising = [_phrase([60 + at, 62 + at, 64 + at, 65 + at]) for at in range(10)]
    leaping = [_phrase([60 + at, 72 + at, 61 + at, 76 + at], bars=4) for at in range(10)]
    works = [f"work {at}" for at in range(10)]
    different = independent_figures(rising, leaping, works)
    assert different.pooled.value > 0.9
    assert (different.phrases, different.long_phrases, different.long) == (10, 0, None)
    assert different.short == different.pooled
    equal = independent_figures(rising, rising, works)
    assert equal.pooled.value == pytest.approx(0.5, abs=0.05)


def test_too_few_works_are_refused() -> None:
    phrases = [_phrase([60, 62 + at]) for at in range(6)]
    with pytest.raises(ValueError, match="phrases of 3 works; legal: at least 5"):
        independent_figures(phrases, phrases, ["a", "b", "c"] * 2)
