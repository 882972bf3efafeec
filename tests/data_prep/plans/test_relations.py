"""Relations between bars, one of each kind."""

from __future__ import annotations

import pytest

from data_prep.plans.relations import BarShape, bar_shapes, closest_relation, relation_between
from violin.music import Key, Note, Phrase
from violin.plan import Relation


def bar(*pitches: int, length: int = 48) -> BarShape:
    return BarShape(tuple((length * place, pitch, length) for place, pitch in enumerate(pitches)))


FIGURE = bar(60, 64, 62, 67)


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (bar(60, 64, 62, 67), (Relation.SAME, 0)),
        (bar(62, 65, 64, 69), (Relation.SEQUENCE, 1)),
        (bar(57, 60, 59, 64), (Relation.SEQUENCE, -2)),
        (bar(72, 76, 74, 79), (Relation.SEQUENCE, 7)),
        (bar(60, 64, 62, 65), (Relation.VARIED, 0)),
        (bar(67, 62, 64, 60), (Relation.INVERSION, 0)),
        (bar(60, 59, 57, 55), (Relation.RHYTHM, 0)),
        (bar(60, 59, 57, length=64), None),
        (BarShape(()), None),
    ],
)
def test_the_relation_of_a_bar_to_the_figure(other: BarShape, relation: tuple[Relation, int] | None) -> None:
    assert relation_between(other, FIGURE, Key(0)) == relation


def test_two_notes_make_no_sequence() -> None:
    assert relation_between(bar(62, 65), bar(60, 64), Key(0)) == (Relation.RHYTHM, 0)


def test_the_closest_relation_wins_and_then_the_nearest_bar() -> None:
    shapes = [FIGURE, bar(60, 59, 57, 55), bar(60, 59, 57, 55), bar(62, 65, 64, 69), FIGURE]
    assert closest_relation(shapes, 0, Key(0)) == (Relation.NEW, None, 0)
    assert closest_relation(shapes, 2, Key(0)) == (Relation.SAME, 1, 0)
    assert closest_relation(shapes, 3, Key(0)) == (Relation.SEQUENCE, 0, 1)
    assert closest_relation(shapes, 4, Key(0)) == (Relation.SAME, 0, 0)


def test_a_chord_counts_by_its_top_note() -> None:
    shape = bar_shapes(Phrase((Note(0, 60, 48), Note(0, 67, 96), Note(96, 64, 96)), 1))[0]
    assert shape.pitches == (67, 64)
    assert shape.rhythm == ((0, 96), (96, 96))
    assert shape.contour == (-1,)


def test_scale_steps_of_a_minor_key_have_both_sixths_and_sevenths() -> None:
    assert bar(69, 77, 78, 79, 80, 81).degrees(Key(0, minor=True)) == (35, 40, 40, 41, 41, 42)
