from __future__ import annotations

import numpy as np

from constraints.language.vocabulary import VOCABULARY, Kind
from models.generation.guards.copy_guard import CopyGuard
from models.novelty import RunIndex
from violin.music import Note, Phrase

SCALE = tuple(Note(index * 24, 60 + index % 13, 24) for index in range(64))
TRAINING = Phrase(SCALE, bars=8)
INDEX = RunIndex.build([(TRAINING, "scale", 0)])


def masks(kinds: tuple[Kind, ...], rows: int = 1) -> np.ndarray:
    mask = np.zeros((rows, len(VOCABULARY)), dtype=bool)
    for kind in kinds:
        mask[:, VOCABULARY.span(kind)] = True
    return mask


def pitches_left(guard: CopyGuard, *kinds: Kind) -> list[int]:
    mask = masks((Kind.PITCH, *kinds))
    guard.restrict(mask)
    return [int(VOCABULARY.value[i]) for i in np.flatnonzero(mask[0]) if VOCABULARY.kind[i] == Kind.PITCH]


def take(guard: CopyGuard, *tokens: int) -> None:
    for token in tokens:
        guard.advance(np.array([token]))


def play(guard: CopyGuard, count: int) -> None:
    """Take the scale's notes one by one, as the decoder would write them from bar 1 on."""
    for note in SCALE[:count]:
        bar, position = divmod(note.onset_ticks, TRAINING.bar_ticks)
        if position == 0:
            take(guard, VOCABULARY.BAR)
        take(guard, VOCABULARY.position(position), VOCABULARY.pitch(note.pitch), VOCABULARY.duration(24))
        assert bar < 8


def test_a_copy_may_reach_the_limit_and_no_more() -> None:
    guard = CopyGuard(INDEX, [()], [0], [TRAINING.bar_ticks], limit_notes=12)
    play(guard, 12)
    take(guard, VOCABULARY.position(96))  # the 13th note's place
    # In the training scale, one more step up or the fall to its start follows seven steps up.
    assert set(range(55, 109)) - set(pitches_left(guard)) == {72, 59}


def test_below_the_limit_nothing_is_masked() -> None:
    guard = CopyGuard(INDEX, [()], [0], [TRAINING.bar_ticks], limit_notes=12)
    play(guard, 11)
    take(guard, VOCABULARY.position(72))
    assert len(pitches_left(guard)) == 54


def test_the_given_beginning_counts() -> None:
    given = [note for note in SCALE if note.onset_ticks < 384]
    guard = CopyGuard(INDEX, [given], [2], [TRAINING.bar_ticks], limit_notes=12)
    take(guard, VOCABULARY.BAR, VOCABULARY.position(0))
    assert SCALE[16].pitch not in pitches_left(guard)


def test_the_rules_come_first_where_nothing_else_is_legal() -> None:
    given = [note for note in SCALE if note.onset_ticks < 384]
    guard = CopyGuard(INDEX, [given], [2], [TRAINING.bar_ticks], limit_notes=12)
    take(guard, VOCABULARY.BAR, VOCABULARY.position(0))
    mask = np.zeros((1, len(VOCABULARY)), dtype=bool)
    mask[0, VOCABULARY.pitch(SCALE[16].pitch)] = True
    guard.restrict(mask)
    assert mask.sum() == 1


def test_rows_do_not_disturb_each_other() -> None:
    given = [note for note in SCALE if note.onset_ticks < 384]
    guard = CopyGuard(INDEX, [given, ()], [2, 2], [TRAINING.bar_ticks] * 2, limit_notes=12)
    guard.advance(np.array([VOCABULARY.BAR, VOCABULARY.BAR]))
    guard.advance(np.array([VOCABULARY.position(0)] * 2))
    mask = masks((Kind.PITCH,), rows=2)
    guard.restrict(mask)
    assert mask.sum(axis=1).tolist() == [53, 54]


def limited(middle_bars: int, notes_per_bar: float) -> CopyGuard:
    """A guard over a middle of `middle_bars` bars that may copy a third of its notes, and never 40."""
    middles = [(middle_bars, notes_per_bar)]
    return CopyGuard(
        INDEX, [()], [0], [TRAINING.bar_ticks], limit_notes=40, middles=middles, limit_share=1 / 3
    )


def test_in_a_middle_of_few_notes_less_may_be_copied() -> None:
    guard = limited(4, 8.0)  # 32 notes expected, of which 10 may be copied
    play(guard, 10)
    take(guard, VOCABULARY.position(48))
    assert SCALE[10].pitch not in pitches_left(guard)


def test_in_a_middle_of_many_notes_more_may_be_copied() -> None:
    guard = limited(4, 16.0)
    play(guard, 10)
    take(guard, VOCABULARY.position(48))
    assert SCALE[10].pitch in pitches_left(guard)


def test_what_was_written_counts_in_place_of_what_was_expected() -> None:
    sparse = limited(2, 0.0)  # not a note expected: 10 written ones allow 3 of a copy
    play(sparse, 10)
    take(sparse, VOCABULARY.position(48))
    assert SCALE[10].pitch not in pitches_left(sparse)
    busy = limited(4, 0.0)
    take(busy, VOCABULARY.BAR)
    for position in range(30):  # a repeated note, which the training music does not have
        take(busy, VOCABULARY.position(position), VOCABULARY.pitch(55), VOCABULARY.duration(1))
    play(busy, 10)  # and 40 written ones allow 13
    take(busy, VOCABULARY.position(48))
    assert SCALE[10].pitch in pitches_left(busy)
