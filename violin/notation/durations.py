"""Ticks to note values: which stretches of a bar are triplets, and where a note is divided and tied.

A stretch whose cuts all lie on 64th notes is written plainly. Any other becomes the shortest 3:2 tuplet
that holds its cuts; on the grid of 48 ticks a quarter every cut has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from violin.notation.meter_levels import SHORTEST_TICKS, WHOLE_TICKS, MeterLevels

_TUPLET_SPANS = {  # length of a possible tuplet -> what its cuts must be a multiple of
    192: 64,  # triplet half notes over a bar of 4/4
    96: 32,
    48: 4,
    24: 2,
    12: 1,
    6: 1,
    3: 1,
}


class Value(NamedTuple):
    """A note value: 1 / 2**`power` of a whole note, with 0 to 2 dots."""

    power: int
    dots: int


class Stretch(NamedTuple):
    """Part of a bar, in ticks from the barline, that is written plainly or as one 3:2 tuplet."""

    start: int
    end: int
    is_tuplet: bool


_PLAIN = {
    (WHOLE_TICKS >> power) * (2 ** (dots + 1) - 1) // 2**dots: Value(power, dots)
    for dots in (2, 1, 0)
    for power in range(7)
    if (WHOLE_TICKS >> power) % 2**dots == 0 and (dots < 2 or power <= 2)
}
_IN_TUPLET = {
    (128 >> power) * (2 ** (dots + 1) - 1) // 2**dots: Value(power, dots)
    for dots in (1, 0)
    for power in range(8)
    if (128 >> power) % 2**dots == 0
}


def value_of(ticks: int, is_tuplet: bool) -> Value | None:
    """The single note value of a length, or None if that takes a tie.

    >>> value_of(72, False), value_of(16, True), value_of(60, False)
    (Value(power=2, dots=1), Value(power=3, dots=0), None)
    """
    return (_IN_TUPLET if is_tuplet else _PLAIN).get(ticks)


def stretches(cuts: Iterable[int], levels: MeterLevels) -> list[Stretch]:
    """A bar as plain stretches and tuplets, in order; `cuts` are the ticks where a note or rest begins.

    >>> from violin.music import Meter
    >>> from violin.notation.meter_levels import meter_levels
    >>> [tuple(one) for one in stretches([0, 16, 32, 48], meter_levels(Meter(3, 4)))]
    [(0, 48, True), (48, 144, False)]
    """
    found: list[Stretch] = []
    for one in _divided(0, levels.bar_ticks, sorted(set(cuts)), levels.units):
        if found and not found[-1].is_tuplet and not one.is_tuplet:
            found[-1] = Stretch(found[-1].start, one.end, False)
        else:
            found.append(one)
    return found


def _divided(start: int, end: int, cuts: Sequence[int], units: Sequence[int]) -> list[Stretch]:
    inner = [cut - start for cut in cuts if start < cut < end]
    if all(cut % SHORTEST_TICKS == 0 for cut in inner):
        return [Stretch(start, end, False)]
    length = end - start
    multiple = _TUPLET_SPANS.get(length)
    is_halved = length % 2 == 0 and length // 2 in inner
    if multiple and not is_halved and all(cut % multiple == 0 for cut in inner):
        return [Stretch(start, end, True)]
    smaller = [unit for unit in units if unit < length] or [length // 2]
    part = smaller[0]
    found = []
    for place in range(start, end, part):
        found += _divided(place, min(place + part, end), cuts, smaller)
    return found


def divided(start: int, end: int, stretch: Stretch, levels: MeterLevels, is_rest: bool) -> list[int]:
    """The ticks, from `start` to `end`, at which a note or rest within one stretch is divided.

    >>> from violin.music import Meter
    >>> from violin.notation.meter_levels import meter_levels
    >>> divided(24, 120, Stretch(0, 192, False), meter_levels(Meter(4, 4)), False)
    [24, 96, 120]
    """
    if not stretch.is_tuplet:
        return _pieces(start, end, 0, levels.units, False, is_rest)
    third = (stretch.end - stretch.start) // 3
    units = [third]
    while units[-1] % 2 == 0:
        units.append(units[-1] // 2)
    return _pieces(start, end, stretch.start, units, True, is_rest)


def _pieces(
    start: int, end: int, origin: int, units: Sequence[int], is_tuplet: bool, is_rest: bool
) -> list[int]:
    crossed = _strongest_crossed(start - origin, end - origin, units)
    single = value_of(end - start, is_tuplet) is not None
    if crossed is None:
        if single:
            return [start, end]
        raise AssertionError(f"{end - start} ticks at {start} have no note value")
    unit, first, last = crossed
    if single and _may_cross(start - origin, end - origin, unit, is_rest, is_tuplet):
        return [start, end]
    cut = origin + (last if (start - origin) % unit == 0 else first)
    before = _pieces(start, cut, origin, units, is_tuplet, is_rest)
    return before[:-1] + _pieces(cut, end, origin, units, is_tuplet, is_rest)


def _strongest_crossed(start: int, end: int, units: Sequence[int]) -> tuple[int, int, int] | None:
    """The longest unit with a multiple between two ticks, and the first and the last such multiple."""
    for unit in units:
        first = (start // unit + 1) * unit
        if first < end:
            return unit, first, (end - 1) // unit * unit
    return None


def _may_cross(start: int, end: int, unit: int, is_rest: bool, is_tuplet: bool) -> bool:
    """Whether one note value may cover a multiple of `unit`.

    It may if it begins on a multiple; a rest, or any value in a dotted beat, must also end on one. A note
    may also begin half a unit before a multiple, if it ends on one or is as long as the unit (a syncopation).
    """
    is_dotted_beat = unit % 9 == 0
    if start % unit == 0:
        return is_tuplet or end % unit == 0 or not (is_rest or is_dotted_beat)
    if is_rest or start % unit * 2 != unit:
        return False
    return end % unit == 0 or end - start == unit
