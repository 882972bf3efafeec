"""Each figure, on phrases whose value is obvious."""

from __future__ import annotations

import pytest

from models import form
from violin.music import Key, Note, Phrase

BAR = 192
SCALE = (60, 62, 64, 65)


def _phrase(pitches: tuple[int, ...], bars: int = 8, key: Key | None = None) -> Phrase:
    """The same bar of quarters again and again."""
    notes = (
        Note(bar * BAR + 48 * beat, pitch, 48) for bar in range(bars) for beat, pitch in enumerate(pitches)
    )
    return Phrase(tuple(notes), bars, key=key)


def test_figures_of_one_bar_repeated() -> None:
    phrase = _phrase(SCALE)
    assert form.notes_per_beat(phrase) == 1
    assert form.bar_repeat_ratio(phrase) == 1
    assert form.longest_repeated_run(phrase) == pytest.approx(15 / 31)
    assert form.self_similarity(phrase) == form.groove_similarity(phrase) == 1
    assert form.scale_share(phrase) == 1
    assert form.pitch_class_entropy(phrase) == form.bar_pitch_class_entropy(phrase) == 2
    assert form.step_share(phrase) == pytest.approx(24 / 31)
    assert form.stop_share(phrase) == 0
    assert form.rhythm_kinds(phrase) == pytest.approx(1 / 31)
    assert form.largest_leap(phrase) == 5
    assert form.seam_leaps(phrase, 1, 1) == (5, 5)


def test_figures_that_a_change_moves() -> None:
    assert form.scale_share(_phrase(SCALE, key=Key(-1))) == 1
    assert form.scale_share(_phrase(SCALE, key=Key(5))) < 0.5
    double = _phrase(SCALE)
    double = Phrase((*double.notes, Note(0, 67, 48)), 8)
    assert form.stop_share(double) == pytest.approx(1 / 32)
    assert form.bar_repeat_ratio(double) == pytest.approx(6 / 7)
    # each bar repeats the last one in another key: similarity 1; a bar of halves has half the similarity
    higher = Phrase(tuple(Note(192 * bar, 60 + bar, 48) for bar in range(8)), 8)
    assert form.self_similarity(higher) == 1
    halves = Phrase((*_phrase(SCALE, bars=1).notes, Note(BAR, 60, 96), Note(BAR + 96, 64, 96)), 2)
    assert form.self_similarity(halves) == pytest.approx(2 * 2 / 6)
    assert form.groove_similarity(halves) == pytest.approx(14 / 16)
    assert form.bar_pitch_class_entropy(halves) == 1.5
    assert form.ends_on_triad(_phrase((60, 62, 64, 65))) == 0
    assert form.ends_on_triad(_phrase((65, 62, 64, 60))) == 1


def test_a_single_note_breaks_no_figure() -> None:
    lonely = Phrase((Note(0, 60, 48),), 8)
    assert all(isinstance(figure(lonely), (int, float)) for figure in form.FIGURES.values())
    assert form.seam_leaps(lonely, 1, 1) == (0, 0)


def test_the_share_of_bands_and_the_longest_run() -> None:
    # a bar of quarters again and again: 2 bits of pitch classes (below the band), steps above it,
    # every bar repeated: none of the four figures lies inside
    assert form.within_bands(_phrase(SCALE)) == 0
    assert form.largest_leap(Phrase((Note(0, 60, 48), Note(48, 72, 48), Note(96, 70, 48)), 1)) == 12
    # a run of two steps occurs twice in six steps
    run = (60, 62, 65, 71, 60, 62, 65)
    assert form.longest_repeated_run(
        Phrase(tuple(Note(48 * i, pitch, 48) for i, pitch in enumerate(run)), 2)
    ) == pytest.approx(2 / 6)
    varied = Phrase(tuple(Note(12 * i * i, 60 + (i * i) % 17, 12) for i in range(12)), 8)
    assert form.rhythm_kinds(varied) == 1


def test_a_third_is_no_step() -> None:
    phrase = Phrase(tuple(Note(48 * i, pitch, 48) for i, pitch in enumerate((60, 61, 63, 66, 66))), 2)
    assert form.step_share(phrase) == pytest.approx(2 / 4)  # a semitone and a tone, of four intervals
