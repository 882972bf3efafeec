"""What may be written next."""

from __future__ import annotations

from dataclasses import dataclass

from violin.music import Meter


@dataclass(frozen=True, slots=True)
class DecodeSpec:
    """What the decoder must know of one answer.

    bars             of the whole phrase, 8..16
    beginning_bars   given before the middle; ending_bars: given after it; 0 where there are none
    held             (pitch, grid ticks left at the middle's first barline) of each note of the
                     beginning that sounds on into the middle
    has_given_notes  whether the given bars hold any note at all
    """

    bars: int
    beginning_bars: int
    ending_bars: int
    meter: Meter
    held: tuple[tuple[int, int], ...] = ()
    has_given_notes: bool = True
