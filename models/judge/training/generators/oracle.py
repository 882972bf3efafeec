"""A recombining oracle: segments of other composers' music joined at similar places.

It continues the last two events as in a line of its corpus, transposed. At random it jumps to another
place with the same two events at the same place in the bar. This is the idea of the factor oracle (Assayag &
Dubnov, Soft Computing 8, 2004) and of recombinant music (Cope 1991).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from models.judge.features.canonical import Line
from models.judge.training.generators.recipe import Recipe
from models.judge.training.negatives.family import Random, Tone, line_of, outer_bars, split_inner
from models.judge.training.negatives.sampler import Event, events_of_line
from violin.instrument import LOWEST_PITCH

_LEAP = 0.12
_LINES = 3_000
_TOP = 100
Place = tuple[int, int]  # line, event


class Oracle:
    """Lines, and an index of the places of each pair of events."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._events = [(events_of_line(line), line.bar_steps) for line in lines]
        self._pairs: dict[tuple[int, ...], list[Place]] = defaultdict(list)
        self._single: dict[tuple[int, ...], list[Place]] = defaultdict(list)
        for number, (events, bar_steps) in enumerate(self._events):
            for index in range(1, len(events) - 1):
                self._single[_context(events, index, bar_steps)[:2]].append((number, index))
                self._pairs[_context(events, index, bar_steps)].append((number, index))

    def write(self, lines: Sequence[Line], random: Random) -> list[Line | None]:
        return [self._one(line, random) for line in lines]

    def _one(self, line: Line, random: Random) -> Line | None:
        first, after = outer_bars(line, random, least=1)
        _, outside = split_inner(line, first, after)
        start, end = first * line.bar_steps, after * line.bar_steps
        written = [event for event in events_of_line(line) if event.onset_steps < start]
        if len(written) < 2:
            return None
        given, onset = len(written), start
        low, high = int(line.pitch.min()) - 5, int(line.pitch.max()) + 5
        place: Place | None = None
        while onset < end:
            if place is None or random.random() < _LEAP:
                place = self._found(written, line.bar_steps, random) or place
            if place is None:
                return None
            number, index = place
            events = self._events[number][0]
            if index + 1 >= len(events):
                place = self._found(written, line.bar_steps, random)
                if place is None:
                    return None
                number, index = place
                events = self._events[number][0]
            interval = events[index + 1].top - events[index].top
            top = written[-1].top + interval
            if not max(low, LOWEST_PITCH) <= top <= min(high, _TOP):
                top = written[-1].top - interval
            top = min(max(top, LOWEST_PITCH), _TOP)
            model = events[index + 1]
            ioi = min(max(1, model.ioi_steps), end - onset)
            written.append(Event(onset, top, model.below, ioi, min(model.length_steps, ioi)))
            onset += ioi
            place = (number, index + 1)
        tones = [
            Tone(event.onset_steps, event.top - below, event.length_steps)
            for event in written[given:]
            for below in (0, *event.below)
        ]
        return line_of(tones + outside, line)

    def _found(self, written: Sequence[Event], bar_steps: int, random: Random) -> Place | None:
        """A place in the corpus after events equal to the last two, or else to the last one."""
        if len(written) < 2:
            return None
        context = _context(written, len(written) - 1, bar_steps)
        pool = self._pairs.get(context) or self._single.get(context[:2])
        return pool[int(random.integers(len(pool)))] if pool else self._anywhere(random)

    def _anywhere(self, random: Random) -> Place:
        number = int(random.integers(len(self._events)))
        return number, int(random.integers(1, max(2, len(self._events[number][0]) - 2)))


def _context(events: Sequence[Event], index: int, bar_steps: int) -> tuple[int, ...]:
    """(length of the event, place in the bar after it, interval to it, length before it, meter)."""
    last, before = events[index], events[index - 1]
    after = (last.onset_steps + last.ioi_steps) % bar_steps
    return (last.ioi_steps, after + 100 * bar_steps, last.top - before.top, before.ioi_steps)


def train(lines: Sequence[Line], seed: int) -> dict[str, Oracle]:
    """An oracle of at most 3,000 of the lines."""
    order = np.random.default_rng([seed, 23]).permutation(len(lines))[:_LINES]
    return {"oracle_2": Oracle([lines[index] for index in order])}


RECIPE = Recipe("oracle", "stretches of other composers' music recombined between true outer bars", train)
