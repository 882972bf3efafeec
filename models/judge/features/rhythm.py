"""Features of rhythm: note lengths, their succession, and their places in the bar."""

from __future__ import annotations

import numpy as np

from models.judge.features.canonical import STEPS_PER_BEAT, Events, Line
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

_LENGTHS = "note length transition matrix: Yang & Lerch, mgeval, 2020"
_METER = "metrical hierarchy: Lerdahl & Jackendoff 1983; Palmer & Krumhansl 1990"

FEATURES: Features = {
    "notes_a_bar": Feature("onsets a bar", "note count: mgeval 2020"),
    "notes_a_bar_spread": Feature("how much the number of onsets changes from bar to bar", "mgeval 2020"),
    "notes_a_bar_jump": Feature("mean step in onsets from one bar to the next", "mgeval 2020"),
    "length_mean": Feature("mean time between onsets, in beats", "average inter-onset interval: mgeval"),
    "length_spread": Feature("spread of the times between onsets, in octaves", "mgeval 2020"),
    "length_kinds": Feature("number of different note lengths", _LENGTHS),
    "length_entropy": Feature("variety of note lengths", _LENGTHS),
    "length_pair_entropy": Feature("variety of a note length given the one before", _LENGTHS),
    "length_changes": Feature("how often the note length changes", _LENGTHS),
    "equal_run": Feature("longest run of equal lengths, share of the phrase", _LENGTHS),
    "npvi": Feature("contrast of neighbouring lengths (nPVI)", "Patel & Daniele, Cognition 87, 2003"),
    "length_32": Feature("share of notes shorter than a sixteenth", "note length histogram: mgeval"),
    "length_16": Feature("share of sixteenths", "note length histogram: mgeval"),
    "length_triplet": Feature("share of triplets", "note length histogram: mgeval"),
    "length_8": Feature("share of eighths", "note length histogram: mgeval"),
    "length_dotted": Feature("share of dotted lengths", "note length histogram: mgeval"),
    "length_4": Feature("share of quarters", "note length histogram: mgeval"),
    "length_long": Feature("share of notes longer than a quarter", "note length histogram: mgeval"),
    "off_grid": Feature(
        "share of onsets on no sixteenth and no triplet of a beat", "qualified note: MuseGAN 2018"
    ),
    "downbeats": Feature("share of bars with an onset on the first beat", _METER),
    "on_beats": Feature("share of onsets on a beat", _METER),
    "off_eighths": Feature("share of onsets off the eighths", _METER),
    "syncopation": Feature(
        "share of notes begun off the beat and held over it",
        "Longuet-Higgins & Lee, Music Perception 1, 1984",
    ),
    "over_barline": Feature("share of bars into which a note is tied", _METER),
    "place_entropy": Feature("variety of places in the bar", _METER),
    "weight_of_length": Feature("whether long notes are on strong beats", _METER),
    "weight_of_onset": Feature("whether onsets prefer strong places", _METER),
    "bar_rhythm_kinds": Feature("share of bars whose rhythm is new", "MusDr 2020"),
    "rests": Feature("share of the time that is silent", "empty bar rate: MuseGAN 2018"),
    "rest_places": Feature("share of notes followed by a rest", "MuseGAN 2018"),
    "short_notes": Feature("how much of the time to the next onset the notes last", "legato: mgeval"),
    "last_length": Feature(
        "length of the last note relative to the mean, in octaves", "final lengthening: Todd 1985"
    ),
    "last_bar_density": Feature(
        "onsets of the last bar relative to the mean", "final lengthening: Todd 1985"
    ),
    "first_bar_density": Feature("onsets of the first bar relative to the mean", "Todd 1985"),
    "broken_beats": Feature("share of beats whose rhythm appears in no other beat", "MusDr 2020"),
    "beat_pattern_entropy": Feature("variety of the rhythms of single beats", "MusDr 2020"),
    "beat_pattern_next": Feature("variety of a beat's rhythm given the beat before", "MusDr 2020"),
    "odd_lengths": Feature(
        "share of lengths that notation needs a tie for", "qualified rhythm: MuseGAN 2018"
    ),
}

_PLAIN_STEPS = (1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 36, 48)


def measure(line: Line, events: Events) -> Values:
    """The features of rhythm of a line, with lengths in beats or as shares."""
    ioi = events.ioi_steps
    counts = np.bincount(events.bar, minlength=line.bars)[: line.bars].astype(float)
    spread = np.log2(np.maximum(ioi, 1) / STEPS_PER_BEAT)
    change = ioi[1:] != ioi[:-1]
    weight = metric_weight(events.place_steps, line.bar_steps)
    reach = events.onset_steps + events.length_steps
    beat = STEPS_PER_BEAT
    off_beat = events.place_steps % beat != 0
    held_over = (events.onset_steps // beat + 1) * beat < reach
    patterns, following = _beat_patterns(line, events)
    values = {
        "notes_a_bar": mean(counts),
        "notes_a_bar_spread": deviation(counts) / max(1.0, mean(counts)),
        "notes_a_bar_jump": mean(np.abs(np.diff(counts))) / max(1.0, mean(counts)),
        "length_mean": mean(ioi) / beat,
        "length_spread": deviation(spread),
        "length_kinds": float(len(np.unique(ioi))),
        "length_entropy": entropy_bits(ioi),
        "length_pair_entropy": entropy_bits(ioi[:-1] * 1000 + ioi[1:]) - entropy_bits(ioi[:-1]),
        "length_changes": share(change),
        "equal_run": (longest_true_run(~change) + 1) / len(ioi),
        "npvi": _npvi(ioi),
        "length_32": share(ioi < 3),
        "length_16": share(ioi == 3),
        "length_triplet": share((ioi == 4) | (ioi == 8) | (ioi == 2)),
        "length_8": share(ioi == 6),
        "length_dotted": share((ioi == 9) | (ioi == 18) | (ioi == 36)),
        "length_4": share(ioi == 12),
        "length_long": share(ioi > 12),
        "off_grid": share((events.place_steps % 3 != 0) & (events.place_steps % 4 != 0)),
        "downbeats": len(np.unique(events.bar[events.place_steps == 0])) / line.bars,
        "on_beats": share(~off_beat),
        "off_eighths": share(events.place_steps % 6 != 0),
        "syncopation": share(off_beat & held_over & (events.length_steps >= 6)),
        "over_barline": float(np.sum(reach > (events.bar + 1) * line.bar_steps)) / line.bars,
        "place_entropy": entropy_bits(events.place_steps),
        "weight_of_length": correlation(weight, spread),
        "weight_of_onset": mean(weight),
        "bar_rhythm_kinds": _rhythm_kinds(line, events),
        "last_length": float(spread[-1]) - mean(spread),
        "last_bar_density": counts[-1] / max(1.0, mean(counts)),
        "first_bar_density": counts[0] / max(1.0, mean(counts)),
        "beat_pattern_entropy": entropy_bits(patterns),
        "beat_pattern_next": entropy_bits(following) - entropy_bits(patterns[:-1]),
        "broken_beats": _lone(patterns),
        "odd_lengths": share(~np.isin(ioi, _PLAIN_STEPS)),
    }
    values.update(_silence(line, events))
    return {name: values[name] for name in FEATURES}


def metric_weight(place_steps: Array, bar_steps: int) -> Array:
    """The weight of a place in the bar: 4 downbeat, 3 half of a 4/4 bar, 2 beat, 1 eighth, 0 else."""
    weight = np.zeros(len(place_steps))
    weight[place_steps % 6 == 0] = 1
    weight[place_steps % STEPS_PER_BEAT == 0] = 2
    if bar_steps == 4 * STEPS_PER_BEAT:
        weight[place_steps == 2 * STEPS_PER_BEAT] = 3
    weight[place_steps == 0] = 4
    return weight


def _npvi(ioi: Array) -> float:
    if len(ioi) < 2:
        return 0.0
    first, second = ioi[:-1].astype(float), ioi[1:].astype(float)
    return 100 * mean(2 * np.abs(first - second) / np.maximum(first + second, 1))


def _rhythm_kinds(line: Line, events: Events) -> float:
    bounds = np.searchsorted(events.bar, np.arange(line.bars + 1))
    kinds = {events.place_steps[bounds[bar] : bounds[bar + 1]].tobytes() for bar in range(line.bars)}
    return len(kinds) / line.bars


def _beat_patterns(line: Line, events: Events) -> tuple[Array, Array]:
    """One number per beat for the onsets within it (one bit per step), and one per pair of beats."""
    beats = max(1, line.bars * line.bar_steps // STEPS_PER_BEAT)
    beat = np.minimum(events.onset_steps // STEPS_PER_BEAT, beats - 1)
    patterns = np.zeros(beats, np.int64)
    np.add.at(patterns, beat, 1 << (events.onset_steps % STEPS_PER_BEAT).astype(np.int64))
    return patterns, patterns[:-1] * 4096 + patterns[1:]


def _lone(patterns: Array) -> float:
    _, index, count = np.unique(patterns, return_inverse=True, return_counts=True)
    return share(count[index] == 1)


def _silence(line: Line, events: Events) -> Values:
    """How much of the phrase is silent, from the ends of all notes."""
    end = np.maximum.accumulate(line.onset_steps + line.duration_steps)
    following = line.onset_steps[1:]
    gap = np.maximum(following - end[:-1], 0)
    total = line.bars * line.bar_steps
    return {
        "rests": (float(gap.sum()) + float(line.onset_steps[0]) + float(total - end[-1])) / total,
        "rest_places": float(np.sum(gap > 0)) / len(events),
        "short_notes": mean(np.minimum(events.length_steps / np.maximum(events.ioi_steps, 1), 2.0)),
    }
