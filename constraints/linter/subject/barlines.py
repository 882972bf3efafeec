"""The barlines of a file with any sequence of meters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from violin.smf import Event


class Stretch(NamedTuple):
    """A part of a file in one meter: its first tick, its first bar (from 0), and the ticks of a bar."""

    tick: int
    bar: int
    bar_ticks: int


class Barlines:
    """The positions of the bars; 4/4 before the first meter. A meter change inside a bar begins a new bar."""

    def __init__(self, meters: Iterable[Event], ticks_per_beat: int) -> None:
        self.ticks_per_beat = ticks_per_beat
        self.stretches = [Stretch(0, 0, 4 * ticks_per_beat)]
        for event in meters:
            last = self.stretches[-1]
            bar_ticks = max(1, 4 * event.data[0] * ticks_per_beat >> event.data[1])
            passed = -(-(event.tick - last.tick) // last.bar_ticks)
            here = Stretch(event.tick, last.bar + passed, bar_ticks)
            if event.tick == last.tick:
                self.stretches[-1] = here
            else:
                self.stretches.append(here)

    def stretch_at(self, tick: int) -> Stretch:
        """The stretch that contains a tick."""
        stretches = self.stretches
        if len(stretches) == 1:
            return stretches[0]
        return stretches[max(bisect_right(stretches, tick, key=itemgetter(0)) - 1, 0)]

    def bar_and_beat(self, tick: int) -> tuple[int, float]:
        """The bar and the beat (in quarter notes) of a tick, both from 1."""
        stretch = self.stretch_at(tick)
        bars, rest = divmod(tick - stretch.tick, stretch.bar_ticks)
        return stretch.bar + bars + 1, 1 + rest / self.ticks_per_beat

    def next_after(self, tick: int) -> int:
        """The first barline at a tick or after it."""
        stretch = self.stretch_at(tick - 1)
        return tick + (stretch.tick - tick) % stretch.bar_ticks

    def ticks_after(self, tick: int) -> int:
        """The distance of a tick from the nearest barline: after it (+) or before it (-)."""
        stretch = self.stretch_at(tick - 1)
        beyond = (tick - stretch.tick) % stretch.bar_ticks
        return beyond if 2 * beyond <= stretch.bar_ticks else beyond - stretch.bar_ticks
