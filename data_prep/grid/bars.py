"""Where the bars of a part lie on the grid.

Engraved music has its own bars. In four cases they are not what a listener counts, and a rule corrects them:

* a first bar shorter than its signature is a pickup: silence is put before it;
* a last bar shorter than its signature (it answers the pickup) is filled with silence;
* two short bars that together make a full one (a repeat sign or double bar within a bar) are one;
* a signature that most of its bars contradict, all in the same way, is replaced by the bars' own.

A sequence has only signatures: bars are counted from each of them, from the first one with the pickup that
`data_prep.grid.pickup` finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from data_prep.grid.raw_part import RawBar
from violin.music import TICKS_PER_BEAT, Meter

_SAME_BEATS = 1e-3
_METER_OF_BEATS = {1.5: Meter(3, 8), 2.0: Meter(2, 4), 3.0: Meter(3, 4), 4.0: Meter(4, 4), 6.0: Meter(3, 2)}
_FEWEST_BARS_AGAINST = 4


@dataclass(frozen=True)
class Bars:
    """Barlines in ticks with the final end, meters at their ticks, double bars; `lead_beats` of
    silence come before the source's beat 0."""

    barlines: tuple[int, ...]
    meters: tuple[tuple[int, Meter], ...]
    double_bars: tuple[int, ...]
    lead_beats: float

    def tick(self, beats: float) -> int:
        """The nearest tick of a time in the source's beats."""
        return round((beats + self.lead_beats) * TICKS_PER_BEAT)


def engraved_bars(bars: Sequence[RawBar], closings_beats: Sequence[float] = ()) -> Bars:
    """The bars of engraved music by the rules above; `closings_beats` are further section ends."""
    bars = _joined(_with_true_meters(bars))
    first = bars[0]
    missing = first.meter.beats_per_bar - (first.end_beats - first.start_beats)
    lead = (missing if missing > _SAME_BEATS else 0.0) - first.start_beats
    last = bars[-1]
    if last.end_beats - last.start_beats < last.meter.beats_per_bar:
        bars[-1] = last._replace(end_beats=last.start_beats + last.meter.beats_per_bar)
    barlines = [0] + [round((bar.end_beats + lead) * TICKS_PER_BEAT) for bar in bars]
    starts = barlines[:-1]
    meters = [(starts[0], first.meter)]
    for start, bar in zip(starts, bars, strict=True):
        if bar.meter != meters[-1][1]:
            meters.append((start, bar.meter))
    ends = {round((beats + lead) * TICKS_PER_BEAT) for beats in closings_beats}
    closing = {end for end, bar in zip(barlines[1:], bars, strict=True) if bar.closing}
    return Bars(tuple(barlines), tuple(meters), tuple(sorted(closing | ends)), lead)


def _with_true_meters(bars: Sequence[RawBar]) -> list[RawBar]:
    """The bars; where most bars of a run contradict its signature, it gets the signature of the bars."""
    result: list[RawBar] = []
    for meter, run in groupby(bars, key=lambda bar: bar.meter):
        same = list(run)
        lengths = Counter(round(bar.end_beats - bar.start_beats, 3) for bar in same)
        length, count = lengths.most_common(1)[0]
        wrong = abs(length - meter.beats_per_bar) > _SAME_BEATS
        true = _METER_OF_BEATS.get(length)
        if wrong and true and count >= _FEWEST_BARS_AGAINST and 2 * count > len(same):
            same = [bar._replace(meter=true) for bar in same]
        result += same
    return result


def _joined(bars: Sequence[RawBar]) -> list[RawBar]:
    """The bars; two parts of a bar that a sign divides are joined, and the sign moves to the end of the
    bar."""
    result: list[RawBar] = []
    for bar in bars:
        before = result[-1] if result else None
        full = bar.meter.beats_per_bar
        length = bar.end_beats - bar.start_beats
        is_pickup = len(result) == 1 and before is not None and not before.closing
        if before is not None and before.meter == bar.meter and not is_pickup:
            together = bar.end_beats - before.start_beats
            if length < full - _SAME_BEATS and abs(together - full) < _SAME_BEATS:
                result[-1] = bar._replace(
                    start_beats=before.start_beats, closing=bar.closing or before.closing
                )
                continue
        result.append(bar)
    return result


def counted_bars(meters: Sequence[tuple[float, Meter]], pickup_beats: float, end_beats: float) -> Bars:
    """The bars of a sequence: signatures (beats, meter), the first at 0, whose first full bar
    begins after `pickup_beats`; the last bar is the one in which the music ends."""
    first = meters[0][1]
    lead = first.beats_per_bar - pickup_beats if pickup_beats > _SAME_BEATS else 0.0
    changes: list[tuple[float, Meter]] = []
    for beats, meter in meters:
        if beats >= end_beats:
            break
        if not changes:
            changes.append((-lead, meter))
        elif meter != changes[-1][1]:
            changes.append((beats, meter))
    lines: list[float] = []
    for index, (start, meter) in enumerate(changes):
        stop = changes[index + 1][0] if index + 1 < len(changes) else end_beats
        place = start
        while place < stop - _SAME_BEATS:
            lines.append(place)
            place += meter.beats_per_bar
        if index + 1 == len(changes):
            lines.append(place)
    ticks = tuple(round((beats + lead) * TICKS_PER_BEAT) for beats in lines)
    changed = tuple((round((beats + lead) * TICKS_PER_BEAT), meter) for beats, meter in changes)
    return Bars(ticks, changed, (ticks[-1],), lead)
