"""Features of stops and of the left hand: which notes sound together, how they move, how hard they
are."""

from __future__ import annotations

import numpy as np

from models.judge.features.canonical import Events, Line
from models.judge.features.measures import Array, Feature, Features, Values, entropy_bits, mean, share
from violin.instrument import OPEN_STRINGS, is_readable, stretch

_STOP = "polyphony rate: MuseGAN, Dong et al., AAAI 2018"
_HAND = "hand model of violin.instrument"
_LEADING = "voice-leading errors: Fang et al., Bach or Mock?, 2006.13329"

FEATURES: Features = {
    "stops": Feature("share of onsets with two notes or more", _STOP),
    "stops_three": Feature("share of onsets with three notes or more", _STOP),
    "stops_places": Feature("share of stops on a beat", _STOP),
    "stops_bars": Feature("share of bars with a stop", _STOP),
    "stops_grouped": Feature("how often a stop follows a stop", _STOP),
    "stops_kinds": Feature("variety of stops", _STOP),
    "stops_length": Feature("length of stops against single notes", _STOP),
    "stop_thirds": Feature(
        "share of thirds, sixths and tenths among the stops", "interval classes: Huron 2016"
    ),
    "stop_fifths": Feature("share of fourths, fifths and octaves among the stops", "Huron 2016"),
    "stop_harsh": Feature("share of seconds, sevenths and tritones among the stops", "Huron 2016"),
    "stop_span": Feature("mean span of the stops in semitones", _HAND),
    "stop_open": Feature("share of stops with an open string", _HAND),
    "held_voices": Feature("mean number of notes that sound at an onset", _STOP),
    "held_over": Feature("share of onsets under or over a note that is still held", _STOP),
    "tier_mean": Feature("how far the hand opens for the stops", _HAND),
    "tier_wide": Feature("share of stops beyond an easy hand", _HAND),
    "tier_impossible": Feature("share of stops that no hand can play", _HAND),
    "unreadable": Feature("share of stops outside six frets", "organisers' vocabulary"),
    "parallel_perfect": Feature("share of stop changes with parallel fifths or octaves", _LEADING),
    "parallel_imperfect": Feature("share of stop changes in parallel thirds or sixths", _LEADING),
    "contrary": Feature("share of stop changes with outer notes in contrary motion", _LEADING),
    "low_voice_step": Feature("mean movement of the lowest notes of successive stops", _LEADING),
    "speed": Feature("mean movement in semitones a beat", "hand shifts: Sayegh, CMJ 13/3, 1989"),
    "speed_worst": Feature("largest movement in semitones a beat", "Sayegh 1989"),
    "open_strings": Feature("share of notes that an open string can give", _HAND),
    "high_position": Feature("share of notes above first position", _HAND),
}


def measure(line: Line, events: Events) -> Values:
    """The features of stops of a line; undefined features of a line without stops are 0."""
    stop = events.size >= 2
    where = np.flatnonzero(stop)
    span = (events.top - events.bottom)[stop]
    sounding = _sounding_at(line, events)
    counts = np.array([len(pitches) for pitches in sounding])
    together = [pitches for pitches in sounding if len(pitches) > 1]
    tiers = np.array([int(stretch(pitches)) for pitches in together])
    movement = np.abs(np.diff(events.top)) / np.maximum(events.ioi_steps[:-1] / 12, 1 / 12)
    simple = span % 12
    values = {
        "stops": share(stop),
        "stops_three": share(events.size >= 3),
        "stops_places": share(events.place_steps[stop] % 12 == 0),
        "stops_bars": len(np.unique(events.bar[stop])) / line.bars,
        "stops_grouped": share(stop[1:][stop[:-1]]),
        "stops_kinds": entropy_bits(span),
        "stops_length": mean(events.length_steps[stop]) / max(1.0, mean(events.length_steps)),
        "stop_thirds": share(np.isin(simple, (3, 4, 8, 9))),
        "stop_fifths": share(np.isin(simple, (0, 5, 7))),
        "stop_harsh": share(np.isin(simple, (1, 2, 6, 10, 11))),
        "stop_span": mean(span),
        "stop_open": mean(np.array([float(bool(set(pitches) & set(OPEN_STRINGS))) for pitches in together])),
        "held_voices": mean(counts),
        "held_over": share(counts > events.size),
        "tier_mean": mean(tiers),
        "tier_wide": share(tiers > 1),
        "tier_impossible": share(tiers > 3),
        "unreadable": mean(np.array([float(not is_readable(pitches)) for pitches in together])),
        "speed": mean(movement),
        "speed_worst": float(movement.max()) if len(movement) else 0.0,
        "open_strings": share(np.isin(line.pitch, OPEN_STRINGS)),
        "high_position": share(line.pitch > 83),
    }
    values.update(_leading(events, where))
    return {name: values[name] for name in FEATURES}


def _sounding_at(line: Line, events: Events) -> list[tuple[int, ...]]:
    """The ascending pitches that sound at each onset, held ones included."""
    starts, ends, pitches = (
        array.tolist() for array in (line.onset_steps, line.onset_steps + line.duration_steps, line.pitch)
    )
    result: list[tuple[int, ...]] = []
    active: dict[int, int] = {}  # pitch -> when its last note ends
    bounds = [*events.first_note.tolist(), len(starts)]
    for index, onset in enumerate(events.onset_steps.tolist()):
        active = {pitch: end for pitch, end in active.items() if end > onset}
        for note in range(bounds[index], bounds[index + 1]):
            active[pitches[note]] = max(active.get(pitches[note], 0), ends[note])
        result.append(tuple(sorted(active)))
    return result


def _leading(events: Events, where: Array) -> Values:
    """Features of the movement between consecutive stops."""
    first = where[:-1][np.diff(where) == 1] if len(where) > 1 else where[:0]
    upper = events.top[first + 1] - events.top[first]
    lower = events.bottom[first + 1] - events.bottom[first]
    before = (events.top[first] - events.bottom[first]) % 12
    after = (events.top[first + 1] - events.bottom[first + 1]) % 12
    moving = (upper != 0) & (np.sign(upper) == np.sign(lower))
    imperfect = np.isin(before, (3, 4, 8, 9)) & np.isin(after, (3, 4, 8, 9))
    return {
        "parallel_perfect": share(moving & (before == after) & np.isin(before, (0, 7))),
        "parallel_imperfect": share(moving & imperfect),
        "contrary": share(upper * lower < 0),
        "low_voice_step": mean(np.abs(lower)),
    }
