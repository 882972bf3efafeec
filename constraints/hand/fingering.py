"""A way to finger a phrase: string, finger and place of the hand at each onset, by Viterbi search.

It shows that *a* fingering exists and what it asks of the hand, not the fingering that a teacher
would write: two violinists agree on 97 % of the strings and 91 % of the fingers of a piece, this
search with one of them on about 75 % and 50 %.

A state is a set of stops and the base of the hand, the fret where the first finger rests. The
costs (no unit) come from a random search over five of the fourteen pieces with fingerings of the
TNUA violin fingering dataset (Jen et al., IUI 2021), 150 notes of each; the figures above are for
the other nine. Distances are mm from the nut (`violin.hand`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from constraints.hand.playability import LAST_BASE, bases_of
from violin.hand import HAND_MM, Stop, fingerings, nut_mm, placements, span_mm

_KEPT_STATES = 48  # the cheapest ways to hold one chord; more of them change no path that we saw
_NATURAL_MM = {1: (0.0, 0.0), 2: (2.0, 34.0), 3: (18.0, 62.0), 4: (22.0, 90.0)}  # from the first finger
_MELODIC_REACH_MM = (0.0, 0.0, 50.0, 75.0, 92.0)  # for single notes: 99 % of what players were seen to reach
_HIGH_FRET = 12


@dataclass(frozen=True, slots=True)
class Costs:
    """What each thing costs; a whole path costs the sum."""

    extension: float = 1.69  # a finger outside its natural place in the hand
    fourth_finger: float = 1.52
    base_mm: float = 0.0046  # per mm that the hand rests from the nut
    string_change: float = 1.69
    skipped_string: float = 0.51
    shift: float = 0.28
    shift_mm: float = 0.40
    semitone_shift: float = 0.10  # factor: the hand merely slides
    open_shift: float = 0.38  # factor: an open string gives time
    same_finger: float = 1.31  # one finger for two pitches in a row
    repeated_changed: float = 0.12  # another string or finger on a repeated pitch
    second_position: float = 0.01
    low_string_high: float = 0.105  # per fret above the twelfth on G, D and A


COSTS = Costs()


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
    """A way through a phrase and its cost; `unplayable` are the indices of onsets that no hand holds
    and that the path leaves out."""

    steps: tuple[HandStep, ...]
    cost: float
    unplayable: tuple[int, ...]

    @property
    def shifts(self) -> int:
        """How often the position changes."""
        return sum(a.position != b.position for a, b in pairwise(self.steps))


_POSITION_OF_BASE = (1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 8, 8)


def position_of(base: int) -> int:
    """The position whose first finger lies at a fret: 2 -> 1 (first), 5 -> 3 (third)."""
    last = len(_POSITION_OF_BASE) - 1
    return _POSITION_OF_BASE[base] if base <= last else 8 + (base - last + 1) * 7 // 12


State = tuple[tuple[Stop, ...], int]


@lru_cache(maxsize=4096)
def _states(pitches: tuple[int, ...]) -> tuple[tuple[State, float], ...]:
    """The cheapest ways to hold a chord, each with its own cost."""
    found: list[tuple[float, State]] = []
    for placed in placements(pitches):
        if span_mm(placed) > HAND_MM:
            continue
        for stops in fingerings(placed):
            bits = bases_of((stop.fret, stop.finger) for stop in stops if stop.finger)
            for base in range(1, LAST_BASE + 1):
                if bits >> base & 1 and (len(stops) > 1 or _is_near(stops[0], base)):
                    found.append((_own_cost(stops, base), (stops, base)))
    found.sort()
    open_ones = [entry for entry in found if all(not stop.finger for stop in entry[1][0])]
    stopped = [entry for entry in found if any(stop.finger for stop in entry[1][0])][:_KEPT_STATES]
    return tuple((state, cost) for cost, state in open_ones + stopped)


def _is_near(stop: Stop, base: int) -> bool:
    return not stop.finger or nut_mm(stop.fret) - nut_mm(base) <= _MELODIC_REACH_MM[stop.finger]


def _own_cost(stops: Sequence[Stop], base: int) -> float:
    stopped = [stop for stop in stops if stop.finger]
    if not stopped:
        return 0.0
    cost = COSTS.base_mm * nut_mm(base)
    if position_of(base) == 2:
        cost += COSTS.second_position
    for stop in stopped:
        least, most = _NATURAL_MM[stop.finger]
        if not least - 1e-9 <= nut_mm(stop.fret) - nut_mm(base) <= most + 1e-9:
            cost += COSTS.extension
        if stop.finger == 4:
            cost += COSTS.fourth_finger
        if stop.string < 3 and stop.fret > _HIGH_FRET:
            cost += COSTS.low_string_high * (stop.fret - _HIGH_FRET)
    return cost


def _step_cost(before: State, after: State) -> float:
    """What it costs to get from one way of holding to the next."""
    (old, old_base), (new, new_base) = before, after
    cost = 0.0
    gap = max(new[0].string - old[-1].string, old[0].string - new[-1].string, 0)
    if gap:
        cost += COSTS.string_change + COSTS.skipped_string * (gap - 1)
    if old_base != new_base:
        shift = COSTS.shift + COSTS.shift_mm * abs(nut_mm(new_base) - nut_mm(old_base))
        if abs(new_base - old_base) == 1:
            shift *= COSTS.semitone_shift
        if all(not stop.finger for stop in old) or all(not stop.finger for stop in new):
            shift *= COSTS.open_shift
        cost += shift
    for stop in new:
        for earlier in old:
            if stop.pitch == earlier.pitch:
                if stop != earlier:
                    cost += COSTS.repeated_changed
            elif stop.finger and stop.finger == earlier.finger and stop.fret != earlier.fret:
                cost += COSTS.same_finger
    return cost


def find_path(sets: Sequence[tuple[int, tuple[int, ...]]]) -> HandPath:
    """The cheapest path through (tick, ascending pitches), as `playability.onset_sets` gives them.

    An onset that no hand can hold is left out of the path and named in it. A phrase of a hundred
    onsets takes about a tenth of a second.
    """
    layers: list[tuple[int, tuple[tuple[State, float], ...]]] = []
    unplayable = []
    for index, (tick, pitches) in enumerate(sets):
        states = _states(pitches)
        if states:
            layers.append((tick, states))
        else:
            unplayable.append(index)
    if not layers:
        return HandPath((), 0.0, tuple(unplayable))
    totals = [cost for _, cost in layers[0][1]]
    origins: list[list[int]] = []
    for (_, before), (_, after) in pairwise(layers):
        best_totals, best_origins = [], []
        order = sorted(range(len(totals)), key=totals.__getitem__)
        for state, own in after:
            best, origin = float("inf"), -1
            for index in order:
                if totals[index] >= best:
                    break  # a step never costs less than nothing
                total = totals[index] + _step_cost(before[index][0], state)
                if total < best:
                    best, origin = total, index
            best_totals.append(best + own)
            best_origins.append(origin)
        totals = best_totals
        origins.append(best_origins)
    index = min(range(len(totals)), key=totals.__getitem__)
    cost = totals[index]
    steps = []
    for layer in range(len(layers) - 1, -1, -1):
        tick, states = layers[layer]
        (stops, base), _ = states[index]
        steps.append(HandStep(tick, stops, base))
        if layer:
            index = origins[layer - 1][index]
    return HandPath(tuple(reversed(steps)), cost, tuple(unplayable))
