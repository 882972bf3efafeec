"""A piece of any length cut into pages, each a phrase of one meter and key that can be engraved alone.

The times of a page are on the grid of 48 ticks a beat. A note that is held over a page's last barline is
written on both pages.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

from constraints.linter.subject import Subject
from violin.errors import NotationError
from violin.music import (
    DEFAULT_TEMPO_US_PER_BEAT,
    TICKS_PER_BEAT,
    Key,
    Meter,
    Note,
    Phrase,
    nearest_tick,
)
from violin.notation.excerpt import Excerpt
from violin.smf import Event

BARS_A_PAGE = 12
MOST_BARS = 6_000

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Page:
    """Some bars of a piece. `first_bar` counts from 0, `tick` and `bar_ticks` are in file ticks."""

    index: int
    first_bar: int
    bars: int
    tick: int
    bar_ticks: int
    meter: Meter
    key: Key | None
    tempo_us_per_beat: int
    excerpt: Excerpt

    @property
    def end_tick(self) -> int:
        return self.tick + self.bars * self.bar_ticks

    def grid_tick(self, bar: int, beat: float) -> int:
        """The tick on the page's grid of a bar of the piece (from 0) and a beat (from 1)."""
        return (bar - self.first_bar) * self.meter.bar_ticks() + round((beat - 1) * TICKS_PER_BEAT)


def pages_of(subject: Subject, label: Callable[[int], str] = str) -> list[Page]:
    """The pages of a file, up to `MOST_BARS` bars; `label` gives the printed number of a bar (from 1).

    NotationError for a meter that the grid cannot hold.
    """
    bars = min(subject.bars, MOST_BARS)
    spans = list(_spans(subject, bars))
    tempos = [(event.tick, int.from_bytes(event.data, "big")) for event in subject.tempos]
    pages: list[Page] = []
    for index, (first, count, tick, bar_ticks, meter, key) in enumerate(spans):
        tempo = _value_at(tempos, tick) or DEFAULT_TEMPO_US_PER_BEAT
        before = pages[-1] if pages else None
        excerpt = Excerpt(
            tuple(label(bar + 1) for bar in range(first, first + count)),
            shows_meter=before is None or before.meter != meter,
            shows_tempo=before is None,
            is_last=index == len(spans) - 1,
        )
        pages.append(Page(index, first, count, tick, bar_ticks, meter, key, tempo, excerpt))
    return pages


def phrase_of(subject: Subject, page: Page) -> Phrase:
    """The music of a page on the grid; NotationError if its bars cannot be written."""
    limit = page.bars * page.meter.bar_ticks()
    beats = subject.ticks_per_beat
    first = bisect_right(list(accumulate(subject.ends, max)), page.tick)
    here = slice(first, bisect_right(subject.onsets, page.end_tick - 1))
    notes = []
    for onset, end, pitch in zip(
        subject.onsets[here], subject.ends[here], subject.pitches[here], strict=True
    ):
        if end > page.tick:
            start = min(nearest_tick(max(onset - page.tick, 0), beats), limit - 1)
            stop = min(max(nearest_tick(end - page.tick, beats), start + 1), limit)
            notes.append(Note(start, pitch, stop - start))
    try:
        phrase = Phrase(tuple(notes), page.bars, page.meter, page.key, page.tempo_us_per_beat)
    except ValueError as error:
        raise NotationError(f"bars {page.first_bar + 1} to {page.first_bar + page.bars}: {error}") from None
    return phrase.on_grid()


def page_at(pages: Sequence[Page], bar: int) -> Page | None:
    """The page that holds a bar (from 0); None beyond the last page."""
    index = bisect_right(pages, bar, key=lambda page: page.first_bar) - 1
    if index < 0 or bar >= pages[index].first_bar + pages[index].bars:
        return None
    return pages[index]


def _spans(subject: Subject, bars: int) -> Iterator[tuple[int, int, int, int, Meter, Key | None]]:
    """(first bar, bars, tick, ticks of a bar, meter, key) of each page: a page ends where the meter or the
    key changes."""
    meters = [(event.tick, Meter(event.data[0], 1 << event.data[1])) for event in subject.meters]
    keys = [(event.tick, _key(event)) for event in subject.keys]
    stretches = [*subject.barlines.stretches]
    ends = [after.bar for after in stretches[1:]]
    for stretch, end in zip(stretches, [*ends, bars], strict=True):
        meter = _value_at(meters, stretch.tick) or Meter()
        try:
            meter.bar_ticks()
        except ValueError as error:
            raise NotationError(f"bar {stretch.bar + 1}: {error}") from None
        last = min(end, bars)
        changes = (
            stretch.bar + -(-(tick - stretch.tick) // stretch.bar_ticks)
            for tick, _ in keys
            if tick > stretch.tick
        )
        cuts = sorted({stretch.bar, last, *(bar for bar in changes if bar < last)})
        for start, stop in pairwise(cuts):
            for first in range(start, stop, BARS_A_PAGE):
                tick = stretch.tick + (first - stretch.bar) * stretch.bar_ticks
                count = min(BARS_A_PAGE, stop - first)
                yield first, count, tick, stretch.bar_ticks, meter, _value_at(keys, tick)


def _key(event: Event) -> Key | None:
    fifths = int.from_bytes(event.data[:1], "big", signed=True)
    return Key(fifths, event.data[1] == 1) if -7 <= fifths <= 7 else None


def _value_at(changes: Sequence[tuple[int, _Value]], tick: int) -> _Value | None:
    """The value in force at a tick; None before the first change."""
    index = bisect_right(changes, tick, key=lambda change: change[0])
    return changes[index - 1][1] if index else None
