"""Cuts a part into phrases of 8 to 16 bars at musical boundaries.

A *run* is a stretch of whole bars in one meter (3/4 or 4/4; 2/2 counts as 4/4) and one key
in which every sounding set is playable; a rest of two bars ends it. Within a run the phrases
are chosen together: of all ways to place non-overlapping phrases of 8 to 16 bars, the one with
the greatest sum of boundary strengths at their ends (`data_prep.phrases.boundary`), minus a penalty for
each bar that no phrase covers. *Windows* overlap the phrases and are only for training.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from typing import Protocol, TypeVar

from data_prep.grid.signature import corrected_keys
from data_prep.phrases.boundary import barline_strengths
from violin.challenge import MAX_BARS, MIN_BARS
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH, is_playable
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, TICKS_PER_BEAT, Key, Meter, Note, Phrase, sounding_sets

Value = TypeVar("Value")

_METERS = {Meter(3, 4): Meter(3, 4), Meter(4, 4): Meter(4, 4), Meter(2, 2): Meter(4, 4)}
_RUN_EDGE_STRENGTH = 1.0
_UNCOVERED_BAR_PENALTY = 0.3
_MOST_SILENT_SHARE = 0.25
_FEWEST_NOTES_A_BAR = 1
_WINDOW_HOP_BARS = 4


class Part(Protocol):
    """What cutting needs from a violin part: notes on the 48-tick grid and its bars.

    `meters`, `keys` and `tempos` (µs a beat) are (tick of change, value), the first at 0;
    `barlines` holds every barline including the final one.
    """

    @property
    def notes(self) -> tuple[Note, ...]: ...
    @property
    def meters(self) -> tuple[tuple[int, Meter], ...]: ...
    @property
    def keys(self) -> tuple[tuple[int, Key], ...]: ...
    @property
    def tempos(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def barlines(self) -> tuple[int, ...]: ...
    @property
    def double_bars(self) -> tuple[int, ...]: ...
    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cut:
    """A phrase and the bar of its part, from 0, at which it begins."""

    phrase: Phrase
    start_bar: int
    window: bool = False


@dataclass(frozen=True, slots=True)
class Segmented:
    """The cuts of one part, and why the other bars were left out: reason -> bars."""

    cuts: tuple[Cut, ...]
    left_bars: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Bar:
    """`fault` names why the bar cannot be in a phrase, "" if it can."""

    start_ticks: int
    meter: Meter | None
    key: Key | None
    onsets: int
    fault: str


def segment(part: Part, windows: bool = True) -> Segmented:
    """Cut a part into phrases, and into overlapping windows if requested."""
    bars = _bars(part)
    left: Counter[str] = Counter(bar.fault for bar in bars if bar.fault)
    strengths = barline_strengths(part.notes, part.barlines, part.double_bars)
    cuts: list[Cut] = []
    runs = list(_runs(bars))
    silent = len(bars) - sum(left.values()) - sum(last - first for first, last in runs)
    if silent:
        left["silent"] = silent
    for first, last in runs:
        if last - first < MIN_BARS:
            left["run shorter than 8 bars"] += last - first
            continue
        spans = _best_spans(bars, first, last, strengths.tolist())
        left["between phrases"] += last - first - sum(end - start for start, end in spans)
        cuts += [Cut(_phrase(part, bars, start, end), start) for start, end in spans]
        if windows:
            chosen = set(spans)
            cuts += [
                Cut(_phrase(part, bars, start, end), start, window=True)
                for start, end in _window_spans(part.path, first, last)
                if (start, end) not in chosen and _is_musical(bars, start, end)
            ]
    return Segmented(tuple(cuts), left)


def _bars(part: Part) -> list[_Bar]:
    lines = part.barlines
    onsets = [note.onset_ticks for note in part.notes]
    unplayable = _unplayable_ticks(part.notes)
    keys = corrected_keys(part.keys, part.notes, lines[-1]) if lines else ()
    bars = []
    for start, end in pairwise(lines):
        written = at_tick(part.meters, start)
        meter = _METERS.get(written) if written else None
        if meter is None:
            fault = f"meter {written}"
        elif end - start != meter.bar_ticks(TICKS_PER_BEAT):
            fault = "incomplete bar"
        elif bisect_left(unplayable, start) != bisect_left(unplayable, end):
            fault = "unplayable or out of range"
        else:
            fault = ""
        count = bisect_left(onsets, end) - bisect_left(onsets, start)
        bars.append(_Bar(start, meter, at_tick(keys, start), count, fault))
    return bars


def at_tick(changes: Sequence[tuple[int, Value]], tick: int) -> Value | None:
    """The value in force at a tick."""
    index = bisect_right(changes, tick, key=itemgetter(0)) - 1
    return changes[index][1] if index >= 0 else None


def _unplayable_ticks(notes: Sequence[Note]) -> list[int]:
    """Ascending ticks at which a note out of range begins or a sounding set is unplayable."""
    ticks = {note.onset_ticks for note in notes if not LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH}
    ticks.update(tick for tick, pitches in sounding_sets(notes) if pitches and not is_playable(pitches))
    return sorted(ticks)


def _runs(bars: Sequence[_Bar]) -> Iterator[tuple[int, int]]:
    """(first, last) bar indices, half open, of each stretch that a phrase may lie in; it
    begins and ends with a bar in which a note begins."""
    first = 0
    while first < len(bars):
        if bars[first].fault or not bars[first].onsets:
            first += 1
            continue
        last = first + 1
        while last < len(bars) and _continues(bars, first, last):
            last += 1
        resume = last
        while not bars[last - 1].onsets:
            last -= 1
        yield first, last
        first = resume


def _continues(bars: Sequence[_Bar], first: int, index: int) -> bool:
    """Whether bar `index` continues the run that began at `first`."""
    bar, before = bars[index], bars[index - 1]
    same = bar.meter == bars[first].meter and bar.key == bars[first].key
    return not bar.fault and same and (bar.onsets > 0 or before.onsets > 0)


def _is_musical(bars: Sequence[_Bar], start: int, end: int) -> bool:
    """Whether notes begin in the first and the last bar, and enough of them in between."""
    inner = bars[start:end]
    silent = sum(not bar.onsets for bar in inner)
    notes = sum(bar.onsets for bar in inner)
    return (
        inner[0].onsets > 0
        and inner[-1].onsets > 0
        and silent <= _MOST_SILENT_SHARE * len(inner)
        and notes >= _FEWEST_NOTES_A_BAR * len(inner)
    )


def _best_spans(
    bars: Sequence[_Bar], first: int, last: int, strengths: Sequence[float]
) -> list[tuple[int, int]]:
    """The non-overlapping phrases of a run: greatest sum of strengths minus penalties."""
    count = last - first
    at = [strengths[first + index] for index in range(count + 1)]
    at[0] = at[count] = _RUN_EDGE_STRENGTH
    best = [0.0] * (count + 1)
    came: list[int] = [-1] * (count + 1)  # start of the phrase that ends here, or -1
    for end in range(1, count + 1):
        best[end] = best[end - 1] - _UNCOVERED_BAR_PENALTY
        for length in range(MIN_BARS, min(MAX_BARS, end) + 1):
            start = end - length
            value = best[start] + at[start] + at[end]
            if value > best[end] and _is_musical(bars, first + start, first + end):
                best[end], came[end] = value, start
    spans = []
    end = count
    while end > 0:
        start = came[end]
        if start < 0:
            end -= 1
            continue
        spans.append((first + start, first + end))
        end = start
    return spans[::-1]


def _window_spans(path: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Spans every four bars of a run; the length, 8 to 16 bars, comes from a hash of the place."""
    for start in range(first, last - MIN_BARS + 1, _WINDOW_HOP_BARS):
        digest = hashlib.sha256(f"{path}:{start}".encode()).digest()
        length = MIN_BARS + digest[0] % (MAX_BARS - MIN_BARS + 1)
        yield start, min(start + length, last)


def _phrase(part: Part, bars: Sequence[_Bar], start: int, end: int) -> Phrase:
    """The notes that begin in bars start..end-1, cut at the last barline: a tie out of the
    phrase is dropped, and so is a note tied into it."""
    from_ticks, to_ticks = part.barlines[start], part.barlines[end]
    low = bisect_left(part.notes, from_ticks, key=_onset)
    high = bisect_left(part.notes, to_ticks, key=_onset)
    meter = bars[start].meter
    assert meter is not None  # a bar of another meter is in no run
    return Phrase(
        notes=tuple(
            Note(note.onset_ticks - from_ticks, note.pitch, min(note.end_ticks, to_ticks) - note.onset_ticks)
            for note in part.notes[low:high]
        ),
        bars=end - start,
        meter=meter,
        key=bars[start].key,
        tempo_us_per_beat=_longest_tempo(part.tempos, from_ticks, to_ticks),
    )


def _onset(note: Note) -> int:
    return note.onset_ticks


def _longest_tempo(tempos: Sequence[tuple[int, int]], from_ticks: int, to_ticks: int) -> int:
    """The tempo (µs a beat) that holds for most of a stretch."""
    lengths: Counter[int] = Counter()
    for index, (tick, tempo) in enumerate(tempos):
        until = tempos[index + 1][0] if index + 1 < len(tempos) else to_ticks
        lengths[tempo] += max(0, min(until, to_ticks) - max(tick, from_ticks))
    return lengths.most_common(1)[0][0] if lengths else DEFAULT_TEMPO_US_PER_BEAT
