"""A plan's text comes back as the plan, and says what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from violin.errors import PlanError
from violin.music import Key
from violin.plan import DENSITIES, OPEN, OPEN_BAR, REGISTERS, BarPlan, Cadence, Chord, Plan, Quality, Relation

chords = st.none() | st.just(OPEN) | st.builds(Chord, st.integers(0, 11), st.sampled_from(Quality))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    bars = []
    for index in range(draw(st.integers(1, 16))):
        relation = draw(
            st.sampled_from([*Relation, OPEN]) if index else st.sampled_from([Relation.NEW, OPEN])
        )
        other = None if relation in (Relation.NEW, OPEN) else draw(st.integers(0, index - 1))
        steps = draw(st.integers(-9, 9).filter(bool)) if relation is Relation.SEQUENCE else 0
        density, register = (
            draw(st.just(OPEN) | st.integers(0, count - 1)) for count in (DENSITIES, REGISTERS)
        )
        bars.append(BarPlan((draw(chords), draw(chords)), relation, other, steps, density, register))
    key = Key(draw(st.integers(-7, 7)), draw(st.booleans()))
    return Plan(key, tuple(bars), draw(st.sampled_from([*Cadence, OPEN])))


@given(plans())
def test_the_text_of_a_plan_is_read_back(plan: Plan) -> None:
    assert Plan.parse(str(plan)) == plan


@given(st.builds(Chord, st.integers(0, 11), st.sampled_from(Quality)))
def test_the_numeral_of_a_chord_is_read_back(chord: Chord) -> None:
    assert Chord.parse(str(chord)) == chord


def test_a_whole_bar_may_be_left_open() -> None:
    plan = Plan.parse("key D minor\ncadence ?\n1: ?\n2: i ? / ? / density ? / register 3")
    assert plan.bars[0] == OPEN_BAR
    assert plan.bars[1] == BarPlan((Chord.parse("i"), OPEN), OPEN, density=OPEN, register=3)
    assert str(plan).splitlines()[2:] == ["1: ?", "2: i ? / ? / density ? / register 3"]


def test_the_tones_of_a_chord() -> None:
    assert Chord.parse("V7").pitch_classes == {7, 11, 2, 5}
    assert Chord.parse("viio").pitch_classes == {11, 2, 5}
    assert Chord.parse("bVI").pitch_classes == {8, 0, 3}


def test_form_letters() -> None:
    none = (None, None)
    bars = (
        BarPlan(none),
        BarPlan(none, Relation.SEQUENCE, 0, 1),
        BarPlan(none),
        BarPlan(none, Relation.SAME, 0),
        BarPlan(none, Relation.RHYTHM, 2),
    )
    assert Plan(Key(), bars).form == "a a' b a b'"


def test_form_letters_of_bars_that_relate_to_the_ending() -> None:
    none = (None, None)
    bars = (
        BarPlan(none),
        BarPlan(none, Relation.SEQUENCE, 4, -1),
        BarPlan(none, Relation.SAME, 1),
        BarPlan(none, Relation.SAME, 4),
        BarPlan(none),
    )
    plan = Plan(Key(), bars)
    assert plan.form == "a b' b' b b"
    assert Plan.parse(str(plan)) == plan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("I I /", "I J /"), "chord 'J'; legal: a numeral"),
        (("cadence none", "cadence open"), "cadence 'open'; legal: authentic, half"),
        (("C major", "H major"), "key 'H major'; legal: a key such as D major"),
        (("/ new", "/ same as 3"), "bar 1 relates to bar 3; legal: 1 to 1"),
        (("/ new", "/ same as 1"), "the relations of bar 1 lead in a circle"),
        (("density 2", "density 9"), "density 9"),
        (("1:", "2:"), "line of bar 1"),
        (("key C", "C"), "a plan begins with a line"),
    ],
)
def test_faults_of_a_plan_are_reported(change: tuple[str, str], message: str) -> None:
    text = "key C major\ncadence none\n1: I I / new / density 2 / register 3"
    assert Plan.parse(text).bars[0].density == 2
    with pytest.raises(PlanError, match=message):
        Plan.parse(text.replace(*change))
