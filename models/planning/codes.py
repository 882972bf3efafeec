"""The plan codes of a phrase or of a given pair: what is known before the middle is composed.

The rows of given bars contain only what the given bars show: the chords of each side are found from that
side alone, and the ending has no relations. So a training phrase and a pair with the same given bars have the
same rows there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from constraints.language.plan_codes import (
    DISTANCE,
    FIRST,
    REGISTER,
    RELATION,
    SECOND,
    STEPS,
    PlanCodes,
    chord_of,
    codes_of,
)
from constraints.language.spec import given_on_grid
from data_prep.plans.harmony import chords_of
from data_prep.plans.planning import cadence_into, outer_key, plan_of, register_class
from data_prep.plans.relations import bar_shapes
from violin.music import Key, Phrase
from violin.pair import Pair
from violin.plan import Cadence, Chord, Plan


def plan_codes(
    phrase: Phrase, beginning_bars: int, ending_bars: int, semitones: int = 0, key: Key | None = None
) -> PlanCodes:
    """The codes of a phrase's own plan, given its first and last bars, after a transposition by
    `semitones`. The cadence is the one into the ending; without an ending there is none. `key` None:
    that of the notes in the outer bars."""
    plan, means = _analysed(phrase, key or _given_key(phrase), beginning_bars, ending_bars)
    chords = [chord if isinstance(chord, Chord) else None for bar in plan.bars for chord in bar.chords]
    first_given = phrase.bars - ending_bars
    for first, count in ((0, beginning_bars), (first_given, ending_bars)):
        if count:
            chords[2 * first : 2 * (first + count)] = chords_of(phrase.slice_bars(first, count), plan.key)
    bars = tuple(
        replace(bar, chords=(chords[2 * index], chords[2 * index + 1])) for index, bar in enumerate(plan.bars)
    )
    cadence = cadence_into(chords, first_given) if ending_bars else Cadence.NONE
    codes = codes_of(replace(plan, bars=bars, cadence=cadence))
    codes.bars[first_given:, [RELATION, DISTANCE, STEPS]] = 0
    for bar, mean in enumerate(means):
        if mean is not None:
            codes.bars[bar, REGISTER] = 1 + register_class(mean + semitones)
    return replace(codes, tonic=(codes.tonic + semitones) % 12)


def pair_codes(pair: Pair, bars: int, key: Key | None = None) -> PlanCodes:
    """The codes of a given pair for a phrase of `bars` bars: the rows of its given bars, nothing planned
    in the middle and no cadence."""
    beginning, ending = given_on_grid(pair, bars)
    first_given = bars - pair.ending_bars
    start = first_given * pair.meter.bar_ticks()
    notes = (*beginning, *(note.shifted(start) for note in ending))
    phrase = Phrase(notes, bars, pair.meter, pair.key, pair.tempo_us_per_beat)
    codes = plan_codes(phrase, pair.beginning_bars, pair.ending_bars, key=key)
    codes.bars[pair.beginning_bars : first_given] = 0
    return replace(codes, cadence=0)


def cadence_of(codes: PlanCodes, ending_bars: int) -> Cadence:
    """The cadence that the chords of a plan make into its last bars; NONE without an ending. A half bar
    without a planned chord counts as silence."""
    if not ending_bars:
        return Cadence.NONE
    chords = [
        chord_of(code) if code else None for row in codes.bars[:, [FIRST, SECOND]].tolist() for code in row
    ]
    return cadence_into(chords, len(codes.bars) - ending_bars)


def _given_key(phrase: Phrase) -> Key:
    """The key of the notes that begin in the first and in the last bar, which a composer knows."""
    last = (phrase.bars - 1) * phrase.bar_ticks
    given = tuple(note for note in phrase.notes if not phrase.bar_ticks <= note.onset_ticks < last)
    return outer_key(replace(phrase, notes=given))


@cache
def _analysed(
    phrase: Phrase, key: Key, beginning_bars: int, ending_bars: int
) -> tuple[Plan, tuple[float | None, ...]]:
    """The plan of a phrase and the mean top pitch of each bar, None without notes."""
    tops = [shape.pitches for shape in bar_shapes(phrase.on_grid())]
    means = tuple(sum(top) / len(top) if top else None for top in tops)
    return plan_of(phrase, beginning_bars, ending_bars, key), means
