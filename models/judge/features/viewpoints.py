"""Viewpoints: a line as token sequences, one per musical aspect (Conklin & Witten, JNMR 24/1, 1995).

Four work from note to note: intervals; intervals given the scale degree before them; lengths given
the place in the bar; interval and length together. The others work on larger units, where a machine
that is right from note to note goes wrong: the melody from beat to beat and from bar to bar (a
reduction: Lerdahl & Jackendoff 1983), the rhythm beat by beat, the implied harmony in half bars, and the
stops.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.canonical import STEPS_PER_BEAT
from models.judge.features.measures import Array

MAX_INTERVAL = 24
_INTERVALS = 2 * MAX_INTERVAL + 1
_LENGTHS = np.array([1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 24, 27, 30, 36, 42, 48, 60, 72, 96, 144])
_LENGTH_CLASSES = len(_LENGTHS) + 1
_PATTERNS = 251  # a prime; the 4,096 beat patterns are hashed to it, common ones without collisions
_SILENT = 48
_WIDEST_STOP = 24


class Viewpoint(NamedTuple):
    """`alphabet` tokens 0..alphabet-1, contexts of up to `order` tokens; `words` name it. `whole`
    says whether the distribution at each place is also computed."""

    name: str
    alphabet: int
    order: int
    words: str
    whole: bool


VIEWPOINTS: tuple[Viewpoint, ...] = (
    Viewpoint("interval", _INTERVALS, 5, "intervals", True),
    Viewpoint("degree", _INTERVALS, 3, "steps within the key", True),
    Viewpoint("rhythm", _LENGTH_CLASSES, 5, "lengths", True),
    Viewpoint("joint", _INTERVALS * _LENGTH_CLASSES, 3, "notes", False),
    Viewpoint("beat", _INTERVALS, 3, "steps of the melody from beat to beat", True),
    Viewpoint("bar", _INTERVALS, 2, "steps of the melody from bar to bar", False),
    Viewpoint("pattern", _PATTERNS, 4, "rhythms of a beat", False),
    Viewpoint("harmony", _SILENT + 1, 3, "chords", False),
    Viewpoint("stop", _WIDEST_STOP + 2, 3, "stops", False),
)


class Tokens(NamedTuple):
    """The tokens of a line and the base context of each; int64[n] both. `bar` is the bar in which
    each token's note begins."""

    tokens: Array
    base: Array
    bar: Array


def length_class(ioi_steps: Array) -> Array:
    """The class of a length: the greatest table entry not above it, 0..24."""
    return np.searchsorted(_LENGTHS, ioi_steps, side="right").astype(np.int64)


def sequences(bars: LineBars) -> dict[str, Tokens]:
    """The tokens of every viewpoint; interval viewpoints begin with the second event."""
    line, events, key = bars.line, bars.events, bars.key
    interval = _interval_token(np.diff(events.top))
    lengths = length_class(events.ioi_steps)
    degree = (events.top[:-1] - key.tonic) % 12 + 12 * key.minor
    nothing = np.zeros(len(interval), np.int64)
    place = events.place_steps.astype(np.int64) + line.bar_steps * 64
    later = events.bar[1:]
    joint = interval * _LENGTH_CLASSES + lengths[1:]
    span = np.minimum(events.top - events.bottom, _WIDEST_STOP).astype(np.int64) + 1
    coarse = np.minimum(events.ioi_steps, 24).astype(np.int64) // 3 * 2 + (events.place_steps % 12 == 0)
    return {
        "interval": Tokens(interval, nothing, later),
        "degree": Tokens(interval, degree.astype(np.int64), later),
        "rhythm": Tokens(lengths, place, events.bar),
        "joint": Tokens(joint, nothing, later),
        "beat": _reduced(bars, STEPS_PER_BEAT),
        "bar": _reduced(bars, line.bar_steps),
        "pattern": _patterns(bars),
        "harmony": _harmony(bars),
        "stop": Tokens(np.where(events.size > 1, span, 0), coarse, events.bar),
    }


def _interval_token(interval: Array) -> Array:
    return np.clip(interval, -MAX_INTERVAL, MAX_INTERVAL).astype(np.int64) + MAX_INTERVAL


def _reduced(bars: LineBars, steps: int) -> Tokens:
    """The melody sampled every `steps` steps: intervals given the scale degree before them."""
    places = np.arange(0, bars.line.bars * bars.line.bar_steps, steps)
    index = np.maximum(np.searchsorted(bars.events.onset_steps, places, side="right") - 1, 0)
    top = bars.events.top[index]
    degree = (top[:-1] - bars.key.tonic) % 12 + 12 * bars.key.minor
    return Tokens(_interval_token(np.diff(top)), degree.astype(np.int64), places[1:] // bars.line.bar_steps)


def _patterns(bars: LineBars) -> Tokens:
    """The onsets within each beat as one token, given the beat of the bar."""
    a_bar = max(1, bars.line.bar_steps // STEPS_PER_BEAT)
    beats = max(1, bars.line.bars * bars.line.bar_steps // STEPS_PER_BEAT)
    beat = np.minimum(bars.events.onset_steps // STEPS_PER_BEAT, beats - 1)
    patterns = np.zeros(beats, np.int64)
    np.add.at(patterns, beat, 1 << (bars.events.onset_steps % STEPS_PER_BEAT).astype(np.int64))
    number = np.arange(beats)
    return Tokens(patterns % _PATTERNS, number % a_bar + 8 * a_bar, number // a_bar)


def _harmony(bars: LineBars) -> Tokens:
    """The implied chord of each half of a bar; given the half and the mode."""
    number = np.arange(2 * bars.line.bars)
    sounding = bars.half_bars.sum(axis=1) > 0
    return Tokens(np.where(sounding, bars.chords, _SILENT), number % 2 + 2 * int(bars.key.minor), number // 2)
