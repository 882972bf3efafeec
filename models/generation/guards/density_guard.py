"""The density guard: keeps the number of onsets a beat of the composed bars inside a band.

The density token of the prompt only suggests a density. The guard counts the onsets from the first
composed bar on. An onset is allowed while the count, this onset included, is at most one bar's worth
above the band's upper limit. An onset is required before the count falls a bar's worth below the lower
limit, and no note lasts beyond that time. If a density class is requested, the band is that class. Then
the distance of two onsets is also at least two thirds of the mean distance at the upper limit, and a note
lasts until the next onset is allowed, at most to the barline. Without a request the band reaches two
classes below and above the class that the given bars suggest (`models.generation.density`), and the
count may be two bars' worth outside it: at least 98 % of the phrases of the training split pass. The rules
have priority: a restriction that would leave no legal token is dropped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.language.vocabulary import (
    DENSITY_BOUNDS_ONSETS_PER_BEAT,
    DENSITY_CLASSES,
    LONGEST_DURATION_TICKS,
    VOCABULARY,
    Kind,
)
from violin.music import TICKS_PER_BEAT

SUGGESTED_CLASSES = 2  # above and below the class that the given bars suggest
_SPACING = 2 / 3  # of the mean distance at the upper limit
_INSIDE = 0.9  # narrows the band of a requested class, because the count may exceed it by a bar's worth

_POSITIONS, _DURATIONS = VOCABULARY.span(Kind.POSITION), VOCABULARY.span(Kind.DURATION)


@dataclass(frozen=True, slots=True)
class DensityBand:
    """Limits in onsets a beat. `bars_ahead`: by how many bars' worth of onsets the count may exceed
    them. `spacing_ticks`: the least distance of onsets in grid ticks."""

    lowest: float = 0.0
    highest: float = math.inf
    bars_ahead: float = 1.0
    spacing_ticks: float = 0.0


def requested_band(density: int) -> DensityBand:
    """The band of a requested density class, 0 to 5."""
    band = _band(density, density)
    if math.isinf(band.highest):
        return DensityBand(band.lowest / _INSIDE)
    highest = _INSIDE * band.highest
    return DensityBand(band.lowest / _INSIDE, highest, spacing_ticks=_SPACING * TICKS_PER_BEAT / highest)


def suggested_band(density: int | None) -> DensityBand:
    """The band around the class that the given bars suggest; None: no limit."""
    if density is None:
        return DensityBand()
    return replace(_band(density - SUGGESTED_CLASSES, density + SUGGESTED_CLASSES), bars_ahead=2.0)


def _band(low: int, high: int) -> DensityBand:
    bounds = DENSITY_BOUNDS_ONSETS_PER_BEAT
    return DensityBand(
        bounds[low - 1] if low > 0 else 0.0, bounds[high] if high < DENSITY_CLASSES - 1 else math.inf
    )


class DensityGuard:
    """State of B rows that are composed in one batch: the band and the bar length of each row."""

    def __init__(self, bands: Sequence[DensityBand], bar_ticks: Sequence[int]) -> None:
        rows = len(bands)
        limits = [(band.lowest, band.highest, band.bars_ahead, band.spacing_ticks) for band in bands]
        self._lowest, self._highest, ahead, self._spacing = np.array(limits).reshape(rows, 4).T
        self._bar_ticks = np.array(bar_ticks)
        self._beats_ahead = ahead * self._bar_ticks / TICKS_PER_BEAT
        self._bar = np.full(rows, -1)
        self._position = np.zeros(rows, dtype=np.int64)
        self._onsets = np.zeros(rows, dtype=np.int64)
        self._onset = np.zeros(rows, dtype=np.int64)  # the last one's tick, from the start of the middle
        self._spent = np.zeros(rows, dtype=np.int64)  # ticks of the current note's LONGER tokens

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        """Clear the places and durations outside the bands in a mask bool[B, V], in place."""
        start = np.maximum(self._bar, 0) * self._bar_ticks
        now, barline = start + self._position, start + self._bar_ticks
        earliest, latest = self._earliest(), self._latest()
        bound = (self._bar >= 0) & ((earliest > now + 1) | (latest < barline))
        for row in np.flatnonzero(bound):
            allowed = mask[row].copy()
            places, durations = allowed[_POSITIONS], allowed[_DURATIONS]
            if places.any():
                places[: max(math.ceil(earliest[row] - start[row]), 0)] = False
                self._require_onset(allowed, float(latest[row] - start[row]), int(self._bar_ticks[row]))
            elif durations.any():
                begun = int(now[row] + self._spent[row])
                shortest = min(math.ceil(earliest[row]), int(barline[row])) - begun
                durations[: max(shortest - 1, 0)] = False
                longest = max(latest[row] - begun, shortest, 1)
                if longest <= LONGEST_DURATION_TICKS:
                    durations[math.floor(longest) :] = False
                    allowed[VOCABULARY.LONGER] = False
            if allowed.any():
                mask[row] = allowed

    def advance(self, tokens: NDArray[np.int64]) -> None:
        """Update the state with the tokens int[B] that the rows have just taken."""
        kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
        barline, position = kind == Kind.BAR, kind == Kind.POSITION
        self._bar += barline
        self._position = np.where(barline, 0, np.where(position, value, self._position))
        self._onsets += position
        self._onset = np.where(position, self._bar * self._bar_ticks + self._position, self._onset)
        self._spent[kind == Kind.PITCH] = 0
        self._spent[kind == Kind.LONGER] += LONGEST_DURATION_TICKS

    def _require_onset(self, allowed: NDArray[np.bool_], latest: float, bar_ticks: int) -> None:
        """Keep only the places up to `latest` (ticks of the bar), or the first one after it."""
        places = allowed[_POSITIONS]
        if latest < bar_ticks and places.any():
            places[max(math.floor(latest), int(places.argmax())) + 1 :] = False
            allowed[[VOCABULARY.BAR, VOCABULARY.EOS]] = False

    def _earliest(self) -> NDArray[np.float64]:
        """float64[B]: the earliest tick of the next onset, from the start of the middle."""
        ahead = np.maximum(self._highest * self._beats_ahead, 1.0)
        with np.errstate(invalid="ignore"):
            allowed = (self._onsets + 1 - ahead) / self._highest * TICKS_PER_BEAT
        earliest = np.maximum(allowed, self._onset + self._spacing)
        return np.where((self._onsets == 0) | np.isinf(self._highest), 0.0, earliest)

    def _latest(self) -> NDArray[np.float64]:
        """float64[B]: the latest tick of the next onset, from the start of the middle."""
        ahead = self._lowest * self._beats_ahead
        with np.errstate(divide="ignore", invalid="ignore"):
            latest = (self._onsets + ahead) / self._lowest * TICKS_PER_BEAT
        return np.where(self._lowest > 0, latest, np.inf)
