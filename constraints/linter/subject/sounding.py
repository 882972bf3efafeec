"""Notes that sound together, on the grid of 48 ticks a beat."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

GridNote = tuple[int, int, int]
"""(onset, end, pitch) at 48 ticks a beat."""


class Sounding(NamedTuple):
    """Notes that sound together: from a grid tick until the next change, ascending distinct pitches,
    and whether one of them is held from before."""

    tick: int
    until: int
    pitches: tuple[int, ...]
    is_held: bool


def runs_of(joined: list[int]) -> list[slice]:
    """Indices of notes that belong with the next one, ascending -> the runs of notes that belong together."""
    runs: list[slice] = []
    if joined:
        start = previous = joined[0]
        for index in joined[1:]:
            if index != previous + 1:
                runs.append(slice(start, previous + 2))
                start = index
            previous = index
        runs.append(slice(start, previous + 2))
    return runs


def sounding_sets(notes: list[GridNote]) -> list[Sounding]:
    """The sets of two notes or more that sound together, from each change to the next."""
    starts = sorted((onset, pitch) for onset, _, pitch in notes)
    ends = sorted((end, pitch) for _, end, pitch in notes)
    result = []
    sounding: dict[int, int] = {}  # pitch -> notes; at most 128, however many notes pile up
    started = ended = 0
    count = len(notes)
    for tick, until in pairwise(sorted({tick for onset, end, _ in notes for tick in (onset, end)})):
        while ended < count and ends[ended][0] <= tick:
            pitch = ends[ended][1]
            ended += 1
            sounding[pitch] -= 1
            if not sounding[pitch]:
                del sounding[pitch]
        is_held = bool(sounding)
        while started < count and starts[started][0] == tick:
            pitch = starts[started][1]
            started += 1
            sounding[pitch] = sounding.get(pitch, 0) + 1
        if len(sounding) > 1:
            result.append(Sounding(tick, until, tuple(sorted(sounding)), is_held))
    return result
