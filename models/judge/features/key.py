"""Features of key, harmony and cadence, from pitch classes weighted by duration."""

from __future__ import annotations

import numpy as np

from models.judge.features.canonical import Events, Line
from models.judge.features.measures import Array, Feature, Features, Values, entropy_of_counts, mean, share
from models.judge.features.tonality import KeyFound, chords_of, key_of, keys_of, scale_mask

_KEY = "key profiles: Krumhansl 1990"
_CHORD = "chord templates: Pardo & Birmingham, CMJ 26/2, 2002"
_CADENCE = "cadence: Caplin, Classical Form, 1998"
_TENSION = "tonal attraction: Lerdahl, Tonal Pitch Space, 2001"

FEATURES: Features = {
    "key_fit": Feature("how well the notes fit one key", _KEY),
    "key_lead": Feature("how much better the best key fits than the next best", _KEY),
    "key_bars": Feature("share of bars that fit the key of the phrase best or nearly", _KEY),
    "key_bar_fit": Feature("how well single bars fit any key", _KEY),
    "key_moves": Feature("how often the best key changes between neighbouring pairs of bars", _KEY),
    "minor": Feature("minor rather than major", _KEY),
    "in_scale": Feature("share of the time on notes of the scale", _KEY),
    "in_scale_worst_bar": Feature("share of notes of the scale in the bar with the fewest", _KEY),
    "chromatic_resolved": Feature("share of foreign notes left by semitone", _TENSION),
    "class_entropy": Feature(
        "variety of pitch classes in the phrase (H4)", "pitch class entropy: MusDr 2020"
    ),
    "class_entropy_bar": Feature(
        "variety of pitch classes within a bar (H1)", "pitch class entropy: MusDr 2020"
    ),
    "class_kinds": Feature("number of pitch classes", "pitch class count: mgeval 2020"),
    "bar_classes_step": Feature(
        "change of the pitch classes from bar to bar", "mgeval transition matrix 2020"
    ),
    "triad_on_beats": Feature("share of beats on notes of the tonic triad", _TENSION),
    "stable_on_beats": Feature("scale notes on beats against scale notes off them", _TENSION),
    "harmony_clear": Feature("share of a bar that one chord explains", _CHORD),
    "harmony_clear_worst": Feature("share of the least clear bar that one chord explains", _CHORD),
    "harmony_half_clear": Feature("share of half a bar that one chord explains", _CHORD),
    "harmony_kinds": Feature("different chord roots for the number of bars", _CHORD),
    "harmony_fifths": Feature("share of chord changes by fifth or fourth", _CHORD),
    "harmony_same": Feature("share of bars with the chord of the bar before", _CHORD),
    "ends_on_tonic": Feature("whether it ends on the tonic", _CADENCE),
    "ends_on_fifth": Feature("whether it ends on the fifth degree", _CADENCE),
    "ends_in_triad": Feature("whether it ends on a note of the tonic triad", _CADENCE),
    "ends_on_beat": Feature("metrical weight of the last onset", _CADENCE),
    "ends_by_step": Feature("whether the last note is reached by step", _CADENCE),
    "begins_in_triad": Feature("whether it begins on a note of the tonic triad", _CADENCE),
    "leading_resolved": Feature("share of leading notes that go to the tonic", _TENSION),
    "seventh_falls": Feature("share of fourth degrees that fall to the third", _TENSION),
    "degree_entropy": Feature("variety of scale degrees on downbeats", _KEY),
}


def measure(line: Line, events: Events) -> Values:
    """The features of key and harmony of a line."""
    by_bar = class_weights(line, line.bar_steps)
    by_half = class_weights(line, max(6, line.bar_steps // 2))
    whole = by_bar.sum(axis=0)
    key = key_of(whole)
    scale = scale_mask(key)
    filled = by_bar[by_bar.sum(axis=1) > 0]
    clear, root, _ = chords_of(filled)
    half_clear, _, _ = chords_of(by_half[by_half.sum(axis=1) > 0])
    change = (np.diff(root) % 12)[np.diff(root) != 0]
    scale_share = filled @ scale / filled.sum(axis=1)
    unit = filled / np.linalg.norm(filled, axis=1, keepdims=True)
    values = {
        "key_fit": key.fit,
        "key_lead": key.lead,
        "minor": float(key.minor),
        "in_scale": float(whole[scale].sum() / whole.sum()),
        "in_scale_worst_bar": float(scale_share.min()),
        "class_entropy": entropy_of_counts(whole),
        "class_entropy_bar": mean(np.array([entropy_of_counts(row) for row in filled])),
        "class_kinds": float((whole > 0).sum()),
        "bar_classes_step": 1.0 - mean((unit[1:] * unit[:-1]).sum(axis=1)),
        "harmony_clear": mean(clear),
        "harmony_clear_worst": float(clear.min()),
        "harmony_half_clear": mean(half_clear),
        "harmony_kinds": len(np.unique(root)) / len(root),
        "harmony_fifths": share((change == 5) | (change == 7)),
        "harmony_same": share(np.diff(root) == 0),
    }
    values.update(_keys_in_time(filled, key))
    values.update(_degrees(events, key, scale))
    values.update(_ends(events, key))
    return {name: values[name] for name in FEATURES}


def class_weights(line: Line, window_steps: int) -> Array:
    """Duration by pitch class in windows from the first barline: [windows, 12] steps. A note counts
    in the window where it begins."""
    windows = -(-line.bars * line.bar_steps // window_steps)
    weights = np.zeros((windows, 12))
    np.add.at(weights, (line.onset_steps // window_steps, line.pitch % 12), line.duration_steps)
    return weights


def _keys_in_time(filled: Array, key: KeyFound) -> Values:
    fits = keys_of(filled)
    own = fits[:, key.tonic + 12 * key.minor]
    pairs = keys_of(filled[:-1] + filled[1:]) if len(filled) > 1 else fits
    best = pairs.argmax(axis=1)
    return {
        "key_bars": share(own >= fits.max(axis=1) - 0.15),
        "key_bar_fit": mean(fits.max(axis=1)),
        "key_moves": share(np.diff(best) != 0),
    }


def _degrees(events: Events, key: KeyFound, scale: Array) -> Values:
    degree = (events.top - key.tonic) % 12
    inside = scale[events.top % 12]
    third = 3 if key.minor else 4
    on_beat = events.place_steps % 12 == 0
    interval = np.diff(events.top)
    foreign = ~inside[:-1]
    leading = degree[:-1] == 11
    fourth = degree[:-1] == 5
    down = np.array([-1, -2])
    return {
        "triad_on_beats": share(np.isin(degree[on_beat], (0, third, 7))),
        "stable_on_beats": share(inside[on_beat]) - share(inside[~on_beat]) if (~on_beat).any() else 0.0,
        "chromatic_resolved": share(np.abs(interval[foreign]) == 1),
        "leading_resolved": share(interval[leading] == 1),
        "seventh_falls": share(np.isin(interval[fourth], down)),
        "degree_entropy": entropy_of_counts(np.bincount(degree[events.place_steps == 0], minlength=12)),
    }


def _ends(events: Events, key: KeyFound) -> Values:
    third = 3 if key.minor else 4
    last, first = int(events.top[-1] - key.tonic) % 12, int(events.top[0] - key.tonic) % 12
    place = int(events.place_steps[-1])
    weight = 2.0 if place == 0 else 1.0 if place % 12 == 0 else 0.0
    by_step = len(events) > 1 and 0 < abs(int(events.top[-1] - events.top[-2])) <= 2
    return {
        "ends_on_tonic": float(last == 0),
        "ends_on_fifth": float(last == 7),
        "ends_in_triad": float(last in (0, third, 7)),
        "ends_on_beat": weight,
        "ends_by_step": float(by_step),
        "begins_in_triad": float(first in (0, third, 7)),
    }
