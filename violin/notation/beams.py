"""Beams: which neighbouring short notes of a voice are joined, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from violin.notation.meter_levels import MeterLevels

if TYPE_CHECKING:
    from violin.notation.measures import Item

_EIGHTH = 3  # the power of two of an eighth note: it has one flag, a sixteenth (4) two


def set_beams(items: Sequence[Item], levels: MeterLevels) -> None:
    """Write the beams into the items of one voice of one bar.

    Notes shorter than a quarter are joined within a beat; rests and longer notes end a group. Groups of
    plain eighth notes are joined further, over half a bar of 4/4 and a whole bar of 3/4.
    """
    for group in _groups(items, levels):
        if len(group) > 1:
            _beam(group)


def _groups(items: Sequence[Item], levels: MeterLevels) -> list[list[Item]]:
    """The notes that share one beam: those of a beat, then full beats of eighths joined."""
    groups: list[list[Item]] = []
    end = -1
    for item in items:
        if item.is_rest or item.value.power < _EIGHTH:
            continue
        beat = item.onset // levels.beam_ticks
        if item.onset == end and groups[-1][0].onset // levels.beam_ticks == beat:
            groups[-1].append(item)
        else:
            groups.append([item])
        end = item.end
    joined: list[list[Item]] = []
    for group in groups:
        if joined and _is_joined(joined[-1], group, levels):
            joined[-1] += group
        else:
            joined.append(group)
    return joined


def _is_joined(before: Sequence[Item], after: Sequence[Item], levels: MeterLevels) -> bool:
    """Whether two neighbouring groups are whole beats of plain eighth notes within one joined group."""
    block = levels.joined_beam_ticks
    return (
        before[-1].end == after[0].onset
        and before[0].onset // block == after[0].onset // block
        and all(_is_plain_beat(group, levels) for group in (before, after))
    )


def _is_plain_beat(group: Sequence[Item], levels: MeterLevels) -> bool:
    plain = all(item.value == (_EIGHTH, 0) and not item.in_tuplet for item in group)
    edges = group[0].onset, group[-1].end
    return plain and all(edge % levels.beam_ticks == 0 for edge in edges)


def _beam(group: Sequence[Item]) -> None:
    flags = [item.value.power - _EIGHTH + 1 for item in group]
    for level in range(max(flags)):
        for index, item in enumerate(group):
            if flags[index] <= level:
                continue
            before = index > 0 and flags[index - 1] > level
            after = index + 1 < len(group) and flags[index + 1] > level
            item.beams.append(_word(before, after, index, group))


def _word(before: bool, after: bool, index: int, group: Sequence[Item]) -> str:
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    return "forward hook" if index == 0 else "backward hook"
