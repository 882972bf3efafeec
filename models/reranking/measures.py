"""The measures of a mixture that need no trained weights, each from 0 to 1 (best)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median

from models.form import ends_on_triad, within_bands
from models.generation.request import Request
from models.novelty import shipped_index
from violin.instrument import Tier, tier
from violin.music import Phrase, sounding_sets

UNMEASURED = 1.0
"""A measure that an answer does not have counts as 1 for all candidates."""

# The share of human seams with a leap of at least 0, 1, 2, … semitones: both seams of 1,000 phrases of
# the training split, one bar given on each side (`violin bench choose`).
HUMAN_LEAPS: tuple[float, ...] = (
    1.0,
    0.841,
    0.576,
    0.33,
    0.247,
    0.203,
    0.133,
    0.123,
    0.085,
    0.071,
    0.059,
    0.048,
    0.041,
    0.02,
    0.018,
    0.013,
    0.011,
    0.009,
    0.005,
    0.004,
    0.003,
    0.002,
)


def typical(bits: Sequence[float | None]) -> list[float]:
    """How near each candidate's bits per note are to the median of the candidates."""
    known = [value for value in bits if value is not None]
    if not known:
        return [UNMEASURED] * len(bits)
    centre = median(known)
    return [UNMEASURED if value is None else 1 / (1 + abs(value - centre)) for value in bits]


def seam(request: Request, phrase: Phrase) -> float:
    """How human the leaps at the two seams are: the share of human seams with a leap of this size or
    larger, averaged over both."""
    values = []
    for bar in _middle(request, phrase):
        tick = bar * phrase.bar_ticks
        before = [note for note in phrase.notes if note.onset_ticks < tick]
        after = [note for note in phrase.notes if note.onset_ticks >= tick]
        if before and after:
            # The melody is the top note of each chord: the highest pitch of an onset sorts last.
            first = max(note.pitch for note in after if note.onset_ticks == after[0].onset_ticks)
            leap = abs(first - before[-1].pitch)
            values.append(HUMAN_LEAPS[min(leap, len(HUMAN_LEAPS) - 1)])
    return fmean(values) if values else UNMEASURED


def form(request: Request, phrase: Phrase) -> float:
    """The share of metrics of form inside the human band."""
    return within_bands(phrase.on_grid())


def novelty(request: Request, phrase: Phrase) -> float:
    """1 if there is no familiar run, 0 if it is as long as the copy guard's limit."""
    index = shipped_index()
    if not index.norm.limit_notes:
        return UNMEASURED
    first, end = _middle(request, phrase)
    run = index.longest_familiar_run(phrase.on_grid(), first, end)
    return max(0.0, 1 - run / index.norm.limit_notes)


def easy_stops(request: Request, phrase: Phrase) -> float:
    """The share of stops of the easy tier."""
    stops = [pitches for _, pitches in sounding_sets(phrase.notes) if len(pitches) > 1]
    if not stops:
        return UNMEASURED
    return sum(tier(pitches) == Tier.EASY for pitches in stops) / len(stops)


def close(request: Request, phrase: Phrase) -> float:
    """How well a phrase without a given ending closes: the mean of five criteria, each 0 to 1.

    The last note (1) is in the last bar, on its first beat or in the middle of 4/4 (other beats count
    half, the last beat 0); (2) lasts a beat or more; (3) is at least as long as the median of the notes
    before it; (4) is the tonic (other notes of the tonic triad count half); (5) follows a rest of at most
    a beat.
    """
    if request.pair.ending_bars or not phrase.notes:
        return UNMEASURED
    beat_ticks, bar_ticks = phrase.ticks_per_beat, phrase.bar_ticks
    last = max(phrase.notes, key=lambda note: (note.onset_ticks, -note.pitch))
    before = [note for note in phrase.notes if note.onset_ticks < last.onset_ticks]
    silence = last.onset_ticks - max((note.end_ticks for note in before), default=0)
    tonic = phrase.key.tonic_pitch_class if phrase.key else 0
    criteria = (
        _weight_of_place(last.onset_ticks - (phrase.bars - 1) * bar_ticks, phrase),
        last.duration_ticks >= beat_ticks,
        last.duration_ticks >= median([note.duration_ticks for note in before] or [0]),
        1.0 if last.pitch % 12 == tonic else ends_on_triad(phrase) / 2,
        silence <= beat_ticks,
    )
    return fmean(criteria)


def _weight_of_place(place_ticks: int, phrase: Phrase) -> float:
    """The weight of a place in the last bar: 1 on a strong beat, 0.5 on other beats, 0 on the last beat
    and between beats."""
    beat, beats = place_ticks // phrase.ticks_per_beat, phrase.meter.numerator
    if place_ticks < 0 or place_ticks % phrase.ticks_per_beat or beat == beats - 1:
        return 0.0
    return 1.0 if beat == 0 or (beats == 4 and beat == 2) else 0.5


def full_bars(request: Request, phrase: Phrase) -> float:
    """The share of the composed bars with more than one onset, if every given bar has more than one."""
    onsets: list[set[int]] = [set() for _ in range(phrase.bars)]
    for note in phrase.notes:
        onsets[note.onset_ticks // phrase.bar_ticks].add(note.onset_ticks)
    first, end = _middle(request, phrase)
    busy = [len(bar) > 1 for bar in onsets]
    if not all([*busy[:first], *busy[end:]]):
        return UNMEASURED
    return fmean(busy[first:end])


ALONE: Mapping[str, Callable[[Request, Phrase], float]] = {
    "seam": seam,
    "form": form,
    "novelty": novelty,
    "tier": easy_stops,
    "close": close,
    "full": full_bars,
}
"""The measures that need only one answer."""


def _middle(request: Request, phrase: Phrase) -> tuple[int, int]:
    """The first and the end (exclusive) index of the composed bars, from 0."""
    return request.pair.beginning_bars, phrase.bars - request.pair.ending_bars
