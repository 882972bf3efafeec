"""The pulse of a bar: the units, from the longest to the shortest, at which a written note is divided."""

from __future__ import annotations

from dataclasses import dataclass

from violin.errors import NotationError
from violin.music import TICKS_PER_BEAT, Meter

WHOLE_TICKS = 4 * TICKS_PER_BEAT
SHORTEST_TICKS = 3  # a 64th note, the shortest that the grid holds outside a tuplet


@dataclass(frozen=True, slots=True)
class MeterLevels:
    """One meter on the grid of 48 ticks a quarter note.

    `units` are lengths in ticks from the longest to the shortest; a note that crosses a multiple of
    one is divided there unless it is a usual syncopation. `beam_ticks` is the length of a group of beamed
    notes, `joined_beam_ticks` that of a group of plain eighth notes, which editions join further.
    """

    bar_ticks: int
    units: tuple[int, ...]
    beam_ticks: int
    joined_beam_ticks: int


def meter_levels(meter: Meter) -> MeterLevels:
    """The levels of a meter; NotationError if a bar is not a whole number of 64th notes.

    >>> meter_levels(Meter(4, 4)).units
    (96, 48, 24, 12, 6, 3)
    >>> meter_levels(Meter(6, 8)).units
    (72, 24, 12, 6, 3)
    """
    unit, rest = divmod(WHOLE_TICKS, meter.denominator)
    if rest or unit < SHORTEST_TICKS:
        raise NotationError(f"a meter of {meter}; legal in notation: over 1, 2, 4, 8, 16, 32 or 64")
    is_compound = meter.denominator >= 8 and meter.numerator % 3 == 0 and meter.numerator > 3
    beat, beats = (3 * unit, meter.numerator // 3) if is_compound else (unit, meter.numerator)
    units = [2 * beat] if beats > 2 and beats & (beats - 1) == 0 else []
    units += [beat]
    below = unit if is_compound else unit // 2
    while below >= SHORTEST_TICKS:
        units.append(below)
        if below % 2:
            break
        below //= 2
    bar_ticks = unit * meter.numerator
    if is_compound or (meter.denominator == 8 and meter.numerator == 3):
        beam = joined = 3 * unit
    else:
        beam = TICKS_PER_BEAT
        joined = bar_ticks if meter == Meter(3, 4) else 2 * TICKS_PER_BEAT
    return MeterLevels(bar_ticks, tuple(units), beam, joined)
