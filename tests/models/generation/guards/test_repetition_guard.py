from __future__ import annotations

import numpy as np

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


def test_a_note_struck_often_enough_must_give_way() -> None:
    guard = RepetitionGuard([()], limit_onsets=4)
    for index in range(4):
        strike(guard, 6 * index, A4)
    assert next_pitches(guard, A4, E5) == {E5}


def test_fewer_strikes_and_a_change_between_are_free() -> None:
    guard = RepetitionGuard([()], limit_onsets=4)
    for index in range(6):
        strike(guard, 6 * index, A4 if index % 2 else A4 - 2)
    assert next_pitches(guard, A4, E5) == {A4, E5}


def test_the_given_beginning_counts_and_chords_count_by_their_lowest_note() -> None:
    given = [Note(48 * index, A4, 48) for index in range(3)]
    guard = RepetitionGuard([given], limit_onsets=4)
    strike(guard, 0, A4, E5)
    assert next_pitches(guard, A4, E5) == {E5}


def test_the_rules_come_first() -> None:
    guard = RepetitionGuard([[Note(0, A4, 48)]], limit_onsets=1)
    assert next_pitches(guard, A4) == {A4}
