"""The bars of a line as arrays, with which several groups of features compare bars.

A profile is a unit vector per bar; the product of two is the similarity of the bars. A grid has a row
per bar and a column per step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data_prep.plans.harmony import chord_states
from models.judge.features.canonical import STEPS_PER_BEAT, Events, Line
from models.judge.features.likeness import Likeness
from models.judge.features.measures import Array
from models.judge.features.tonality import KeyFound, degrees_of, key_of

_STRESS = 1.5


@dataclass(frozen=True, eq=False)
class LineBars:
    """Arrays with one row per bar. The events of bar b have the indices bounds[b] to bounds[b + 1] - 1."""

    line: Line
    events: Events

    @cached_property
    def bounds(self) -> Array:
        return np.searchsorted(self.events.bar, np.arange(self.line.bars + 1))

    @cached_property
    def key(self) -> KeyFound:
        """The key of the whole phrase."""
        return key_of(self.classes.sum(axis=0))

    @cached_property
    def classes(self) -> Array:
        """Duration by pitch class, [bars, 12] steps; a note counts in the bar where it begins."""
        weights = np.zeros((self.line.bars, 12))
        bar = self.line.onset_steps // self.line.bar_steps
        np.add.at(weights, (bar, self.line.pitch % 12), self.line.duration_steps)
        return weights

    @cached_property
    def degree(self) -> Array:
        """The scale degree of each event's top note, int64[events]: seven per octave. A note
        outside the scale has the degree below it (see `tonality.degrees_of`)."""
        return degrees_of(self.events.top, self.key)

    @cached_property
    def chroma(self) -> Array:
        """Unit vectors of pitch classes, [bars, 12]; zeros for a silent bar."""
        return unit(self.classes)

    @cached_property
    def onsets(self) -> Array:
        """Unit vectors of onsets, [bars, bar_steps]."""
        rows = np.zeros((self.line.bars, self.line.bar_steps))
        rows[self.events.bar, self.events.place_steps] = 1.0
        return unit(rows)

    @cached_property
    def density(self) -> Array:
        """Onsets per bar, float64[bars]."""
        return np.diff(self.bounds).astype(float)

    @cached_property
    def register(self) -> Array:
        """The mean top pitch of each bar; a silent bar has the mean of the phrase."""
        total = np.bincount(self.events.bar, weights=self.events.top, minlength=self.line.bars)
        mean = total / np.maximum(self.density, 1)
        return np.where(self.density > 0, mean, float(self.events.top.mean()))

    @cached_property
    def top_grid(self) -> Array:
        """The top note of each onset at its place, int64[bars, bar_steps]; -1 without an onset."""
        return self._grid(self.events.top.astype(np.int64))

    @cached_property
    def degree_grid(self) -> Array:
        """The scale degree of each onset's top note at its place, int64[bars, bar_steps]; -1 without
        an onset."""
        return self._grid(self.degree)

    def _grid(self, values: Array) -> Array:
        rows = np.full((self.line.bars, self.line.bar_steps), -1, np.int64)
        rows[self.events.bar, self.events.place_steps] = values
        return rows

    @cached_property
    def half_bars(self) -> Array:
        """The weight in beats of each pitch class above the tonic in each half bar, [2 * bars, 12]. Notes
        on a beat and the lowest note of a stop count 1.5 times, as in `data_prep.plans.harmony`."""
        line, half = self.line, self.line.bar_steps / 2
        weight = np.where(line.onset_steps % STEPS_PER_BEAT == 0, _STRESS, 1.0)
        weight[self.events.first_note[self.events.size > 1]] *= _STRESS
        start, end = line.onset_steps / half, (line.onset_steps + line.duration_steps) / half
        place = start.astype(np.int64)
        pitch_class = (line.pitch - self.key.tonic) % 12
        rows = np.zeros((2 * line.bars, 12))
        while len(place):
            shared = (np.minimum(end, place + 1) - np.maximum(start, place)) * half / STEPS_PER_BEAT
            np.add.at(rows, (place, pitch_class), weight * shared)
            more = (end > place + 1 + 1e-9) & (place + 1 < len(rows))
            start, end, weight, pitch_class = start[more], end[more], weight[more], pitch_class[more]
            place = place[more] + 1
        return rows

    @cached_property
    def chords(self) -> Array:
        """The implied chord of each half bar, int64[2 * bars]: an index into
        `data_prep.plans.harmony.CHORDS`, root above the tonic + 12 * quality."""
        return chord_states(self.half_bars, self.key.minor)

    @cached_property
    def likeness(self) -> Likeness:
        """The likeness of each pair of bars."""
        return Likeness.of(self.top_grid, self.degree_grid, self._grid(self.events.ioi_steps))


def unit(rows: Array) -> Array:
    """Rows scaled to length 1; a row of zeros does not change."""
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norm, 1e-9))
