"""A sampler of events fitted on human lines: a simple language model.

It differs from the model that scores (`models.judge.features.language_models`): plain counts with escape
to shorter contexts (PPM's method C: Moffat, IEEE Trans. Communications 38/11, 1990). At temperature 1
this draws from the interpolated distribution. Three streams are drawn one after the other: the time to
the next onset with the sounding length (given the place in the bar), the interval of the top note (given
the scale degree), and the notes below it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from models.judge.features.canonical import Line, events_of
from models.judge.features.key import class_weights
from models.judge.features.tonality import key_of

MAX_ORDER = 5
Random = np.random.Generator


class Event(NamedTuple):
    """`length_steps` sounding, `ioi_steps` to the next onset; `below` semitones under the top."""

    onset_steps: int
    top: int
    below: tuple[int, ...]
    ioi_steps: int
    length_steps: int


class _Stream:
    """Counts of tokens after (base, the last k tokens), k = 0..MAX_ORDER."""

    def __init__(self) -> None:
        self._counts: list[dict[Hashable, Counter[Any]]] = [
            defaultdict(Counter) for _ in range(MAX_ORDER + 1)
        ]
        self._tables: dict[tuple[int, Hashable, float], tuple[list[Any], np.ndarray]] = {}

    def count(self, tokens: Sequence[Any], bases: Sequence[Hashable]) -> None:
        for place, token in enumerate(tokens):
            for order in range(min(place, MAX_ORDER) + 1):
                context = (bases[place], tuple(tokens[place - order : place]))
                self._counts[order][context][token] += 1

    def draw(
        self, base: Hashable, past: Sequence[Any], order: int, temperature: float, random: Random
    ) -> Any | None:
        """A token, or None if the base was never seen."""
        for length in range(min(order, len(past)), -1, -1):
            context = (base, tuple(past[len(past) - length :]))
            if context not in self._counts[length]:
                continue
            tokens, cumulative = self._table(length, context, temperature)
            kinds = len(tokens)
            total = sum(self._counts[length][context].values())
            stays = length == 0 or random.random() < (total / (total + kinds)) ** temperature
            if stays:
                return tokens[int(np.searchsorted(cumulative, random.random() * cumulative[-1]))]
        return None

    def _table(self, length: int, context: Hashable, temperature: float) -> tuple[list[Any], np.ndarray]:
        name = (length, context, temperature)
        found = self._tables.get(name)
        if found is None:
            counts = self._counts[length][context]
            weights = np.array(list(counts.values()), float) ** (1 / temperature)
            found = (list(counts), np.cumsum(weights))
            self._tables[name] = found
        return found


class EventSampler:
    """Counts three streams on human lines, then samples events."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lengths, self._intervals, self._below = _Stream(), _Stream(), _Stream()
        for line in lines:
            events = events_of_line(line)
            key = key_of(class_weights(line, line.bar_steps).sum(axis=0))
            lengths = [(event.ioi_steps, event.length_steps) for event in events]
            places = [(line.bar_steps, event.onset_steps % line.bar_steps) for event in events]
            self._lengths.count(lengths, places)
            intervals = [b.top - a.top for a, b in pairwise(events)]
            degrees = [((event.top - key.tonic) % 12, key.minor) for event in events[:-1]]
            self._intervals.count(intervals, degrees)
            below = [event.below for event in events]
            self._below.count(below, [_weight(event) for event in events])

    def write(
        self,
        line: Line,
        before: Sequence[Event],
        start_steps: int,
        end_steps: int,
        order: int,
        temperature: float,
        random: Random,
    ) -> list[Event]:
        """Sample events from start to end in the key and range of a line, continuing `before`."""
        key = key_of(class_weights(line, line.bar_steps).sum(axis=0))
        lowest, highest = int(line.pitch.min()), max(int(line.pitch.max()), int(line.pitch.min()) + 12)
        events = list(before)
        top = events[-1].top if events else int(line.pitch[int(random.integers(len(line)))])
        lengths = [(event.ioi_steps, event.length_steps) for event in events]
        intervals = [b.top - a.top for a, b in pairwise(events)]
        below = [event.below for event in events]
        written: list[Event] = []
        onset = start_steps
        while onset < end_steps:
            place = (line.bar_steps, onset % line.bar_steps)
            length = self._lengths.draw(place, lengths, order, temperature, random) or (6, 6)
            ioi = min(length[0], end_steps - onset)
            if events:
                interval = self.interval(key.tonic, key.minor, top, intervals, order, temperature, random)
                if not lowest <= top + interval <= highest:
                    interval = -interval if lowest <= top - interval <= highest else 0
                top += interval
                intervals.append(interval)
            event = Event(onset, top, (), ioi, min(length[1], end_steps - onset))
            shape = self._below.draw(_weight(event), below, min(order, 2), temperature, random) or ()
            event = event._replace(below=shape)
            events.append(event)
            written.append(event)
            lengths.append(length)
            below.append(shape)
            onset += max(1, ioi)
        return written

    def interval(
        self,
        tonic: int,
        minor: bool,
        top: int,
        past: Sequence[int],
        order: int,
        temperature: float,
        random: Random,
    ) -> int:
        """Sample the interval after a top note, given the intervals before it."""
        drawn = self._intervals.draw(((top - tonic) % 12, minor), past, order, temperature, random)
        return 0 if drawn is None else int(drawn)


def events_of_line(line: Line) -> list[Event]:
    """The events of a line for sampling; notes that begin together become one."""
    events = events_of(line)
    bounds = [*events.first_note.tolist(), len(line)]
    pitch = line.pitch.tolist()
    return [
        Event(
            onset, top, tuple(top - low for low in pitch[bounds[index] : bounds[index + 1] - 1]), ioi, length
        )
        for index, (onset, top, ioi, length) in enumerate(
            zip(
                events.onset_steps.tolist(),
                events.top.tolist(),
                events.ioi_steps.tolist(),
                events.length_steps.tolist(),
                strict=True,
            )
        )
    ]


def _weight(event: Event) -> Hashable:
    """The context of the stop below a note: the note's length class and whether it is on a beat."""
    return (min(event.ioi_steps, 24) // 3, event.onset_steps % 12 == 0)
