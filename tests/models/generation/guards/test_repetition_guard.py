from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constraints.language.vocabulary import VOCABULARY, Kind
from models.generation.guards.repetition_guard import RepetitionGuard
from violin.music import Note

A4, E5 = 69, 76


def strike(guard: RepetitionGuard, position: int, *pitches: int) -> None:
    tokens = [VOCABULARY.position(position)]
    for pitch in pitches:
        tokens += [VOCABULARY.pitch(pitch), VOCABULARY.duration(6)]
    for token in tokens:
        guard.advance(np.array([token]))


def next_pitches(guard: RepetitionGuard, *allowed: int) -> set[int]:
    """What is left of the allowed pitches at the next onset."""
    guard.advance(np.array([VOCABULARY.position(180)]))
    mask = np.zeros((1, len(VOCABULARY)), dtype=bool)
    mask[0, [VOCABULARY.pitch(pitch) for pitch in allowed]] = True
    guard.restrict(mask)
    kept = np.flatnonzero(mask[0])
    assert (VOCABULARY.kind[kept] == Kind.PITCH).all()
    return set(VOCABULARY.value[kept].tolist())


def test_a_note_struck_often_enough_is_excluded() -> None:
    guard = RepetitionGuard([()], limits=(4,))
    for index in range(4):
        strike(guard, 6 * index, A4)
    assert next_pitches(guard, A4, E5) == {E5}


def test_fewer_strikes_and_a_change_between_are_free() -> None:
    guard = RepetitionGuard([()], limits=(4,))
    for index in range(6):
        strike(guard, 6 * index, A4 if index % 2 else A4 - 2)
    assert next_pitches(guard, A4, E5) == {A4, E5}


def test_the_given_beginning_counts_and_chords_count_by_their_lowest_note() -> None:
    given = [Note(48 * index, A4, 48) for index in range(3)]
    guard = RepetitionGuard([given], limits=(4,))
    strike(guard, 0, A4, E5)
    assert next_pitches(guard, A4, E5) == {E5}


def test_the_rules_come_first() -> None:
    guard = RepetitionGuard([[Note(0, A4, 48)]], limits=(1,))
    assert next_pitches(guard, A4) == {A4}


@pytest.mark.parametrize("figure", [(A4, E5), (A4, A4, E5), (A4, A4 + 2, E5)])
def test_a_figure_of_two_or_three_notes_is_excluded(figure: tuple[int, ...]) -> None:
    guard = RepetitionGuard([()], limits=(99, 8, 8))
    for index in range(7):
        strike(guard, 6 * index, figure[index % len(figure)])
    again = figure[7 % len(figure)]
    assert next_pitches(guard, again, A4 + 5) == {again, A4 + 5}
    strike(guard, 186, again)
    again = figure[8 % len(figure)]
    assert next_pitches(guard, again, A4 + 5) == {A4 + 5}


def test_one_note_alone_is_no_figure_of_two() -> None:
    guard = RepetitionGuard([()], limits=(99, 4, 4))
    for index in range(20):
        strike(guard, 6 * index, A4)
    assert next_pitches(guard, A4, E5) == {A4, E5}


def test_a_row_that_waits_for_the_others_keeps_its_state() -> None:
    guard = RepetitionGuard([[Note(0, A4, 48)]], limits=(1,))
    guard.advance(np.array([VOCABULARY.position(48)]))
    guard.advance(np.array([VOCABULARY.PAD]))
    mask = np.ones((1, len(VOCABULARY)), dtype=bool)
    guard.restrict(mask)
    assert not mask[0, VOCABULARY.pitch(A4)]


@given(st.lists(st.integers(60, 63), min_size=1, max_size=60))
def test_no_line_is_longer_than_the_limits(wanted: list[int]) -> None:
    """Whatever a model prefers, a line that the guard allows keeps the limits."""
    limits = (5, 6, 7)
    guard, line = RepetitionGuard([()], limits), list[int]()
    for index, pitch in enumerate(wanted):
        guard.advance(np.array([VOCABULARY.position(index)]))
        mask = np.ones((1, len(VOCABULARY)), dtype=bool)
        guard.restrict(mask)
        legal = [one for one in (pitch, *range(60, 70)) if mask[0, VOCABULARY.pitch(one)]]
        line.append(legal[0])
        guard.advance(np.array([VOCABULARY.pitch(legal[0])]))
    for period, limit in enumerate(limits, start=1):
        for start in range(len(line) - limit):
            part = line[start : start + limit + 1]
            repeats = all(one == other for one, other in zip(part, part[period:], strict=False))
            assert not repeats or (period > 1 and len(set(part)) == 1)
