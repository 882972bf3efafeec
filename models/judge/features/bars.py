"""The bars of a line as arrays, with which several groups of features compare bars.

A signature is a number per bar that is equal for bars that are equal in one respect: the same
notes, the same rhythm, the same steps of the scale. A profile is a unit vector per bar; the product
of two is the similarity of the bars.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.judge.features.canonical import Events, Line
from models.judge.features.measures import Array
from models.judge.features.tonality import KeyFound, degrees_of, key_of


@dataclass(frozen=True, eq=False)
class LineBars:
    """Rows of `line.bars` bars; events of bar b stand at bounds[b] to bounds[b + 1]."""

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
    def signatures(self) -> dict[str, Array]:
        """int64[bars] by kind: "pitch" (the same notes in the same rhythm), "rhythm", "interval" and
        "contour" of the top notes, "scale" (the same steps within the key in the same rhythm);
        "filled" counts the intervals. Silent bars differ from each other, so that silence does not
        count as repetition. So do bars of one note in the kinds based on intervals."""
        events, degree = self.events, self.degree
        found = {name: np.zeros(self.line.bars, np.int64) for name in (*KINDS, "filled")}
        rows = (events.place_steps, events.ioi_steps, events.top, events.bottom, degree)
        for bar in range(self.line.bars):
            part = slice(self.bounds[bar], self.bounds[bar + 1])
            place, ioi, top, bottom, step = (row[part] for row in rows)
            lone = -1 - bar
            if len(place) == 0:
                for name in KINDS:
                    found[name][bar] = lone
                continue
            interval = np.diff(top)
            rhythm = hash((place.tobytes(), ioi[:-1].tobytes()))
            found["filled"][bar] = len(interval)
            found["rhythm"][bar] = rhythm
            found["pitch"][bar] = hash((rhythm, top.tobytes(), bottom.tobytes()))
            found["interval"][bar] = hash(interval.tobytes()) if len(interval) else lone
            found["contour"][bar] = hash(np.sign(interval).tobytes()) if len(interval) > 2 else lone
            found["scale"][bar] = hash((rhythm, np.diff(step).tobytes())) if len(interval) else lone
        return found


KINDS = ("pitch", "rhythm", "interval", "contour", "scale")


def unit(rows: Array) -> Array:
    """Rows scaled to length 1; a row of zeros does not change."""
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norm, 1e-9))
