"""Each figure of the composed bars on phrases worked out by hand."""

from __future__ import annotations

import math

import pytest

from models.bar_relations import FIGURES, InnerBars, mean_figures
from violin.music import Key, Note, Phrase

GIVEN = (60, 64, 62, 67)


def bars_of(*bars: tuple[int, ...], beginning: int = 1, ending: int = 1) -> InnerBars:
    notes = []
    for index, pitches in enumerate(bars):
        length = 192 // max(len(pitches), 1)
        notes += [Note(192 * index + length * place, pitch, length) for place, pitch in enumerate(pitches)]
    return InnerBars(Phrase(tuple(notes), len(bars), key=Key(0)), beginning, ending)


def figure(name: str, bars: InnerBars) -> float:
    return FIGURES[name](bars)


def test_the_way_into_the_ending() -> None:
    near = bars_of(GIVEN, (60, 62, 64, 71), (72,))
    assert figure("ending entered by a half step", near) == 1
    assert figure("leap into the ending, semitones", near) == 1
    far = bars_of(GIVEN, (60, 62, 64, 65), (72,))
    assert figure("ending entered by a half step", far) == 0
    assert figure("leap into the ending, semitones", far) == 7
    assert math.isnan(figure("leap into the ending, semitones", bars_of(GIVEN, (60, 62), ending=0)))


def test_sequences() -> None:
    step = bars_of(GIVEN, (62, 65, 64, 69), (64, 67, 65, 71), (72,))
    assert figure("any sequence", step) == 1
    assert figure("diatonic sequence from bar to bar", step) == pytest.approx(2 / 3)
    real = bars_of(GIVEN, (63, 67, 65, 71), (72,))  # the contour alone: no constant step of C major
    assert figure("any sequence", real) == 1
    assert figure("diatonic sequence from bar to bar", real) == 0
    assert figure("any sequence", bars_of(GIVEN, GIVEN, (72,))) == 0


def test_returns() -> None:
    exact = bars_of(GIVEN, GIVEN, GIVEN, (72,))
    assert figure("repeated exactly from bar to bar", exact) == pytest.approx(2 / 3)
    assert figure("a bar nearly like an earlier one", exact) == 0
    near = bars_of(GIVEN, (60, 64, 62, 69), (60, 59, 57, 55), (72,))
    assert figure("a bar nearly like an earlier one", near) == pytest.approx(1 / 2)


def test_rhythm() -> None:
    kept = bars_of(GIVEN, (60, 59, 57, 55), (72,))
    assert figure("rhythm likeness to the given bars", kept) == 1
    assert figure("rhythm of the given bars never returns", kept) == 0
    lost = bars_of(GIVEN, (60, 64, 67), (72, 74))
    assert figure("rhythm likeness to the given bars", lost) == 0
    assert figure("rhythm of the given bars never returns", lost) == 1


def test_holes_and_alternation() -> None:
    hollow = bars_of(GIVEN, (60,), (), (60, 64), (72, 74))
    assert figure("two inner bars or more empty or of one note", hollow) == 1
    assert (
        figure("two inner bars or more empty or of one note", bars_of(GIVEN, (60,), (60, 64), (72, 74))) == 0
    )
    calm_ending = bars_of(GIVEN, (60,), (), (72,))  # a given bar is as empty
    assert figure("two inner bars or more empty or of one note", calm_ending) == 0
    stuck = bars_of(GIVEN, (60, 64) * 4, (60, 64) * 2, (72,))
    assert figure("two pitches alternating 12 times or more", stuck) == 1
    assert figure("two pitches alternating 12 times or more", bars_of(GIVEN, (60, 64) * 4, (72,))) == 0


def test_means_leave_out_what_is_not_defined() -> None:
    one = bars_of(GIVEN, (60, 62, 64, 71), (72,)).phrase
    silent_ending = bars_of(GIVEN, (60, 62, 64, 65), ()).phrase
    means = mean_figures([one, silent_ending])
    assert means["ending entered by a half step"] == 1
    assert set(means) == set(FIGURES)
