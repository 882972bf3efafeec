"""Features of pitch: range and register, intervals and their succession, the melodic curve."""

from __future__ import annotations

import numpy as np

from models.judge.features.canonical import Events, Line
from models.judge.features.measures import (
    Array,
    Feature,
    Features,
    Values,
    correlation,
    deviation,
    entropy_bits,
    longest_true_run,
    mean,
    share,
)

_INTERVAL = "pitch interval histogram: Yang & Lerch, mgeval, 2020"
_SHAPE = "implication and realisation: Narmour 1990; Schellenberg, Cognition 58, 1996"
_HURON = "Huron, Sweet Anticipation, 2006"

FEATURES: Features = {
    "range": Feature("range in semitones", "pitch range: mgeval 2020"),
    "pitch_mean": Feature("mean pitch", "mgeval 2020"),
    "pitch_spread": Feature("spread of the pitches in semitones", "mgeval 2020"),
    "pitch_kinds": Feature("different pitches for the number of notes", "pitch count: mgeval 2020"),
    "pitch_entropy": Feature("variety of pitches", "pitch class entropy: MusDr 2020"),
    "bar_range": Feature("mean range within a bar", "mgeval 2020"),
    "bar_step": Feature("mean step of the register from bar to bar", "mgeval 2020"),
    "interval_mean": Feature("mean size of the intervals", "average pitch interval: mgeval 2020"),
    "interval_spread": Feature("spread of the intervals", _INTERVAL),
    "interval_unison": Feature("share of repeated pitches", _INTERVAL),
    "interval_half": Feature("share of semitones", _INTERVAL),
    "interval_whole": Feature("share of whole tones", _INTERVAL),
    "interval_third": Feature("share of thirds", _INTERVAL),
    "interval_fourth": Feature("share of fourths and fifths", _INTERVAL),
    "interval_tritone": Feature("share of tritones", _INTERVAL),
    "interval_sixth": Feature("share of sixths", _INTERVAL),
    "interval_seventh": Feature("share of sevenths", _INTERVAL),
    "interval_octave": Feature("share of octaves", _INTERVAL),
    "interval_wide": Feature("share of leaps of more than an octave", _INTERVAL),
    "interval_entropy": Feature("variety of intervals", _INTERVAL),
    "interval_pair_entropy": Feature(
        "variety of an interval given the one before", "Conklin & Witten, JNMR 1995"
    ),
    "interval_memory": Feature("correlation of each interval with the next", _SHAPE),
    "ascending": Feature("share of rising intervals among the moving ones", _HURON),
    "turns": Feature("how often the melody changes direction", _SHAPE),
    "straight_run": Feature("longest run in one direction, share of the phrase", _SHAPE),
    "step_run": Feature("longest run of steps, share of the phrase", _SHAPE),
    "leap_then_step": Feature("share of leaps followed by a step back", _SHAPE),
    "leap_then_leap": Feature("share of leaps followed by another leap", _SHAPE),
    "leap_then_on": Feature("share of leaps followed by movement in the same direction", _SHAPE),
    "zigzag": Feature("share of leaps that are at once taken back to the same pitch", _SHAPE),
    "climax_place": Feature("place of the highest note, share of the phrase", "melodic arch: Huron 1996"),
    "climax_once": Feature("how rarely the highest pitch is reached", "Huron 1996"),
    "arch": Feature("how much the melody rises and then falls", "melodic arch: Huron 1996"),
    "trend": Feature("whether the melody rises or falls as a whole", _HURON),
    "curve_memory_beat": Feature(
        "correlation of the register of one beat and the next", "autocorrelation: Brown 1993"
    ),
    "curve_memory_bar": Feature(
        "correlation of the melody of one bar and the next, note for note", "Brown 1993"
    ),
    "leap_and_length": Feature("whether leaps follow long notes", "Narmour 1990"),
    "leap_into_beat": Feature("whether leaps go to strong beats", "Lerdahl & Jackendoff 1983"),
    "leap_over_bar": Feature("leap over the barline compared with the leaps within bars", "mgeval, by bar"),
    "pedal": Feature("share of notes on the most frequent pitch", "Huron 2006"),
    "return": Feature("share of notes equal to the note two before", _SHAPE),
    "compound": Feature("share of leaps between two registers that alternate (hidden voices)", "Davis, 2006"),
}

_LEAP = 5  # semitones: a fourth or more (Narmour's threshold lies between the fourth and fifth)


def measure(line: Line, events: Events) -> Values:
    """The features of pitch of a line's top notes."""
    top = events.top.astype(float)
    interval = np.diff(events.top)
    size = np.abs(interval)
    values = {
        "range": float(line.pitch.max() - line.pitch.min()),
        "pitch_mean": float(top.mean()),
        "pitch_spread": deviation(top),
        "pitch_kinds": len(np.unique(line.pitch)) / len(line),
        "pitch_entropy": entropy_bits(events.top),
        "interval_mean": mean(size),
        "interval_spread": deviation(interval),
        "interval_unison": share(size == 0),
        "interval_half": share(size == 1),
        "interval_whole": share(size == 2),
        "interval_third": share((size == 3) | (size == 4)),
        "interval_fourth": share((size == 5) | (size == 7)),
        "interval_tritone": share(size == 6),
        "interval_sixth": share((size == 8) | (size == 9)),
        "interval_seventh": share((size == 10) | (size == 11)),
        "interval_octave": share(size == 12),
        "interval_wide": share(size > 12),
        "interval_entropy": entropy_bits(interval),
        "interval_pair_entropy": entropy_bits(interval[:-1] * 1000 + interval[1:])
        - entropy_bits(interval[:-1]),
        "interval_memory": correlation(interval[:-1].astype(float), interval[1:].astype(float)),
        "pedal": float(np.unique(events.top, return_counts=True)[1].max()) / len(events),
        "return": share(events.top[2:] == events.top[:-2]),
    }
    values.update(_succession(interval, len(events)))
    values.update(_curve(line, events, top))
    values.update(_leaps_in_time(events, size))
    return {name: values[name] for name in FEATURES}


def _succession(interval: Array, count: int) -> Values:
    """Features of successive intervals."""
    size = np.abs(interval)
    sign = np.sign(interval)
    leap = size[:-1] >= _LEAP
    after = interval[1:][leap]
    before = interval[:-1][leap]
    back = np.sign(after) == -np.sign(before)
    moving = sign[sign != 0]
    straight = (moving[1:] == moving[:-1]) if len(moving) > 1 else np.zeros(0, bool)
    steps = (size >= 1) & (size <= 2)
    wide = size >= 7
    return {
        "ascending": share(moving > 0),
        "turns": share(~straight),
        "straight_run": (longest_true_run(straight) + 1) / count,
        "step_run": longest_true_run(steps) / count,
        "leap_then_step": share(back & (np.abs(after) <= 2)),
        "leap_then_leap": share(np.abs(after) >= _LEAP),
        "leap_then_on": share(np.sign(after) == np.sign(before)),
        "zigzag": share(after == -before),
        "compound": share(wide[1:] & wide[:-1] & (sign[1:] == -sign[:-1])),
    }


def _curve(line: Line, events: Events, top: Array) -> Values:
    """The melody as a curve in time."""
    place = events.onset_steps / max(1, line.bars * line.bar_steps)
    highest = events.top == events.top.max()
    arch = np.where(place < 0.5, place, 1 - place)
    count = np.maximum(np.bincount(events.bar, minlength=line.bars)[: line.bars], 1)
    by_bar = np.bincount(events.bar, weights=top, minlength=line.bars)[: line.bars] / count
    by_bar = by_bar[by_bar > 0]
    bounds = np.searchsorted(events.bar, np.arange(line.bars))
    bounds = bounds[bounds < len(top)]
    reach = np.maximum.reduceat(top, bounds) - np.minimum.reduceat(top, bounds)
    curve = _sampled(line, events, top)
    lag_beat, lag_bar = 2, max(1, line.bar_steps // 6)
    return {
        "climax_place": float(place[highest.argmax()]),
        "climax_once": 1.0 / float(highest.sum()),
        "arch": correlation(arch, top),
        "trend": correlation(place, top),
        "bar_range": mean(reach),
        "bar_step": mean(np.abs(np.diff(by_bar))),
        "curve_memory_beat": correlation(curve[:-lag_beat], curve[lag_beat:]),
        "curve_memory_bar": correlation(curve[:-lag_bar], curve[lag_bar:]),
    }


def _sampled(line: Line, events: Events, top: Array) -> Array:
    """The sounding top pitch at every eighth of the phrase."""
    places = np.arange(0, line.bars * line.bar_steps, 6)
    index = np.maximum(np.searchsorted(events.onset_steps, places, side="right") - 1, 0)
    return np.asarray(top[index])


def _leaps_in_time(events: Events, size: Array) -> Values:
    if len(size) == 0:
        return {"leap_and_length": 0.0, "leap_into_beat": 0.0, "leap_over_bar": 0.0}
    leaps = size.astype(float)
    over = events.bar[1:] != events.bar[:-1]
    within = mean(leaps[~over])
    return {
        "leap_and_length": correlation(leaps, np.log2(np.maximum(events.ioi_steps[:-1], 1))),
        "leap_into_beat": correlation(leaps, (events.place_steps[1:] % 12 == 0).astype(float)),
        "leap_over_bar": mean(leaps[over]) - within if over.any() else 0.0,
    }
