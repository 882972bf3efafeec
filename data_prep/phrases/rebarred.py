"""Music in other meters rewritten in 4/4 or 3/4, with the same note values.

The sources have more bars of 2/4, 6/8, 3/8 and the like than of 3/4 and 4/4, the models' only meters. Each
rule of `RULES` joins one or two bars into one bar of the new meter and multiplies all times by a constant
factor, so that the music sounds the same: the tempo changes by the same factor.

* simple meters keep or scale their values: two bars of 2/4 are one of 4/4, 4/8 is 4/4 at double values,
  3/2 is 3/4 at half values, 3/8 is 3/4 at double values (its three beats stay three beats);
* compound meters become triplets: a dotted beat of 6/8, 9/8 or 12/8 is a beat with a triplet. Two bars of
  6/8 are one of 4/4, 9/8 is 3/4, 12/8 is 4/4.

If two bars become one, the pairs begin at even or at odd bars, wherever the boundaries are stronger. A bar
with a note that does not fall on a whole tick after the change is left out, and ends the stretch.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise

from data_prep.phrases.boundary import barline_strengths
from data_prep.phrases.segment import Cut, Part, Value, at_tick, segment
from violin.challenge import MIN_BARS
from violin.music import TICKS_PER_BEAT, Key, Meter, Note

_LONGEST_TEMPO_US = (1 << 24) - 1


@dataclass(frozen=True, slots=True)
class Rule:
    """`bars` bars become one of `meter`; every time is multiplied by `factor`."""

    meter: Meter
    bars: int
    factor: Fraction


_FOUR, _THREE = Meter(4, 4), Meter(3, 4)

RULES: dict[Meter, Rule] = {
    Meter(2, 4): Rule(_FOUR, 2, Fraction(1)),
    Meter(2, 8): Rule(_FOUR, 2, Fraction(2)),
    Meter(4, 8): Rule(_FOUR, 1, Fraction(2)),
    Meter(4, 2): Rule(_FOUR, 1, Fraction(1, 2)),
    Meter(3, 8): Rule(_THREE, 1, Fraction(2)),
    Meter(3, 2): Rule(_THREE, 1, Fraction(1, 2)),
    Meter(6, 4): Rule(_FOUR, 2, Fraction(1, 3)),
    Meter(6, 8): Rule(_FOUR, 2, Fraction(2, 3)),
    Meter(6, 16): Rule(_FOUR, 2, Fraction(4, 3)),
    Meter(9, 4): Rule(_THREE, 1, Fraction(1, 3)),
    Meter(9, 8): Rule(_THREE, 1, Fraction(2, 3)),
    Meter(12, 8): Rule(_FOUR, 1, Fraction(2, 3)),
    Meter(12, 16): Rule(_FOUR, 1, Fraction(4, 3)),
}
"""Written meter -> how it is rewritten. 2/2 is not here: it is read as 4/4 everywhere."""


@dataclass(frozen=True)
class Rebarred:
    """A stretch of a part in its new meter; it is a `Part` to `segment`.

    `written` is the meter it had; `first_bar` the bar of the source part at which it begins.
    """

    notes: tuple[Note, ...]
    meters: tuple[tuple[int, Meter], ...]
    keys: tuple[tuple[int, Key], ...]
    tempos: tuple[tuple[int, int], ...]
    barlines: tuple[int, ...]
    double_bars: tuple[int, ...]
    path: str
    written: Meter
    first_bar: int

    def source_bar(self, bar: int) -> int:
        """The bar of the source part at which a bar of this one begins."""
        return self.first_bar + bar * RULES[self.written].bars


@dataclass(frozen=True, slots=True)
class RebarredCut:
    """A cut of a rebarred stretch: the phrase in its new meter, the bars of the source that it covers."""

    cut: Cut
    written: Meter
    start_bar: int
    end_bar: int


def rebarred_cuts(part: Part, windows: bool = True) -> list[RebarredCut]:
    """The phrases, and the overlapping windows if requested, of all stretches in other meters."""
    return [
        RebarredCut(
            cut,
            stretch.written,
            stretch.source_bar(cut.start_bar),
            stretch.source_bar(cut.start_bar + cut.phrase.bars),
        )
        for stretch in rebarred(part)
        for cut in segment(stretch, windows).cuts
    ]


def rebarred(part: Part) -> list[Rebarred]:
    """The stretches of a part that `RULES` can rewrite and that are long enough for a phrase."""
    stretches = []
    strengths: Sequence[float] | None = None
    for written, first, last in _stretches(part):
        rule = RULES[written]
        if last - first < MIN_BARS * rule.bars:
            continue
        if rule.bars == 2 and last - first > MIN_BARS * rule.bars:  # room for either parity
            if strengths is None:
                strengths = barline_strengths(part.notes, part.barlines, part.double_bars).tolist()
            first += _stronger_parity(strengths[first : last + 1])
        count = (last - first) // rule.bars
        stretches.append(_rewritten(part, written, first, first + count * rule.bars))
    return stretches


def _stretches(part: Part) -> Iterator[tuple[Meter, int, int]]:
    """(written meter, first bar, bar after the last) of runs of whole bars that can be rewritten."""
    kinds = [_kind(part, start, end) for start, end in pairwise(part.barlines)]
    place = 0
    for meter, run in groupby(kinds):
        length = len(list(run))
        if meter is not None:
            yield meter, place, place + length
        place += length


def _kind(part: Part, start: int, end: int) -> Meter | None:
    """The meter of a whole bar that can be rewritten, else None."""
    written = at_tick(part.meters, start)
    if written not in RULES or end - start != written.bar_ticks(TICKS_PER_BEAT):
        return None
    factor = RULES[written].factor
    low = bisect_left(part.notes, start, key=_onset)
    high = bisect_left(part.notes, end, key=_onset)
    exact = all(
        ((note.onset_ticks - start) * factor).denominator == 1
        and (note.duration_ticks * factor).denominator == 1
        for note in part.notes[low:high]
    )
    return written if exact else None


def _stronger_parity(strengths: Sequence[float]) -> int:
    """0 or 1: where pairs of bars begin so that the boundaries between pairs are strongest on average."""
    even, odd = strengths[::2], strengths[1::2]
    return int(sum(odd) / len(odd) > sum(even) / len(even)) if odd else 0


def _rewritten(part: Part, written: Meter, first: int, last: int) -> Rebarred:
    """Bars first..last-1 in the new meter. A note tied out of the stretch ends with it."""
    rule = RULES[written]
    start, end = part.barlines[first], part.barlines[last]

    def tick(source: int) -> int:
        return round((source - start) * rule.factor)

    low = bisect_left(part.notes, start, key=_onset)
    high = bisect_left(part.notes, end, key=_onset)
    notes = tuple(
        Note(tick(note.onset_ticks), note.pitch, tick(min(note.end_ticks, end)) - tick(note.onset_ticks))
        for note in part.notes[low:high]
    )
    tempos = tuple(
        (tick(at), min(round(tempo / rule.factor), _LONGEST_TEMPO_US))
        for at, tempo in _within(part.tempos, start, end)
    )
    return Rebarred(
        notes=notes,
        meters=((0, rule.meter),),
        keys=tuple((tick(at), key) for at, key in _within(part.keys, start, end)),
        tempos=tempos,
        barlines=tuple(tick(line) for line in part.barlines[first : last + 1 : rule.bars]),
        double_bars=tuple(tick(at) for at in part.double_bars if start <= at <= end),
        path=f"{part.path}:{first}",
        written=written,
        first_bar=first,
    )


def _within(changes: Sequence[tuple[int, Value]], start: int, end: int) -> Iterator[tuple[int, Value]]:
    """The changes of a stretch, the value in force at its start first."""
    before = at_tick(changes, start)
    if before is not None:
        yield start, before
    yield from ((tick, value) for tick, value in changes if start < tick < end)


def _onset(note: Note) -> int:
    return note.onset_ticks
