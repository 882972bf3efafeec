from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_prep.grid.quantise import constant_offset, quantised, without_graces, without_trills
from data_prep.grid.raw_part import RawNote, ScoreError
from violin.music import TICKS_PER_BEAT

RHYTHMS = {4: 0.25, 2: 0.5, 1: 1.0, 3: 1 / 3, 6: 1 / 6, 8: 0.125}


def row(*steps: float, start: float = 0.0, sounding: float = 1.0) -> list[RawNote]:
    notes = []
    for index, step in enumerate(steps):
        notes.append(RawNote(start, start + step * sounding, 60 + index % 12))
        start += step
    return notes


@settings(max_examples=80)
@given(st.lists(st.sampled_from(sorted(RHYTHMS)), min_size=2, max_size=20), st.floats(-0.009, 0.009))
def test_beats_of_any_subdivision_come_back_from_a_slight_inaccuracy(beats: list[int], moved: float) -> None:
    steps = [RHYTHMS[parts] for parts in beats for _ in range(parts)]
    exact = row(*steps)
    placed = quantised([note._replace(onset_beats=max(note.onset_beats + moved, 0)) for note in exact])
    for note, expected in zip(placed.notes, exact, strict=True):
        assert note.onset_beats == pytest.approx(expected.onset_beats, abs=1e-6)
        assert note.onset_beats * TICKS_PER_BEAT == pytest.approx(round(note.onset_beats * TICKS_PER_BEAT))
    assert placed.error_beats == pytest.approx(abs(moved), abs=1e-6)


def test_an_articulated_note_lasts_to_the_next() -> None:
    detached = quantised(row(1, 1, 1, 1, sounding=0.8))
    assert [note.end_beats - note.onset_beats for note in detached.notes[:3]] == [1, 1, 1]


def test_a_written_rest_stays_a_rest() -> None:
    notes = [RawNote(0, 1, 60), RawNote(2, 2.5, 62), RawNote(3, 4, 64)]
    lengths = [note.end_beats - note.onset_beats for note in quantised(notes).notes]
    assert lengths == [1, 0.5, 1]


def test_a_constant_offset_is_found_and_removed() -> None:
    moved = row(*[0.5] * 16, start=0.1125)
    assert constant_offset(moved) == pytest.approx(0.1125, abs=1 / 384)
    assert [note.onset_beats for note in quantised(moved).notes][:3] == [0, 0.5, 1]


def test_music_on_the_grid_has_no_offset() -> None:
    assert constant_offset(row(*[1 / 3] * 12, *[0.25] * 12)) == 0


def test_a_grace_before_its_note_is_left_out_and_the_cut_note_prolonged() -> None:
    grace = 9 / 80
    notes = [RawNote(0, 1 - grace, 60), RawNote(1 - grace, 1, 64), RawNote(1, 2, 62)]
    plain, graces = without_graces(notes)
    assert plain == [RawNote(0, 1, 60), RawNote(1, 2, 62)]
    assert graces == 1


def test_a_trill_played_out_is_its_lower_note() -> None:
    trill = [RawNote(i / 8, (i + 1) / 8, 72 + i % 2 * 2) for i in range(8)]
    plain, trills = without_trills([*trill, RawNote(1, 2, 71)])
    assert plain == [RawNote(0, 1, 72), RawNote(1, 2, 71)]
    assert trills == 1


def test_a_scale_and_an_arpeggio_are_no_trill() -> None:
    notes = row(*[0.125] * 12)
    assert without_trills(notes) == (notes, 0)


def test_music_timed_as_played_is_refused_with_that_reason() -> None:
    generator = random.Random(1)
    notes = [
        RawNote(start, start + 0.2, 60) for start in sorted(generator.uniform(0, 60) for _ in range(200))
    ]
    with pytest.raises(ScoreError, match=r"timed as played: \d+% of its onsets"):
        quantised(notes)


def test_an_offset_is_taken_from_the_ends_as_well() -> None:
    moved = row(*[0.5] * 15, 2.0, start=0.1125, sounding=1.0)
    assert quantised(moved).notes[-1].end_beats == pytest.approx(9.5)
