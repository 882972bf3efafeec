"""Chords of half bars: textbook progressions, other keys, silence."""

from __future__ import annotations

import pytest

from data_prep.plans.harmony import chords_of, half_bar_weights
from violin.music import Key, Meter, Note, Phrase


def broken(*chords: tuple[int, ...]) -> Phrase:
    """A half bar of four eighths on each chord, in 4/4."""
    notes = []
    for place, pitches in enumerate(chords):
        for eighth in range(4):
            notes.append(Note(96 * place + 24 * eighth, pitches[eighth % len(pitches)], 24))
    return Phrase(tuple(notes), -(-len(chords) // 2))


C, F, G7, AM, DM = (60, 64, 67), (60, 65, 69), (59, 62, 65, 67), (57, 60, 64), (62, 65, 69)
PROGRESSION = broken(C, C, F, DM, G7, G7, C, AM)


def names(phrase: Phrase, key: Key) -> list[str]:
    return [str(chord) for chord in chords_of(phrase, key)]


def test_a_textbook_progression() -> None:
    assert names(PROGRESSION, Key(0)) == ["I", "I", "IV", "ii", "V7", "V7", "I", "vi"]


@pytest.mark.parametrize("semitones", [-2, 5, 7])
def test_a_transposed_phrase_has_the_same_chords(semitones: int) -> None:
    moved = PROGRESSION.transposed(semitones)
    assert names(moved, Key(0).transposed(semitones)) == names(PROGRESSION, Key(0))


def test_minor() -> None:
    e7 = (56, 59, 62, 64)
    assert names(broken(AM, DM, e7, AM), Key(0, minor=True)) == ["i", "iv", "V7", "i"]


def test_a_silent_half_bar_has_no_chord() -> None:
    phrase = Phrase((Note(0, 60, 48), Note(192 + 96, 67, 96)), 2)
    assert [chord is None for chord in chords_of(phrase, Key(0))] == [False, True, True, False]


def test_weights_count_beats_and_the_bass_of_a_stop() -> None:
    # A half note on the beat (2 beats x 1.5), an eighth off the beat (.5 beats), a stop in bar 2.
    phrase = Phrase((Note(0, 60, 96), Note(120, 64, 24), Note(192, 62, 48), Note(192, 69, 48)), 2)
    weights = half_bar_weights(phrase, 0)
    assert weights.shape == (4, 12)
    assert weights[0, 0] == pytest.approx(3.0)
    assert weights[1, 4] == pytest.approx(0.5)
    assert weights[2, 2] == pytest.approx(1.5 * 1.5)
    assert weights[2, 9] == pytest.approx(1.5)
    assert weights.sum() == pytest.approx(3.0 + 0.5 + 2.25 + 1.5)


def test_halves_of_three_four_are_a_beat_and_a_half() -> None:
    phrase = Phrase((Note(0, 60, 72), Note(72, 67, 72)), 1, Meter(3, 4))
    weights = half_bar_weights(phrase, 0)
    assert weights[0, 0] == pytest.approx(2.25) and weights[1, 7] == pytest.approx(1.5)
