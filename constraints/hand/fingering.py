"""A fingering for a phrase: string, finger and position at each onset, by dynamic programming.

The search (Viterbi) takes the cheapest path through the ways to hold each onset
(`constraints.hand.states`) by the costs of `constraints.hand.costs`. It is linear in the number of onsets.

The result is one playable fingering among others: two violinists agree on 97 % of the strings and 91 % of
the fingers of a piece. `violin bench fingering` prints how far this search agrees with one.

Such searches are usual for string instruments: Sayegh, "Fingering for String Instruments with the Optimum
Path Paradigm", Computer Music Journal 13/3, 1989; Maezawa et al., "Automated Violin Fingering
Transcription Through Analysis of an Audio Recording", Computer Music Journal 36/3, 2012.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise

import numpy as np

from constraints.hand.costs import (
    STEP_FEATURES,
    Floats,
    position_of,
    shipped_weights,
    state_features,
    step_features,
)
from constraints.hand.states import Pitches, Places, States, states_of
from violin.hand import Stop

Pair = tuple[Pitches, Pitches]
_PAIRS_AT_ONCE = 256
_MOST_KNOWN_PAIRS = 1024
_MOST_KNOWN_SETS = 8192


@dataclass(frozen=True, slots=True)
class HandStep:
    """One onset on the path: its tick, its stops from the lowest string up, and the hand's base fret."""

    tick: int
    stops: tuple[Stop, ...]
    base: int

    @property
    def position(self) -> int:
        """The position as violinists count: 1 where the first finger lies a tone above the nut."""
        return position_of(self.base)

    def __str__(self) -> str:
        return " ".join(str(stop) for stop in self.stops)


@dataclass(frozen=True, slots=True)
class HandPath:
    """A way through a phrase and its cost.

    `unplayable` are the indices of onsets that no hand can hold; the path leaves them out.
    """

    steps: tuple[HandStep, ...]
    cost: float
    unplayable: tuple[int, ...]

    @property
    def shifts(self) -> int:
        """How often the position changes."""
        return sum(a.position != b.position for a, b in pairwise(self.steps))


class Costs:
    """The costs that weights give.

    `state_weights` and `step_weights` are float64 arrays in the order of `costs.STATE_FEATURES` and
    `costs.STEP_FEATURES`.
    """

    def __init__(self, state_weights: Floats, step_weights: Floats) -> None:
        self._state_weights = state_weights
        self._step_weights = dict(zip(STEP_FEATURES, step_weights, strict=True))
        self._known_states: dict[Pitches, Floats] = {}
        self._known_steps: dict[Pair, Floats] = {}

    def of_states(self, sets: Sequence[Pitches]) -> list[Floats]:
        """For each set of pitches float64[N]: the cost of each of the N ways to hold it.

        Costs that are not known yet are computed together.
        """
        if len(self._known_states) > _MOST_KNOWN_SETS:
            self._known_states.clear()
        unknown = [pitches for pitches in dict.fromkeys(sets) if pitches not in self._known_states]
        if unknown:
            ways = states_of(unknown)
            costs = state_features(States.stacked(ways)) @ self._state_weights
            parts = np.split(costs, np.cumsum([len(some) for some in ways[:-1]]))
            self._known_states.update(zip(unknown, parts, strict=True))
        return [self._known_states[pitches] for pitches in sets]

    def of_steps(self, pairs: Sequence[Pair]) -> list[Floats]:
        """For each (before, after) float64[M, N]: the cost to go from each of N ways to each of M.

        It includes the cost of holding the way after. Costs that are not known yet are computed together.
        """
        if len(self._known_steps) > _MOST_KNOWN_PAIRS:
            self._known_steps.clear()
        unknown = [pair for pair in dict.fromkeys(pairs) if pair not in self._known_steps]
        if unknown:
            self._learn(unknown)
        return [self._known_steps[pair] for pair in pairs]

    def _learn(self, pairs: Sequence[Pair]) -> None:
        sets = list(dict.fromkeys(chain.from_iterable(pairs)))
        ways = states_of(sets)
        row_of = {pitches: row for row, pitches in enumerate(sets)}
        sizes = np.array([len(some) for some in ways])
        starts = np.cumsum(sizes) - sizes
        before, after = np.array([[row_of[one], row_of[other]] for one, other in pairs]).T
        steps = sizes[before] * sizes[after]
        ends = np.cumsum(steps)
        place = np.arange(ends[-1]) - np.repeat(ends - steps, steps)
        old_place, new_place = np.divmod(place, np.repeat(sizes[after], steps))
        places = Places.stacked([some.places for some in ways])
        old = places.take(np.repeat(starts[before], steps) + old_place)
        new = places.take(np.repeat(starts[after], steps) + new_place)
        total = np.zeros(len(place))
        for name, feature in step_features(old, new).items():
            total += self._step_weights[name] * feature
        held = self.of_states([pitches for _, pitches in pairs])
        parts = np.split(total, ends[:-1])
        for pair, cost, part in zip(pairs, held, parts, strict=True):
            self._known_steps[pair] = part.reshape(-1, len(cost)).T + cost[:, None]


@cache
def shipped_costs() -> Costs:
    """The costs of the shipped weights."""
    return Costs(*shipped_weights())


def find_path(sets: Sequence[tuple[int, Pitches]], costs: Costs | None = None) -> HandPath:
    """The cheapest path through (tick, ascending pitches), as `playability.onset_sets` gives them.

    Onsets that no hand can hold are left out of the path and named in it. `costs` are the shipped ones
    unless others are given.

    >>> print(*find_path([(0, (69,)), (24, (71,)), (48, (73, 76))]).steps, sep="; ")
    A0 open; B4=A2/1; C#5=A4/2 E0 open
    """
    costs = costs or shipped_costs()
    ways = states_of([pitches for _, pitches in sets])
    held = [index for index, some in enumerate(ways) if len(some)]
    unplayable = tuple(sorted(set(range(len(sets))) - set(held)))
    if not held:
        return HandPath((), 0.0, unplayable)
    totals = costs.of_states([sets[held[0]][1]])[0]
    origins = []
    pairs = [(sets[before][1], sets[after][1]) for before, after in pairwise(held)]
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        for step in costs.of_steps(pairs[start : start + _PAIRS_AT_ONCE]):
            reached = step + totals
            origin = reached.argmin(axis=1)
            totals = reached[np.arange(len(origin)), origin]
            origins.append(origin.astype(np.int8))
    state = int(totals.argmin())
    cost = float(totals[state])
    steps = []
    for place in range(len(held) - 1, -1, -1):
        known = ways[held[place]]
        tick = sets[held[place]][0]
        steps.append(HandStep(tick, known.stops(state), int(known.places.base[state])))
        if place:
            state = int(origins[place - 1][state])
    return HandPath(tuple(reversed(steps)), cost, unplayable)
