"""The plan of a phrase: key of the outer bars, cadence, density and register."""

from __future__ import annotations

from data_prep.plans.planning import outer_key, plan_of
from violin.music import Key, Note, Phrase
from violin.plan import Cadence, Relation


def phrase_of(*bars: tuple[int, ...], key: Key | None = None) -> Phrase:
    """Bars of equal notes in 4/4."""
    notes = []
    for index, pitches in enumerate(bars):
        length = 192 // len(pitches)
        notes += [Note(192 * index + length * place, pitch, length) for place, pitch in enumerate(pitches)]
    return Phrase(tuple(notes), len(bars), key=key)


TONIC, DOMINANT = (60, 64, 67, 64, 60, 64, 67, 72), (59, 62, 65, 67, 71, 67, 65, 62)
PHRASE = phrase_of(TONIC, (62, 65, 69, 65), (64, 67, 71, 67), DOMINANT, (72, 67, 64, 60), key=Key(0))


def test_a_plan_has_relation_density_register_and_cadence() -> None:
    plan = plan_of(PHRASE)
    assert plan.key == Key(0)
    assert plan.cadence is Cadence.AUTHENTIC
    assert [bar.density for bar in plan.bars] == [3, 1, 1, 3, 1]
    assert [bar.register for bar in plan.bars] == [1, 1, 2, 1, 1]
    assert (plan.bars[2].relation, plan.bars[2].other, plan.bars[2].steps) == (Relation.SEQUENCE, 1, 1)
    assert str(plan.bars[3].chords[0]) == "V7"


def test_a_bar_may_relate_to_the_ending() -> None:
    """A bar of the ending relates to given bars only, so relations never lead in a circle."""
    answer, last = (67, 65, 64, 62), (72, 71, 69, 67)
    plan = plan_of(phrase_of(TONIC, DOMINANT, answer, (69, 67, 65, 64), last, key=Key(0)))
    assert [(bar.relation, bar.other, bar.steps) for bar in plan.bars[1:]] == [
        (Relation.RHYTHM, 0, 0),
        (Relation.SEQUENCE, 4, -3),
        (Relation.SEQUENCE, 2, 1),
        (Relation.NEW, None, 0),
    ]
    two_given = plan_of(phrase_of(answer, TONIC, TONIC, last, last, key=Key(0)), 1, 2)
    assert [(bar.relation, bar.other) for bar in two_given.bars[3:]] == [
        (Relation.SEQUENCE, 0),
        (Relation.SAME, 3),
    ]


def test_another_resolution_has_the_same_plan() -> None:
    assert plan_of(PHRASE.with_resolution(480)) == plan_of(PHRASE)


def test_the_key_is_that_of_the_outer_bars() -> None:
    minor = (57, 60, 64, 69)
    assert outer_key(phrase_of(minor, TONIC, TONIC, minor, key=Key(0))) == Key(0, minor=True)
    assert outer_key(phrase_of(TONIC, minor, minor, TONIC, key=Key(0))) == Key(0)
    # The signature decides where the notes do not.
    assert outer_key(phrase_of((62, 69), (62, 69), key=Key(2))) == Key(2)


def test_half_and_deceptive_cadences() -> None:
    half = phrase_of(TONIC, TONIC, DOMINANT, key=Key(0))
    assert plan_of(half).cadence is Cadence.HALF
    deceptive = phrase_of(TONIC, DOMINANT, (57, 60, 64, 60), key=Key(0))
    assert plan_of(deceptive).cadence is Cadence.DECEPTIVE
