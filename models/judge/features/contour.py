"""Features of the curve of a phrase: its contour, and how tension grows and is released.

Tension is the mean of register, number of notes and size of intervals, each in standard deviations, half
bar by half bar (after Farbood, Music Perception 29/4, 2012). In a human phrase it has few peaks and is
released after the last one; in music by a model without a plan it wanders.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.canonical import STEPS_PER_BEAT
from models.judge.features.measures import Array, Feature, Features, Values, correlation, mean, share

_COSINE = "cosine contours: Cornelissen, Zuidema & Burgoyne, ISMIR 2021"
_TENSION = "tension: Farbood 2012; Lerdahl & Krumhansl, Music Perception 24/4, 2007"
_SUMMIT = "melodic climax: Eitan, Highpoints, 1997"
_COSINES = 4

FEATURES: Features = {
    **{
        f"cosine{order}": Feature(
            f"share of the melody's movement in {order} half wave{'s' * (order > 1)}", _COSINE
        )
        for order in range(1, _COSINES + 1)
    },
    "cosine_slow": Feature("share of the melody's movement in four half waves or fewer", _COSINE),
    "cosine_bar": Feature("share of the movement that is within bars", _COSINE),
    "tension_peak": Feature("where tension is greatest, share of the phrase", _TENSION),
    "tension_release": Feature("fall of tension from its summit to the end", _TENSION),
    "tension_end": Feature("tension of the last bar relative to the mean", _TENSION),
    "tension_summits": Feature("number of summits of tension for the number of bars", _TENSION),
    "tension_memory": Feature("correlation of the tension of one half bar and the next", _TENSION),
    "tension_four": Feature("correlation of the tension of half bars four bars apart", _TENSION),
    "tension_together": Feature("whether register and number of notes rise together", _TENSION),
    "summit_step": Feature("whether the highest note is reached by step", _SUMMIT),
    "summit_on_beat": Feature("whether the highest note is on a beat", _SUMMIT),
    "summit_long": Feature("length of the highest note relative to the mean, in octaves", _SUMMIT),
    "summit_falls": Feature("share of falling intervals in the bar after the highest note", _SUMMIT),
    "reversals": Feature("share of turning points of the melody that are on beats", _SUMMIT),
}


def measure(bars: LineBars) -> Values:
    """The features of contour and tension of a line."""
    found = {**_cosines(bars), **_tension(bars), **_summit(bars)}
    return {name: found[name] for name in FEATURES}


def _cosines(bars: LineBars) -> Values:
    """The melody at every eighth as a sum of half waves: the share of the variance of each."""
    curve = _held(bars, STEPS_PER_BEAT // 2)
    rest = curve - curve.mean()
    total = float(rest @ rest)
    count = len(rest)
    found = {f"cosine{order}": 0.0 for order in range(1, _COSINES + 1)}
    found |= {"cosine_slow": 0.0, "cosine_bar": 0.0}
    if total < 1e-9:
        return found
    place = (np.arange(count) + 0.5) / count
    for order in range(1, _COSINES + 1):
        wave = np.cos(np.pi * order * place)
        found[f"cosine{order}"] = float(rest @ wave) ** 2 * 2 / (count * total)
        found["cosine_slow"] += found[f"cosine{order}"]
    bar = np.arange(count) * (STEPS_PER_BEAT // 2) // bars.line.bar_steps
    sizes = np.maximum(np.bincount(bar), 1)
    within = rest - (np.bincount(bar, rest) / sizes)[bar]
    found["cosine_bar"] = float(within @ within) / total
    return found


def _held(bars: LineBars, steps: int) -> Array:
    """The top note that sounds or sounded last, every `steps` steps."""
    places = np.arange(0, bars.line.bars * bars.line.bar_steps, steps)
    index = np.maximum(np.searchsorted(bars.events.onset_steps, places, side="right") - 1, 0)
    return bars.events.top[index].astype(float)


def _tension(bars: LineBars) -> Values:
    events, half = bars.events, bars.line.bar_steps / 2
    place = np.minimum((events.onset_steps / half).astype(np.int64), 2 * bars.line.bars - 1)
    count = 2 * bars.line.bars
    notes = np.bincount(place, minlength=count).astype(float)
    register = np.bincount(place, events.top, count) / np.maximum(notes, 1)
    register = np.where(notes > 0, register, events.top.mean())
    size = np.abs(np.diff(events.top, prepend=events.top[:1]))
    leaps = np.bincount(place, size, count) / np.maximum(notes, 1)
    curves = [_scaled(notes), _scaled(register), _scaled(leaps)]
    tension = np.mean(curves, axis=0)
    smooth = np.convolve(np.pad(tension, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    inner = smooth[1:-1]
    summits = (inner > smooth[:-2]) & (inner >= smooth[2:]) & (inner > 0)
    peak = int(smooth.argmax())
    return {
        "tension_peak": peak / count,
        "tension_release": float(smooth[peak] - smooth[-2:].mean()),
        "tension_end": float(tension[-2:].mean()),
        "tension_summits": float(summits.sum()) / bars.line.bars,
        "tension_memory": correlation(tension[1:], tension[:-1]),
        "tension_four": correlation(tension[8:], tension[:-8]),
        "tension_together": correlation(curves[0], curves[1]),
    }


def _scaled(curve: Array) -> Array:
    deviation = float(curve.std())
    return np.asarray((curve - curve.mean()) / deviation) if deviation > 1e-9 else np.zeros(len(curve))


def _summit(bars: LineBars) -> Values:
    events = bars.events
    summit = int(events.top.argmax())
    interval = np.diff(events.top)
    after = interval[
        summit : np.searchsorted(events.onset_steps, events.onset_steps[summit] + bars.line.bar_steps)
    ]
    turns = np.flatnonzero(interval[:-1] * interval[1:] < 0) + 1
    on_beat = events.place_steps % STEPS_PER_BEAT == 0
    length = np.log2(np.maximum(events.ioi_steps, 1))
    return {
        "summit_step": float(summit > 0 and 0 < interval[summit - 1] <= 2),
        "summit_on_beat": float(on_beat[summit]),
        "summit_long": float(length[summit]) - mean(length),
        "summit_falls": share(after < 0),
        "reversals": share(on_beat[turns]) - share(on_beat),
    }
