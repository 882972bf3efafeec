"""A plan's text comes back as the plan, and says what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from violin.errors import PlanError
from violin.music import Key
from violin.plan import DENSITIES, REGISTERS, BarPlan, Cadence, Chord, Plan, Quality, Relation

chords = st.none() | st.builds(Chord, st.integers(0, 11), st.sampled_from(Quality))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    bars = []
    for index in range(draw(st.integers(1, 16))):
        relation = draw(st.sampled_from(Relation)) if index else Relation.NEW
        other = None if relation is Relation.NEW else draw(st.integers(0, index - 1))
        steps = draw(st.integers(-9, 9).filter(bool)) if relation is Relation.SEQUENCE else 0
        density, register = draw(st.integers(0, DENSITIES - 1)), draw(st.integers(0, REGISTERS - 1))
        bars.append(BarPlan((draw(chords), draw(chords)), relation, other, steps, density, register))
    key = Key(draw(st.integers(-7, 7)), draw(st.booleans()))
    return Plan(key, tuple(bars), draw(st.sampled_from(Cadence)))


@given(plans())
def test_the_text_of_a_plan_is_read_back(plan: Plan) -> None:
    assert Plan.parse(str(plan)) == plan


@given(st.builds(Chord, st.integers(0, 11), st.sampled_from(Quality)))
def test_the_numeral_of_a_chord_is_read_back(chord: Chord) -> None:
    assert Chord.parse(str(chord)) == chord


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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("I I /", "I J /"), "chord 'J'; legal: a numeral"),
        (("cadence none", "cadence open"), "cadence 'open'; legal: authentic, half"),
        (("C major", "H major"), "key 'H major'; legal: a key such as D major"),
        (("/ new", "/ same as 3"), "bar 1 relates to bar 3; legal: an earlier bar"),
        (("density 2", "density 9"), "density 9"),
        (("1:", "2:"), "line of bar 1"),
        (("key C", "C"), "a plan begins with a line"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(change: tuple[str, str], said: str) -> None:
    text = "key C major\ncadence none\n1: I I / new / density 2 / register 3"
    assert Plan.parse(text).bars[0].density == 2
    with pytest.raises(PlanError, match=said):
        Plan.parse(text.replace(*change))
