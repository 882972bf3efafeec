"""Features of metrical grammar: whether accents agree with the barlines, and with each other.

In human music, accents (long notes, leaps, turning points) recur at the distance of a bar. A model that
fills cells one by one places them anywhere.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.canonical import STEPS_PER_BEAT
from models.judge.features.measures import (
    Feature,
    Features,
    Values,
    correlation,
    deviation,
    mean,
    share,
)
from models.judge.features.rhythm import metric_weight

_METRE = "metre by autocorrelation of accents: Brown, JASA 94, 1993; Toiviainen & Eerola 2006"
_SYNCOPATION = "syncopation: Longuet-Higgins & Lee, Music Perception 1/4, 1984"
_RULES = "metrical preference rules: Lerdahl & Jackendoff 1983; Temperley 2001"
_ACCENTS = {"length": "long notes", "leap": "leaps", "turn": "turning points"}

FEATURES: Features = {
    **{
        f"accent_{kind}_bar": Feature(
            f"recurrence of {words} a bar later minus that at other distances", _METRE
        )
        for kind, words in _ACCENTS.items()
    },
    **{
        f"accent_{kind}_weight": Feature(f"whether {words} are on strong places", _RULES)
        for kind, words in _ACCENTS.items()
        if kind != "length"  # see `weight_of_length` in `rhythm`
    },
    "accents_together": Feature("whether long notes and leaps are at the same places", _RULES),
    "syncopation_mean": Feature("strength of the syncopations", _SYNCOPATION),
    "syncopation_spread": Feature("unevenness of the syncopation of the bars", _SYNCOPATION),
    "syncopation_memory": Feature("correlation of the syncopation of one bar and the next", _SYNCOPATION),
    "onset_stray": Feature("share of onsets at places that no other bar uses", _RULES),
    "mixed_division": Feature("share of beats whose division differs from both neighbours", _RULES),
    "triplets_alone": Feature("share of the beats in triplets without a neighbour in triplets", _RULES),
    "weak_without_strong": Feature("share of notes off the beat with silence on the beat before", _RULES),
    "dotted_completed": Feature("share of dotted notes that their beat completes", _RULES),
}


def measure(bars: LineBars) -> Values:
    """The features of metrical grammar of a line."""
    found = {**_accents(bars), **_syncopation(bars), **_division(bars)}
    return {name: found[name] for name in FEATURES}


def _accents(bars: LineBars) -> Values:
    events = bars.events
    interval = np.diff(events.top)
    turn = np.zeros(len(events))
    turn[1:-1] = interval[:-1] * interval[1:] < 0
    of_events = {
        "length": np.log2(np.maximum(events.ioi_steps, 1)).astype(float),
        "leap": np.abs(np.diff(events.top, prepend=events.top[:1])).astype(float),
        "turn": turn,
    }
    weight = metric_weight(events.place_steps, bars.line.bar_steps)
    length = bars.line.bars * bars.line.bar_steps // 3
    place = np.minimum(events.onset_steps // 3, length - 1)
    a_bar = max(1, bars.line.bar_steps // 3)
    found: Values = {}
    for kind, values in of_events.items():
        curve = np.zeros(length)
        np.maximum.at(curve, place, values - values.min())
        at = {
            lag: correlation(curve[lag:], curve[:-lag])
            for lag in (a_bar, a_bar - 4, a_bar + 4)
            if 0 < lag < length
        }
        around = [value for lag, value in at.items() if lag != a_bar]
        found[f"accent_{kind}_bar"] = at.get(a_bar, 0.0) - (sum(around) / len(around) if around else 0.0)
        found[f"accent_{kind}_weight"] = correlation(values, weight)
    found["accents_together"] = correlation(of_events["length"], of_events["leap"])
    return found


def _syncopation(bars: LineBars) -> Values:
    """A note held over a beat that is metrically stronger than its onset counts the difference of the
    weights."""
    events = bars.events
    weight = metric_weight(events.place_steps, bars.line.bar_steps)
    beat = STEPS_PER_BEAT
    following = (events.onset_steps // beat + 1) * beat
    held = events.onset_steps + events.length_steps > following
    heavier = metric_weight(following % bars.line.bar_steps, bars.line.bar_steps) - weight
    strength = np.where(held & (heavier > 0), heavier, 0.0)
    of_bar = np.bincount(events.bar, strength, bars.line.bars)
    return {
        "syncopation_mean": mean(strength),
        "syncopation_spread": deviation(of_bar),
        "syncopation_memory": correlation(of_bar[1:], of_bar[:-1]),
    }


def _division(bars: LineBars) -> Values:
    events, line = bars.events, bars.line
    beats = -(-line.bars * line.bar_steps // STEPS_PER_BEAT)
    beat, step = events.onset_steps // STEPS_PER_BEAT, events.onset_steps % STEPS_PER_BEAT
    triple = np.bincount(beat, (step % 4 == 0) & (step % 3 != 0), beats) > 0
    kind = np.where(triple, 3, np.minimum(np.bincount(beat, minlength=beats), 4))
    alone = (kind[1:-1] != kind[:-2]) & (kind[1:-1] != kind[2:])
    neighbours = np.convolve(triple, [1, 0, 1], mode="same") > 0
    starts = np.bincount(beat, step == 0, beats) > 0
    off = step != 0
    used = np.zeros((line.bars, line.bar_steps), bool)
    used[events.bar, events.place_steps] = True
    bars_using = used.sum(axis=0)
    dotted = np.flatnonzero((events.ioi_steps == 9) & (step == 0))
    dotted = dotted[dotted + 1 < len(events)]
    return {
        "onset_stray": share(bars_using[events.place_steps] == 1),
        "mixed_division": share(alone),
        "triplets_alone": share(~neighbours[triple]),
        "weak_without_strong": share(~starts[beat[off]]),
        "dotted_completed": share(events.ioi_steps[dotted + 1] == 3),
    }
