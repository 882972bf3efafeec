"""The critic's features: how the composed bars of a phrase relate to its given bars.

Only the critic uses them. The judge and the two-sample test measure the chosen answers by other features
(`models.judge.features`). All values are per bar, per note or shares, so they do
not grow with the length of the phrase. A feature that a phrase does not have (nothing given on one
side, no harmony) is NaN; the critic replaces it by the human mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, pstdev

from data_prep.plans.harmony import chords_of
from data_prep.plans.relations import BarShape
from models.bar_relations import FIGURES, InnerBars
from violin.music import Phrase
from violin.plan import Quality

FEATURES: dict[str, str] = {
    **dict.fromkeys(FIGURES, "see models.bar_relations"),
    "rhythm_returns": "share of inner bars with the rhythm of a given bar",
    "least_rhythm_likeness": "the least likeness of an inner bar's rhythm to a given bar's, 0 to 1",
    "first_bar_likeness": "likeness of the rhythms of the last given and the first composed bar",
    "last_bar_likeness": "likeness of the rhythms of the last composed bar and the ending's first",
    "sequences_1": "share of neighbouring bars with one rhythm and contour on other pitches",
    "sequences_2": "the same for bars at a distance of two",
    "same_rhythm_1": "share of neighbouring bars with one rhythm",
    "same_rhythm_2": "the same for bars at a distance of two",
    "returns": "share of inner bars that are the same as an earlier bar",
    "rhythm_kinds": "number of different bar rhythms per inner bar",
    "sparse_bars": "share of inner bars with one onset or none",
    "onsets": "log of the onsets a bar, inner against given",
    "onsets_spread": "standard deviation of the onsets a bar over the inner bars, against their mean",
    "given_onsets": "log of the onsets a bar of the given bars",
    "period_1": "longest run of one repeated top note, share of the top line",
    "period_2": "longest run of two alternating top notes, share of the top line",
    "period_3": "longest run of three top notes in turn, share of the top line",
    "entry_leap": "semitones from the beginning's last top note to the middle",
    "entry_half_step": "1 if they are one semitone apart",
    "ending_step": "1 if the ending is entered by one or two semitones",
    "ending_same": "1 if the ending repeats the last composed top note",
    "ending_direction": "1 if the ending is entered from below, -1 from above",
    "ending_wait": "beats from the last composed onset to the ending",
    "ending_rest": "beats of silence before the ending",
    "ending_onsets": "onsets of the last composed bar against the mean of the inner bars",
    "chord_tones": "share of the notes on beats that belong to the chord of their half bar",
    "chord_changes": "share of half bars whose chord differs from the one before",
    "falling_fifths": "share of the chord changes whose root falls a fifth",
    "tonic_dominant": "share of the half bars on the tonic or the dominant",
    "dominant_before": "1 if the half bar before the ending is dominant",
    "scale": "share of the inner notes in the scale of the outer bars' key",
    "leading_notes": "share of the leading notes of the inner top line that rise to the tonic",
    "stops": "share of onsets with two notes or more, inner minus given",
    "register": "semitones of the inner mean pitch above the given one",
    "range": "semitones between the highest and lowest inner top note",
    "steps": "share of the intervals of the top line of one or two semitones",
    "leaps": "share of the intervals of the top line above seven semitones",
    "repeats": "share of the intervals of the top line of zero semitones",
    "turns": "share of the intervals of the top line that change direction",
    "after_leaps": "share of the leaps of more than four semitones after which the line turns back",
    "high_point": "place of the highest inner top note, 0 to 1",
    "short_notes": "share of inner notes of a sixteenth or less",
    "long_notes": "share of inner notes of a half or more",
    "rests": "share of the inner time without a sounding note",
    "off_grid": "share of the inner onsets between the sixteenths",
    "bars": "bars of the phrase",
}  # fmt: skip
NAMES: tuple[str, ...] = tuple(FEATURES)

_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 9, 10, 11)


def measure(phrase: Phrase, beginning_bars: int, ending_bars: int) -> list[float]:
    """The features of a phrase in the order of `NAMES`; a value that it does not have is NaN."""
    bars = InnerBars(phrase.on_grid(), beginning_bars, ending_bars)
    found = {name: figure(bars) for name, figure in FIGURES.items()}
    found |= _rhythm(bars) | _seams(bars) | _harmony(bars) | _line(bars) | _notes(bars)
    return [float(found.get(name, math.nan)) for name in NAMES]


def _rhythm(bars: InnerBars) -> dict[str, float]:
    shapes, inner = bars.shapes, [bars.shapes[index] for index in bars.inner]
    onsets = [len(shape.rhythm) for shape in inner]
    found = {
        "rhythm_kinds": len({shape.rhythm for shape in inner}) / len(inner),
        "sparse_bars": _share([count <= 1 for count in onsets]),
        "onsets_spread": pstdev(onsets) / (fmean(onsets) + 0.5),
        "returns": _share([shapes[index].notes in _earlier(shapes, index) for index in bars.inner]),
        "ending_onsets": (onsets[-1] + 0.5) / (fmean(onsets) + 0.5),
        "bars": float(len(shapes)),
    }
    for lag in (1, 2):
        pairs = [(shapes[index - lag], shapes[index]) for index in bars.inner if index >= lag]
        found[f"sequences_{lag}"] = _share([_is_sequence(one, other) for one, other in pairs])
        found[f"same_rhythm_{lag}"] = _share([one.rhythm == other.rhythm for one, other in pairs])
    if bars.given:
        rhythms = {shape.rhythm for shape in bars.given}
        given = fmean(len(shape.rhythm) for shape in bars.given)
        found |= {
            "rhythm_returns": _share([shape.rhythm in rhythms for shape in inner]),
            "least_rhythm_likeness": min(max(_dice(one, other) for other in bars.given) for one in inner),
            "onsets": math.log((fmean(onsets) + 0.5) / (given + 0.5)),
            "given_onsets": math.log(given + 0.5),
        }
    if bars.beginning_bars:
        found["first_bar_likeness"] = _dice(shapes[bars.inner.start - 1], inner[0])
    if bars.ending_bars:
        found["last_bar_likeness"] = _dice(inner[-1], shapes[bars.inner.stop])
    return found


def _seams(bars: InnerBars) -> dict[str, float]:
    phrase, found = bars.phrase, dict[str, float]()
    start, end = (bar * phrase.bar_ticks for bar in (bars.inner.start, bars.inner.stop))
    if bars.seam is not None:
        found |= {
            "ending_step": float(abs(bars.seam) in (1, 2)),
            "ending_same": float(bars.seam == 0),
            "ending_direction": float((bars.seam > 0) - (bars.seam < 0)),
        }
    inner = [note for note in phrase.notes if start <= note.onset_ticks < end]
    if inner and bars.ending_bars:
        found["ending_wait"] = (end - inner[-1].onset_ticks) / phrase.ticks_per_beat
        silent = end - max(note.end_ticks for note in phrase.notes if note.onset_ticks < end)
        found["ending_rest"] = max(0, silent) / phrase.ticks_per_beat
    before = [shape.pitches[-1] for shape in bars.shapes[: bars.inner.start] if shape.notes]
    after = [shape.pitches[0] for shape in bars.shapes[bars.inner.start :] if shape.notes]
    if before and after:
        found["entry_leap"] = abs(after[0] - before[-1])
        found["entry_half_step"] = float(abs(after[0] - before[-1]) == 1)
    return found


def _harmony(bars: InnerBars) -> dict[str, float]:
    phrase, key = bars.phrase, bars.key
    chords = chords_of(phrase, key)
    inner = range(2 * bars.inner.start, 2 * bars.inner.stop)
    moves = [(chords[place - 1], chords[place]) for place in inner if place]
    changes = [(one, other) for one, other in moves if one and other and one != other]
    sounding = [chord for place in inner if (chord := chords[place])]
    fits = []
    for note in phrase.notes:
        chord = chords[min(int(2 * note.onset_ticks // phrase.bar_ticks), len(chords) - 1)]
        on_beat = note.onset_ticks % phrase.ticks_per_beat == 0
        if chord and on_beat and note.onset_ticks // phrase.bar_ticks in bars.inner:
            fits.append((note.pitch - key.tonic_pitch_class) % 12 in chord.pitch_classes)
    found = {
        "chord_tones": _share(fits),
        "chord_changes": _share([one != other for one, other in moves if one and other]),
        "falling_fifths": _share([(other.root - one.root) % 12 == 5 for one, other in changes]),
        "tonic_dominant": _share([chord.root in (0, 7) for chord in sounding]),
    }
    if sounding:
        last = sounding[-1]
        dominant = (last.root == 7 and last.quality is not Quality.MINOR) or last.root == 11
        found["dominant_before"] = float(dominant)
    return found


def _line(bars: InnerBars) -> dict[str, float]:
    line = [pitch for index in bars.inner for pitch in bars.shapes[index].pitches]
    steps = [second - first for first, second in pairwise(line)]
    if len(line) < 3:
        return {}
    tonic = bars.key.tonic_pitch_class
    leading = [second - first == 1 for first, second in pairwise(line) if (first - tonic) % 12 == 11]
    signs = [(step > 0) - (step < 0) for step in steps if step]
    leaps = [(first > 0) != (second > 0) for first, second in pairwise(steps) if abs(first) > 4 and second]
    found = {
        "leading_notes": _share(leading),
        "range": max(line) - min(line),
        "steps": _share([abs(step) in (1, 2) for step in steps]),
        "leaps": _share([abs(step) > 7 for step in steps]),
        "repeats": _share([step == 0 for step in steps]),
        "turns": _share([one != other for one, other in pairwise(signs)]),
        "after_leaps": _share(leaps),
        "high_point": line.index(max(line)) / (len(line) - 1),
    }
    for period in (1, 2, 3):
        found[f"period_{period}"] = _longest_period(line, period) / len(line)
    return found


def _notes(bars: InnerBars) -> dict[str, float]:
    phrase = bars.phrase
    start, end = (bar * phrase.bar_ticks for bar in (bars.inner.start, bars.inner.stop))
    inner = [note for note in phrase.notes if start <= note.onset_ticks < end]
    given = [note for note in phrase.notes if not start <= note.onset_ticks < end]
    if not inner:
        return {}
    scale, beat = _MINOR if bars.key.minor else _MAJOR, phrase.ticks_per_beat
    onsets = sorted({note.onset_ticks for note in inner})
    reached, silent = start, 0
    for note in inner:
        silent += max(0, note.onset_ticks - reached)
        reached = max(reached, note.end_ticks)
    found = {
        "scale": _share([(note.pitch - bars.key.tonic_pitch_class) % 12 in scale for note in inner]),
        "short_notes": _share([4 * note.duration_ticks <= beat for note in inner]),
        "long_notes": _share([note.duration_ticks >= 2 * beat for note in inner]),
        "rests": (silent + max(0, end - reached)) / (end - start),
        "off_grid": _share([bool(4 * tick % beat) for tick in onsets]),
    }
    if given:
        stops = 1 - len({note.onset_ticks for note in given}) / len(given)
        found["stops"] = 1 - len(onsets) / len(inner) - stops
        found["register"] = fmean(note.pitch for note in inner) - fmean(note.pitch for note in given)
    return found


def _earlier(shapes: Sequence[BarShape], index: int) -> set[tuple[tuple[int, int, int], ...]]:
    return {shape.notes for shape in shapes[:index] if shape.notes}


def _is_sequence(one: BarShape, other: BarShape) -> bool:
    return (
        len(one.rhythm) > 2
        and one.rhythm == other.rhythm
        and one.contour == other.contour
        and one.pitches != other.pitches
    )


def _dice(one: BarShape, other: BarShape) -> float:
    first, second = set(one.rhythm), set(other.rhythm)
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 1.0


def _longest_period(line: Sequence[int], period: int) -> int:
    """The longest run of notes that repeat after `period` notes; a run of one note has period one only."""
    longest = run = period
    for place in range(period, len(line)):
        varied = period == 1 or len(set(line[place - period : place])) > 1
        run = run + 1 if varied and line[place] == line[place - period] else period
        longest = max(longest, run)
    return longest


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else math.nan
