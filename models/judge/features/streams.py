"""Features of latent polyphony: the voices that a single line splits into.

Each onset's top note joins the stream whose last note is nearest in pitch; a note far from all
streams begins a new one (after Bregman, Auditory Scene Analysis, 1990; Temperley 2009). A human
compound melody keeps each voice moving by step; a machine's leaps often leave a voice without a
continuation.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.canonical import STEPS_PER_BEAT
from models.judge.features.measures import (
    Array,
    Feature,
    Features,
    Values,
    correlation,
    entropy_bits,
    mean,
    share,
)

_STREAM = "auditory streams: Bregman 1990; Temperley, JNMR 38/1, 2009"
_SKELETON = "compound melody: Davis, Music Perception 23, 2006; outer voices beat by beat"
_MOST_STREAMS = 3
_NEAR = 4  # semitones within which a note continues a stream
_FORGOTTEN_BEATS = 4

FEATURES: Features = {
    "streams": Feature("mean number of voices that the line splits into", _STREAM),
    "streams_second": Feature("share of notes in the voices beside the main one", _STREAM),
    "streams_switch": Feature("how often the line changes between voices", _STREAM),
    "streams_pattern": Feature("variety of the changes between voices", _STREAM),
    "streams_step": Feature("share of steps within the voices", _STREAM),
    "streams_gain": Feature("steps within the voices beyond those of the line", _STREAM),
    "streams_lost": Feature("share of voices with a single note", _STREAM),
    "upper_steps": Feature("share of steps among the highest notes of successive beats", _SKELETON),
    "lower_steps": Feature("share of steps among the lowest notes of successive beats", _SKELETON),
    "upper_lower_contrary": Feature(
        "share of beats where the outer notes move in opposite directions", _SKELETON
    ),
    "upper_lower_likeness": Feature("correlation of the curves of highest and lowest notes", _SKELETON),
    "beat_span": Feature("mean range within a beat", _SKELETON),
    "lower_on_downbeats": Feature("whether the lowest notes of bars are on downbeats", _SKELETON),
}


def measure(bars: LineBars) -> Values:
    """The features of latent polyphony of a line."""
    found = {**_streams(bars), **_skeleton(bars)}
    return {name: found[name] for name in FEATURES}


def _streams(bars: LineBars) -> Values:
    stream, step, sizes, active = _assigned(bars.events.top.tolist(), bars.events.onset_steps.tolist())
    changes = stream[1:] != stream[:-1]
    interval = np.abs(np.diff(bars.events.top))
    within = share((step >= 0) & (step <= 2)) if len(step) else 0.0
    main = np.bincount(stream).max() if len(stream) else 0
    return {
        "streams": active,
        "streams_second": 1.0 - main / max(1, len(stream)),
        "streams_switch": share(changes),
        "streams_pattern": entropy_bits(changes[:-2] * 4 + changes[1:-1] * 2 + changes[2:]),
        "streams_step": within,
        "streams_gain": within - share(interval <= 2),
        "streams_lost": share(sizes == 1),
    }


def _assigned(top: list[int], onset: list[int]) -> tuple[Array, Array, Array, float]:
    """(stream of each note, sizes of the intervals within streams, notes of each stream, mean number of
    streams that are remembered)."""
    last: dict[int, tuple[int, int]] = {}  # stream -> pitch and onset of its last note
    stream: list[int] = []
    step: list[int] = []
    sizes: list[int] = []
    remembered = 0
    for pitch, start in zip(top, onset, strict=True):
        last = {
            one: found for one, found in last.items() if start - found[1] <= _FORGOTTEN_BEATS * STEPS_PER_BEAT
        }
        nearest = min(last, key=lambda one: abs(last[one][0] - pitch), default=None)
        if nearest is None or (abs(last[nearest][0] - pitch) > _NEAR and len(last) < _MOST_STREAMS):
            nearest = len(sizes)
            sizes.append(0)
        else:
            step.append(abs(last[nearest][0] - pitch))
        last[nearest] = (pitch, start)
        sizes[nearest] += 1
        stream.append(nearest)
        remembered += len(last)
    return np.array(stream), np.array(step), np.array(sizes), remembered / max(1, len(top))


def _skeleton(bars: LineBars) -> Values:
    events = bars.events
    beat = events.onset_steps // STEPS_PER_BEAT
    first = np.flatnonzero(np.diff(beat, prepend=-1))
    upper = np.maximum.reduceat(events.top, first)
    lower = np.minimum.reduceat(events.bottom, first)
    up, down = np.diff(upper), np.diff(lower)
    start = bars.bounds[:-1][bars.density > 0]
    lowest = np.minimum.reduceat(events.bottom, start)
    on_downbeat = events.place_steps[start] == 0
    return {
        "upper_steps": share((np.abs(up) >= 1) & (np.abs(up) <= 2)),
        "lower_steps": share((np.abs(down) >= 1) & (np.abs(down) <= 2)),
        "upper_lower_contrary": share(up * down < 0),
        "upper_lower_likeness": correlation(up.astype(float), down.astype(float)),
        "beat_span": mean(upper - lower),
        "lower_on_downbeats": share(on_downbeat & (events.bottom[start] == lowest)),
    }
