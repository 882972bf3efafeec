"""Features of implied harmony: the chords that a single line outlines, and how its notes fit them.

A model that writes plausible intervals may still wander between chords. The chords are the path of
`data_prep.plans.harmony`; a note is a chord tone if its pitch class belongs to the chord of its
half bar.
"""

from __future__ import annotations

import numpy as np

from data_prep.plans.harmony import CHORDS
from models.judge.features.bars import LineBars
from models.judge.features.canonical import STEPS_PER_BEAT
from models.judge.features.measures import (
    Array,
    Feature,
    Features,
    Values,
    deviation,
    entropy_bits,
    mean,
    share,
)
from violin.plan import Quality

_PATH = "chords by Viterbi: Raphael & Stoddard, CMJ 28/3, 2004"
_TONES = "non-chord tones: Temperley 2001; Piston, Harmony, 1941"
_RHYTHM = "harmonic rhythm: Piston 1941; Lerdahl & Jackendoff 1983"
_CADENCE = "cadence: Caplin, Classical Form, 1998"

FEATURES: Features = {
    "chord_tones": Feature("share of notes that belong to the implied chord", _TONES),
    "chord_tones_beats": Feature("share of notes on beats that belong to the implied chord", _TONES),
    "chord_tones_metre": Feature("chord tones on beats minus those off beats", _TONES),
    "chord_tones_worst": Feature("share of chord tones in the bar with the fewest", _TONES),
    "chord_tones_spread": Feature("how unevenly the bars keep to their chords", _TONES),
    "passing": Feature("share of foreign notes approached and left by step", _TONES),
    "foreign_leaps": Feature("share of foreign notes approached and left by leap", _TONES),
    "leaps_in_chord": Feature("share of leaps between two notes of one chord", _TONES),
    "chord_roots": Feature("variety of the roots", _PATH),
    "chord_kinds": Feature("different chords for the number of bars", _PATH),
    "chord_tonic": Feature("share of half bars on the tonic", _PATH),
    "chord_dominant": Feature("share of half bars on the dominant", _PATH),
    "chord_outside": Feature("share of half bars on chords with a foreign root", _PATH),
    "chord_clear": Feature("share of half a bar on the tones of its chord", _PATH),
    "chord_clear_worst": Feature("share of half a bar on the tones of its chord, least clear quarter", _PATH),
    "chord_changes": Feature("share of half bars with a new chord", _RHYTHM),
    "changes_at_barlines": Feature("share of chord changes at a barline", _RHYTHM),
    "changes_uneven": Feature("unevenness of the time between chord changes", _RHYTHM),
    "changes_faster": Feature("chord changes of the second half minus those of the first", _RHYTHM),
    "root_fifths": Feature("share of chord changes by falling fifth", _PATH),
    "root_rising_fifths": Feature("share of chord changes by rising fifth", _PATH),
    "root_steps": Feature("share of chord changes by step", _PATH),
    "root_thirds": Feature("share of chord changes by third", _PATH),
    "dominant_resolves": Feature("share of dominants that go to the tonic", _CADENCE),
    "close_authentic": Feature("whether the last change is dominant to tonic", _CADENCE),
    "close_half": Feature("whether it ends on the dominant", _CADENCE),
    "close_on_tonic": Feature("whether it ends on the tonic chord", _CADENCE),
    "middle_close": Feature("whether the fourth bar closes on tonic or dominant", _CADENCE),
    "bar_chords_again": Feature("share of bars with the two chords of the bar four before", _RHYTHM),
}


def _tones() -> Array:
    """bool[chords, 12]: the pitch classes of each chord, above the tonic."""
    table = np.zeros((len(CHORDS), 12), bool)
    for index, chord in enumerate(CHORDS):
        table[index, list(chord.pitch_classes)] = True
    return table


_TONES_OF = _tones()
_TONIC = np.array([chord.root == 0 and chord.quality is not Quality.DIMINISHED for chord in CHORDS])
_DOMINANT = np.array(
    [
        (chord.root == 7 and chord.quality is not Quality.MINOR)
        or (chord.root == 11 and chord.quality is Quality.DIMINISHED)
        for chord in CHORDS
    ]
)
_LEAP = 3  # the smallest leap in semitones


def measure(bars: LineBars) -> Values:
    """The features of implied harmony of a line."""
    found: Values = {}
    found.update(_notes(bars))
    found.update(_changes(bars))
    found.update(_closes(bars))
    return {name: found[name] for name in FEATURES}


def _notes(bars: LineBars) -> Values:
    events, half = bars.events, bars.line.bar_steps / 2
    place = np.minimum((events.onset_steps / half).astype(np.int64), len(bars.chords) - 1)
    chord = bars.chords[place]
    inside = _TONES_OF[chord, (events.top - bars.key.tonic) % 12]
    on_beat = events.place_steps % STEPS_PER_BEAT == 0
    interval = np.abs(np.diff(events.top))
    foreign = ~inside[1:-1]
    before, after = interval[:-1][foreign], interval[1:][foreign]
    leap = interval >= _LEAP
    both = inside[1:] & inside[:-1]
    density = np.bincount(events.bar, minlength=bars.line.bars)
    of_bar = np.bincount(events.bar, inside, bars.line.bars)[density > 0] / density[density > 0]
    return {
        "chord_tones": share(inside),
        "chord_tones_beats": share(inside[on_beat]),
        "chord_tones_metre": share(inside[on_beat]) - share(inside[~on_beat]) if (~on_beat).any() else 0.0,
        "chord_tones_worst": float(of_bar.min()),
        "chord_tones_spread": deviation(of_bar),
        "passing": share((before < _LEAP) & (after < _LEAP)),
        "foreign_leaps": share((before >= _LEAP) & (after >= _LEAP)),
        "leaps_in_chord": share(both[leap]),
    }


def _changes(bars: LineBars) -> Values:
    weights = bars.half_bars
    total = weights.sum(axis=1)
    sounding = np.flatnonzero(total > 0)
    path = bars.chords[sounding]
    clear = (weights[sounding] * _TONES_OF[path]).sum(axis=1) / total[sounding]
    root = path % 12
    new = path[1:] != path[:-1]
    step = ((root[1:] - root[:-1]) % 12)[new]
    where = sounding[1:][new]
    outside = np.isin(root, (1, 6) if bars.key.minor else (1, 3, 6, 8, 10))
    dominant = _DOMINANT[path[:-1]] & new
    middle = len(new) // 2
    pairs = bars.chords.reshape(-1, 2)
    again = (pairs[4:] == pairs[:-4]).all(axis=1)
    return {
        "chord_roots": entropy_bits(root),
        "chord_kinds": len(np.unique(path)) / bars.line.bars,
        "chord_tonic": share(_TONIC[path]),
        "chord_dominant": share(_DOMINANT[path]),
        "chord_outside": share(outside),
        "chord_clear": mean(clear),
        "chord_clear_worst": float(np.quantile(clear, 0.25)),
        "chord_changes": share(new),
        "changes_at_barlines": share(where % 2 == 0),
        "changes_uneven": deviation(np.log2(np.diff(where))) if len(where) > 2 else 0.0,
        "changes_faster": share(new[middle:]) - share(new[:middle]),
        "root_fifths": share(step == 5),
        "root_rising_fifths": share(step == 7),
        "root_steps": share(np.isin(step, (1, 2, 10, 11))),
        "root_thirds": share(np.isin(step, (3, 4, 8, 9))),
        "dominant_resolves": share(_TONIC[path[1:]][dominant]),
        "bar_chords_again": share(again),
    }


def _closes(bars: LineBars) -> Values:
    path = bars.chords[bars.half_bars.sum(axis=1) > 0]
    change = np.flatnonzero(path[1:] != path[:-1])
    last = int(path[-1])
    before = int(path[change[-1]]) if len(change) else last
    fourth = bars.chords[6:8] if bars.line.bars >= 4 else bars.chords[-1:]
    return {
        "close_authentic": float(_TONIC[last] and _DOMINANT[before]),
        "close_half": float(_DOMINANT[last]),
        "close_on_tonic": float(_TONIC[last]),
        "middle_close": float(bool((_TONIC | _DOMINANT)[fourth].all())),
    }
