"""The search for a fingering: it holds what can be held, stays in position, and follows the scale books."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.hand.chord_states import LAST_OPEN_BASE, OFFSETS
from constraints.hand.costs import (
    STATE_FEATURES,
    STEP_FEATURES,
    WEIGHTS_PATH,
    position_of,
    shipped_weights,
    state_features,
    step_features,
    weights_from,
)
from constraints.hand.fingering import Costs, HandPath, find_path
from constraints.hand.playability import LAST_BASE, bases_of, onset_sets
from constraints.hand.states import States, states, states_of
from violin.hand import HAND_MM, Stop, fingerings, nut_mm, placements, span_mm
from violin.instrument import is_playable, playable_sets
from violin.midi import read_phrase


def fingered(*chords: tuple[int, ...]) -> HandPath:
    return find_path([(index * 24, pitches) for index, pitches in enumerate(chords)])


def text(path: HandPath) -> list[str]:
    return [str(step) for step in path.steps]


@given(st.lists(st.sampled_from(playable_sets()), min_size=1, max_size=12))
@settings(max_examples=15)
def test_a_path_holds_every_playable_chord(chords: list[tuple[tuple[int, ...], int]]) -> None:
    sets = [(index * 48, pitches) for index, (pitches, _) in enumerate(chords)]
    path = find_path(sets)
    assert path.unplayable == ()
    for step, (tick, pitches) in zip(path.steps, sets, strict=True):
        assert step.tick == tick
        assert tuple(sorted(stop.pitch for stop in step.stops)) == pitches
        for stop in step.stops:
            assert (stop.fret == 0) == (stop.finger == 0)
            if stop.finger == 1:
                assert stop.fret == step.base
            if stop.finger:
                assert 0 <= nut_mm(stop.fret) - nut_mm(step.base) <= 120


def test_an_unplayable_chord_is_named_and_left_out() -> None:
    path = find_path([(0, (69,)), (48, (57, 59)), (96, (71,))])
    assert path.unplayable == (1,)
    assert [step.tick for step in path.steps] == [0, 96]
    assert find_path([]).steps == ()


def test_a_scale_in_first_position_stays_there() -> None:
    scale = (55, 57, 59, 60, 62, 64, 66, 67, 69, 71, 73, 74, 76, 78, 79, 81)
    path = find_path([(index * 24, (pitch,)) for index, pitch in enumerate(scale)])
    assert {step.position for step in path.steps} == {1}
    assert path.shifts == 0


def test_three_octaves_of_g_major_are_fingered_as_in_scale_books() -> None:
    """First position, third from the second A on the E string, seventh for the last three notes."""
    steps = (0, 2, 4, 5, 7, 9, 11)
    scale = [55 + 12 * (i // 7) + steps[i % 7] for i in range(22)]
    fingers = [step.stops[0].finger for step in fingered(*((pitch,) for pitch in scale)).steps]
    assert fingers == [0, 1, 2, 3] * 3 + [0, 1, 2] + [1, 2, 3, 4] + [1, 2, 3]


@pytest.mark.parametrize(("base", "position"), [(1, 1), (2, 1), (3, 2), (5, 3), (7, 4), (9, 5), (12, 7)])
def test_positions_are_counted_as_violinists_do(base: int, position: int) -> None:
    assert position_of(base) == position


def test_the_samples_can_be_fingered(official_samples: Path) -> None:
    for path in sorted((official_samples / "generator_output").glob("*.mid")):
        phrase = read_phrase(path)
        sets = onset_sets([(n.onset_ticks, n.pitch) for n in phrase.notes], phrase.ticks_per_beat)
        assert all(is_playable(pitches) for _, pitches in sets)
        assert find_path(sets).unplayable == ()


def test_an_octave_high_up_is_stopped_by_the_outer_fingers() -> None:
    assert text(fingered((76, 88))) == ["E5=A7/1 E6=E12/4"]
    assert text(fingered((74, 86), (76, 88), (78, 90)))[1] == "E5=A7/1 E6=E12/4"


def test_one_shape_is_kept_through_octaves() -> None:
    path = fingered(*((pitch, pitch + 12) for pitch in (57, 59, 60, 64, 65, 67, 71, 72, 74)))
    assert {tuple(stop.finger for stop in step.stops) for step in path.steps} == {(1, 4)}


def test_thirds_go_in_pairs() -> None:
    path = fingered((72, 75), (74, 77), (75, 79), (77, 80))
    assert {tuple(stop.finger for stop in step.stops) for step in path.steps} == {(3, 1), (4, 2)}


def test_the_path_is_the_cheapest_of_all() -> None:
    """Dynamic programming against every path of a short phrase."""
    weights = weights_from(json.loads(WEIGHTS_PATH.read_text(encoding="utf-8")))
    costs = Costs(*weights)
    phrase = [(88,), (91,), (95,)]
    own = [state_features(states(p)) @ weights[0] for p in phrase]
    step = []
    for before, after in pairwise(phrase):
        old, new = states(before).places, states(after).places
        rows = np.indices((len(old.base), len(new.base))).reshape(2, -1)
        features = step_features(old.take(rows[0]), new.take(rows[1]))
        assert tuple(features) == STEP_FEATURES
        total = sum(w * features[name] for name, w in zip(STEP_FEATURES, weights[1], strict=True))
        step.append(np.asarray(total).reshape(len(old.base), len(new.base)))
    whole = (
        own[0][:, None, None]
        + step[0][:, :, None]
        + own[1][None, :, None]
        + step[1][None]
        + own[2][None, None]
    )
    path = find_path(list(enumerate(phrase)), costs)
    assert path.cost == pytest.approx(whole.min())
    best = np.unravel_index(whole.argmin(), whole.shape)
    assert [step.stops for step in path.steps] == [
        states(p).stops(i) for p, i in zip(phrase, best, strict=True)
    ]


def states_one_by_one(pitches: tuple[int, ...]) -> list[tuple[tuple[Stop, ...], int]]:
    """The states of a chord from the model of the hand, without arrays."""

    def awkwardness(stops: tuple[Stop, ...], base: int) -> int:
        away = [
            min(abs(stop.fret - base - offset) for offset in OFFSETS[stop.finger])
            for stop in stops
            if stop.finger
        ]
        return 100 * sum(away) + max(stop.fret for stop in stops)

    found = []
    for placed in placements(pitches):
        for stops in fingerings(placed) if span_mm(placed) <= HAND_MM else ():
            stopped = [(stop.fret, stop.finger) for stop in stops if stop.finger]
            last = LAST_BASE if stopped else LAST_OPEN_BASE
            found += [(stops, base) for base in range(1, last + 1) if bases_of(stopped) >> base & 1]
    return sorted(found, key=lambda state: (awkwardness(*state), state))[:24]


@given(
    st.lists(
        st.one_of(
            st.sampled_from([pitches for pitches, _ in playable_sets() if len(pitches) > 1]),
            st.sets(st.integers(50, 106), min_size=2, max_size=4).map(lambda some: tuple(sorted(some))),
        ),
        min_size=1,
        max_size=20,
        unique=True,
    )
)
@settings(max_examples=25)
def test_the_states_of_many_chords_are_those_of_each(chords: list[tuple[int, ...]]) -> None:
    for some, pitches in zip(states_of(chords), chords, strict=True):
        bases = some.places.base.tolist()
        assert [(some.stops(place), bases[place]) for place in range(len(some))] == states_one_by_one(pitches)


def test_every_feature_has_a_weight_and_its_own_name() -> None:
    table = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))
    assert list(table) == [*STATE_FEATURES, *STEP_FEATURES]
    assert len(set(table)) == len(table)
    with pytest.raises(KeyError, match="shift"):
        weights_from({name: weight for name, weight in table.items() if name != "shift"})


def test_the_costs_of_a_chord_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[int] = []

    def counted(some: States) -> np.ndarray[Any, np.dtype[np.float64]]:
        computed.append(len(some))
        return state_features(some)

    monkeypatch.setattr("constraints.hand.fingering.state_features", counted)
    chords = [(55, 64), (57, 66), (55, 64), (59, 67), (57, 66), (55, 64)]
    costs = Costs(*shipped_weights())
    for _ in range(2):
        find_path([(24 * place, chord) for place, chord in enumerate(chords)], costs)
    assert sum(computed) == sum(len(states(chord)) for chord in set(chords))
