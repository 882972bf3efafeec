"""Ten metrics of how the composed bars relate to the given ones, in which answers often differ from
human phrases.

*Inner* bars are the composed ones, *given* bars the outer ones. The top line is the highest pitch
of each onset. Rhythm, contour and scale steps of a bar are defined in `data_prep.plans.relations`.
Each metric is computed per phrase; a report shows its mean. The mean of a 0-or-1 metric is a share
of phrases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from data_prep.plans.planning import outer_key
from data_prep.plans.relations import BarShape, bar_shapes, relation_between
from violin.music import Key, Phrase
from violin.plan import Relation

_ALTERNATIONS = 12  # length of an A B A B … top line that counts as alternating
_SEQUENCE_LAGS = (1, 2)
_FEWEST_ONSETS = 3  # onsets of a bar that can be part of a sequence
_FEWEST_LIKE = 4  # notes of a bar that can be a near repetition


@dataclass(frozen=True)
class InnerBars:
    """A phrase on the 48-tick grid with its given bars marked. It has at least one inner bar."""

    phrase: Phrase
    beginning_bars: int
    ending_bars: int

    @cached_property
    def shapes(self) -> list[BarShape]:
        return bar_shapes(self.phrase)

    @cached_property
    def key(self) -> Key:
        return outer_key(self.phrase, self.beginning_bars, self.ending_bars)

    @property
    def inner(self) -> range:
        return range(self.beginning_bars, self.phrase.bars - self.ending_bars)

    @property
    def given(self) -> list[BarShape]:
        return [shape for index, shape in enumerate(self.shapes) if index not in self.inner and shape.notes]

    @cached_property
    def seam(self) -> int | None:
        """Semitones from the last inner top note to the first top note of the ending; None without one."""
        before = [shape.pitches[-1] for shape in self.shapes[: self.inner.stop] if shape.notes]
        after = [shape.pitches[0] for shape in self.shapes[self.inner.stop :] if shape.notes]
        return after[0] - before[-1] if before and after else None


def entered_by_half_step(bars: InnerBars) -> float:
    """1 if the last composed top note and the ending's first one differ by one semitone."""
    return math.nan if bars.seam is None else float(abs(bars.seam) == 1)


def leap_into_ending(bars: InnerBars) -> float:
    """Semitones between the last composed top note and the ending's first one."""
    return math.nan if bars.seam is None else float(abs(bars.seam))


def has_sequence(bars: InnerBars) -> float:
    """1 if an inner bar and a bar at a distance of one or two have the same rhythm of three onsets
    or more and the same contour on different pitches."""
    return float(
        any(
            _is_sequence(bars.shapes[index], bars.shapes[index + step])
            for index in bars.inner
            for lag in _SEQUENCE_LAGS
            for step in (-lag, lag)
            if 0 <= index + step < bars.phrase.bars
        )
    )


def diatonic_sequence(bars: InnerBars) -> float:
    """Share of pairs of neighbouring bars, at least one inner, in which one is the other moved by a
    constant number of scale steps."""
    return _share_of_neighbours(bars, Relation.SEQUENCE)


def repeated_exactly(bars: InnerBars) -> float:
    """Share of pairs of neighbouring bars, at least one inner, with the same notes."""
    return _share_of_neighbours(bars, Relation.SAME)


def nearly_like(bars: InnerBars) -> float:
    """Share of inner bars that differ from an earlier bar in only one or two notes; both bars have
    four notes or more."""
    return sum(
        any(
            min(len(bars.shapes[index].notes), len(other.notes)) >= _FEWEST_LIKE
            and 1 <= _different(bars.shapes[index], other) <= 2
            for other in bars.shapes[:index]
        )
        for index in bars.inner
    ) / len(bars.inner)


def rhythm_likeness(bars: InnerBars) -> float:
    """Mean over the inner bars of the best overlap (Dice coefficient, 0 to 1) of their rhythm with
    that of a given bar."""
    given = [set(shape.rhythm) for shape in bars.given]
    if not given:
        return math.nan
    inner = [set(bars.shapes[index].rhythm) for index in bars.inner]
    return sum(max(_dice(one, other) for other in given) for one in inner) / len(inner)


def given_rhythm_never_returns(bars: InnerBars) -> float:
    """1 if no inner bar has the rhythm of a given bar."""
    rhythms = {shape.rhythm for shape in bars.given}
    if not rhythms:
        return math.nan
    return float(not any(bars.shapes[index].rhythm in rhythms for index in bars.inner))


def empty_bars(bars: InnerBars) -> float:
    """1 if two or more inner bars have at most one onset although every given bar has more."""
    if not bars.given or min(len(shape.rhythm) for shape in bars.given) <= 1:
        return 0.0
    return float(sum(len(bars.shapes[index].rhythm) <= 1 for index in bars.inner) >= 2)


def alternating(bars: InnerBars) -> float:
    """1 if the composed top line alternates A B A B … for twelve notes or more."""
    line = [pitch for index in bars.inner for pitch in bars.shapes[index].pitches]
    run = longest = 2
    for place in range(2, len(line)):
        run = run + 1 if line[place] == line[place - 2] != line[place - 1] else 2
        longest = max(longest, run)
    return float(longest >= _ALTERNATIONS)


FIGURES: Mapping[str, Callable[[InnerBars], float]] = {
    "ending entered by a half step": entered_by_half_step,
    "leap into the ending, semitones": leap_into_ending,
    "any sequence": has_sequence,
    "diatonic sequence from bar to bar": diatonic_sequence,
    "repeated exactly from bar to bar": repeated_exactly,
    "a bar nearly like an earlier one": nearly_like,
    "rhythm likeness to the given bars": rhythm_likeness,
    "rhythm of the given bars never returns": given_rhythm_never_returns,
    "two inner bars or more empty or of one note": empty_bars,
    "two pitches alternating 12 times or more": alternating,
}


def mean_figures(
    phrases: Sequence[Phrase], beginning_bars: int = 1, ending_bars: int = 1
) -> dict[str, float]:
    """The mean of each metric over the phrases for which it is defined."""
    rows = [InnerBars(phrase.on_grid(), beginning_bars, ending_bars) for phrase in phrases]
    means = {}
    for name, figure in FIGURES.items():
        values = [value for value in map(figure, rows) if not math.isnan(value)]
        means[name] = sum(values) / len(values) if values else math.nan
    return means


def _share_of_neighbours(bars: InnerBars, relation: Relation) -> float:
    pairs = [
        (one, two)
        for index, (one, two) in enumerate(pairwise(bars.shapes))
        if index in bars.inner or index + 1 in bars.inner
    ]
    found = (relation_between(two, one, bars.key) for one, two in pairs)
    return sum(each is not None and each[0] is relation for each in found) / len(pairs)


def _is_sequence(one: BarShape, two: BarShape) -> bool:
    return (
        len(one.rhythm) >= _FEWEST_ONSETS
        and one.rhythm == two.rhythm
        and one.contour == two.contour
        and one.pitches != two.pitches
    )


def _different(one: BarShape, two: BarShape) -> int:
    """The number of notes of the bar with more notes that the other bar lacks."""
    left, right = set(one.notes), set(two.notes)
    return max(len(left - right), len(right - left))


def _dice(one: set[tuple[int, int]], two: set[tuple[int, int]]) -> float:
    return 2 * len(one & two) / (len(one) + len(two)) if one or two else 1.0
