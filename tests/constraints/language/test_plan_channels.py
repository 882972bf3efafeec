"""The channels of a plan, read off a small phrase by hand."""

from __future__ import annotations

import numpy as np
import pytest

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.plan_channels import PLAN_CHANNEL_SIZES, plan_channels, planned
from constraints.language.plan_codes import SILENCE, codes_of
from constraints.language.tokenizer import Encoded, encode
from constraints.language.vocabulary import VOCABULARY
from violin.music import Key, Meter, Note, Phrase
from violin.plan import BarPlan, Cadence, Chord, Plan, Relation, moved_by_steps

TONIC, FIFTH = Chord.parse("I"), Chord.parse("V7")
# Bar 2 has a double stop and two notes, bar 4 is a step higher; D major.
FIGURE = ((0, 62, 48), (0, 69, 48), (48, 66, 24), (72, 67, 72))
STEP_UP = ((0, 64, 48), (0, 71, 48), (48, 67, 24), (72, 69, 72))
WHOLE = ((0, 62, 144),)
BARS = (WHOLE, FIGURE, WHOLE, STEP_UP, FIGURE, FIGURE, (), WHOLE)
PLAN = Plan(
    Key(2),
    (
        BarPlan((TONIC, TONIC)),
        BarPlan((TONIC, FIFTH), density=1, register=2),
        BarPlan((TONIC, TONIC)),
        BarPlan((FIFTH, FIFTH), Relation.SEQUENCE, 1, 1),
        BarPlan((TONIC, None), Relation.SAME, 1),
        BarPlan((TONIC, TONIC), Relation.RHYTHM, 1, density=5, register=6),
        BarPlan((None, None)),
        BarPlan((TONIC, TONIC)),
    ),
    Cadence.AUTHENTIC,
)


def phrase() -> Phrase:
    notes = [
        Note(bar * 144 + tick, pitch, ticks)
        for bar, figure in enumerate(BARS)
        for tick, pitch, ticks in figure
    ]
    return Phrase(tuple(notes), 8, Meter(3, 4), Key(2))


@pytest.fixture(scope="module")
def row() -> Encoded:
    return encode(phrase(), "bach", 1, 1)


@pytest.fixture(scope="module")
def channels(row: Encoded) -> np.ndarray:
    return plan_channels(row.tokens.astype(np.int64), codes_of(PLAN))


def places_of_bar(row: Encoded, bar: int) -> np.ndarray:
    """The places of the tokens of a middle bar, counted from 1 in the phrase."""
    return np.flatnonzero((row.part == 3) & (row.channels[:, 0] == bar) & (row.tokens != VOCABULARY.EOS))[
        int(bar == 2) :
    ]


def test_what_is_given_and_eos_carry_no_plan(row: Encoded, channels: np.ndarray) -> None:
    assert not channels[row.part < 3].any()
    assert not channels[row.tokens == VOCABULARY.EOS].any()
    assert channels.shape == (len(row), 17)
    assert (channels.max(axis=0) < PLAN_CHANNEL_SIZES).all()


def test_a_bar_has_its_own_plan_and_the_next_one(row: Encoded, channels: np.ndarray) -> None:
    tonic, dominant = 1 + 2, 1 + 9 + 24  # D major, A with a seventh
    fifth = channels[places_of_bar(row, 5)[0]]
    assert fifth[1:8].tolist() == [tonic, SILENCE, 1, 3, 0, 1, 1]
    assert fifth[8:13].tolist() == [tonic, tonic, 5, 6, 7]
    second = channels[places_of_bar(row, 2)]
    assert second[:, 1:3].tolist() == [[tonic, dominant]] * len(second)
    names = [VOCABULARY.names[token] for token in row.tokens[places_of_bar(row, 2)]]
    at_half = names.index("Position_72")
    assert second[:, 0].tolist() == [tonic] * at_half + [dominant] * (len(names) - at_half)


def test_the_cadence_is_in_the_last_two_bars(row: Encoded, channels: np.ndarray) -> None:
    found = {bar: set(channels[places_of_bar(row, bar), 13]) for bar in range(2, 8)}
    assert found == {2: {0}, 3: {0}, 4: {0}, 5: {0}, 6: {1}, 7: {1}}


def test_a_sequence_finds_its_notes_in_the_reference(row: Encoded, channels: np.ndarray) -> None:
    """Before each choice the reference is the note that comes; after the last there is none."""
    places = places_of_bar(row, 4)
    found = [(VOCABULARY.names[row.tokens[at]], *channels[at, 14:].tolist()) for at in places]
    first, stop, second, third = ((1 + tick, pitch - 54, ticks) for tick, pitch, ticks in STEP_UP)
    assert found == [
        ("BAR", *first),
        ("Position_0", *first),
        ("Pitch_64", *first),
        ("Duration_48", *stop),
        ("Pitch_71", *stop),
        ("Duration_48", *second),
        ("Position_48", *second),
        ("Pitch_67", *second),
        ("Duration_24", *third),
        ("Position_72", *third),
        ("Pitch_69", *third),
        ("Duration_72", 0, 0, 0),
    ]
    assert channels[places[0], 5] == 8 + 1  # one step up


def test_a_rhythm_returns_without_pitches_and_with_one_note_per_onset(
    row: Encoded, channels: np.ndarray
) -> None:
    places = places_of_bar(row, 6)
    found = channels[places, 14:].tolist()
    onsets = [[1, 0, 48], [49, 0, 24], [73, 0, 72], [0, 0, 0]]
    # BAR, Position, Pitch: the first onset; its Duration and the stop's tokens: the second onset or its own.
    assert found == [
        *[onsets[0]] * 3, onsets[1], onsets[0], *[onsets[1]] * 3, *[onsets[2]] * 3, onsets[3]
    ]  # fmt: skip


def test_a_new_bar_has_no_reference(row: Encoded, channels: np.ndarray) -> None:
    assert not channels[places_of_bar(row, 3), 14:].any()
    assert not channels[places_of_bar(row, 7), 14:].any()


def test_the_channels_follow_those_of_the_grammar(row: Encoded, channels: np.ndarray) -> None:
    both = planned(row, codes_of(PLAN))
    assert (both.channels[:, : len(CHANNEL_SIZES)] == row.channels).all()
    assert (both.channels[:, len(CHANNEL_SIZES) :] == channels).all()
    assert both.channels.dtype == np.int16


def test_steps_in_a_minor_key_use_the_natural_scale() -> None:
    assert [moved_by_steps(pitch, 1, 9, True) for pitch in (69, 71, 72, 76, 77, 80)] == [
        71,
        72,
        74,
        77,
        79,
        81,
    ]
    assert moved_by_steps(57, -1, 9, True) == 55
