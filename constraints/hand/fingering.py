"""A fingering for a phrase: string, finger and position at each onset, by dynamic programming.

The search (Viterbi) takes the cheapest path through the ways to hold each onset
(`constraints.hand.states`) by the costs of `constraints.hand.costs`. It is linear in the number of onsets.

It is a fingering that a hand can play, not the only one: two violinists agree on 97 % of the strings and
91 % of the fingers of a piece. `violin bench fingering` prints how far this search agrees with one.

Such searches are usual for string instruments: Sayegh, "Fingering for String Instruments with the Optimum
Path Paradigm", Computer Music Journal 13/3, 1989; Maezawa et al., "Automated Violin Fingering
Transcription Through Analysis of an Audio Recording", Computer Music Journal 36/3, 2012.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np

from constraints.hand.costs import (
    STEP_FEATURES,
    Floats,
    position_of,
    shipped_weights,
    state_features,
    step_features,
)
from constraints.hand.states import states
from violin.hand import Stop

Pitches = tuple[int, ...]


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
    """The costs that weights give, each computed once for a set or a pair of sets of pitches.

    `state_weights` and `step_weights` are float64 arrays in the order of `costs.STATE_FEATURES` and
    `costs.STEP_FEATURES`.
    """

    def __init__(self, state_weights: Floats, step_weights: Floats) -> None:
        self._state_weights = state_weights
        self._step_weights = dict(zip(STEP_FEATURES, step_weights, strict=True))
        self.of_states = lru_cache(maxsize=4096)(self._of_states)
        self.of_steps = lru_cache(maxsize=1024)(self._of_steps)

    def _of_states(self, pitches: Pitches) -> Floats:
        """float64[N]: the cost of each way to hold the pitches."""
        return state_features(states(pitches)) @ self._state_weights

    def _of_steps(self, before: Pitches, after: Pitches) -> Floats:
        """float64[M, N]: the cost to go from each of N ways to each of M ways and to hold that."""
        total = np.tile(self.of_states(after), (len(states(before)), 1))
        for name, feature in step_features(states(before), states(after)).items():
            total += self._step_weights[name] * feature
        return np.ascontiguousarray(total.T)


@cache
def shipped_costs() -> Costs:
    """The costs of the shipped weights."""
    return Costs(*shipped_weights())


def find_path(sets: Sequence[tuple[int, Pitches]], costs: Costs | None = None) -> HandPath:
    """The cheapest path through (tick, ascending pitches), as `playability.onset_sets` gives them.

    Onsets that no hand can hold are left out of the path and named in it. `costs` are the shipped ones
    unless others are given.

    >>> print(*find_path([(0, (69,)), (24, (71,)), (48, (73, 76))]).steps, sep="; ")
    A0 open; B4=A2/1; C#5=A4/3 E0 open
    """
    costs = costs or shipped_costs()
    held = [index for index, (_, pitches) in enumerate(sets) if len(states(pitches))]
    unplayable = tuple(sorted(set(range(len(sets))) - set(held)))
    if not held:
        return HandPath((), 0.0, unplayable)
    totals = costs.of_states(sets[held[0]][1])
    origins = []
    for before, after in pairwise(held):
        reached = costs.of_steps(sets[before][1], sets[after][1]) + totals
        origin = reached.argmin(axis=1)
        totals = reached[np.arange(len(origin)), origin]
        origins.append(origin)
    state = int(totals.argmin())
    cost = float(totals[state])
    steps = []
    for place in range(len(held) - 1, -1, -1):
        tick, pitches = sets[held[place]]
        known = states(pitches)
        steps.append(HandStep(tick, known.stops[state], int(known.base[state])))
        if place:
            state = int(origins[place - 1][state])
    return HandPath(tuple(reversed(steps)), cost, unplayable)
