"""N006 and N007: notes off the grid of 1/48 beat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.linter.finding import INFO, OFF, FixKind, Spot
from constraints.linter.rule import Rule
from violin.music import TICKS_PER_BEAT, nearest_tick

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject
    from violin.midi import PairedNote

_SHORTEST_GRID_STEP_TICKS = 2  # below that, one tick is a step of the grid and not a slip


class OffGridOnset(Rule):
    """Notes begin off the grid of 1/48 beat.

    Why: notation has no place for them. 48 steps a beat hold everything down to 64ths and
    32nd triplets. Such onsets usually come from a played performance or from a converter's rounding.

    Example: a human recording; quintuplets, which the grid does not hold exactly.

    Fix: --unsafe-fixes moves each to the nearest step and keeps the note's end.
    """

    code = "N006"
    name = "off-grid-onset"
    severities = INFO, INFO, OFF
    fix_kind = FixKind.UNSAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        division = subject.ticks_per_beat
        if not TICKS_PER_BEAT % division:
            return  # every tick is a step of the grid
        off = [
            note
            for note in subject.notes
            if note[0] * TICKS_PER_BEAT % division and _grid_tick(note[0], subject) != note[0]
        ]
        if off:
            message = (
                f"{len(off)} of {len(subject.notes)} notes begin off the grid of 1/48 beat; this one first"
            )
            yield Spot(message, off[0].onset_ticks, off[0].on)

    def fix(self, subject: Subject, edit: Edit) -> None:
        for note in subject.notes:
            onset = _grid_tick(note.onset_ticks, subject)
            if onset != note.onset_ticks:
                edit.move(note.on, onset)
                if note.off is not None and note.end_ticks <= onset:
                    edit.move(note.off, _grid_tick(onset + subject.tolerance_ticks, subject))


class OneTickGap(Rule):
    """Notes are released one tick before the next onset or beat.

    Why: notation programs do that to make repeated notes audible; no rest is meant. A reader that
    takes the ticks literally finds rests of 1/480 beat everywhere.

    Example: every export of MuseScore.

    Fix: --unsafe-fixes lengthens each by that tick.
    """

    code = "N007"
    name = "one-tick-gap"
    severities = INFO, INFO, OFF
    fix_kind = FixKind.UNSAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        early = _released_early(subject)
        if early:
            message = f"{len(early)} of {len(subject.notes)} notes end one tick early; this one first"
            yield Spot(message, early[0][0].end_ticks, early[0][0].off)

    def fix(self, subject: Subject, edit: Edit) -> None:
        for note, end in _released_early(subject):
            if note.off is not None:
                edit.move(note.off, end)


def _grid_tick(tick: int, subject: Subject) -> int:
    """The step of the 1/48-beat grid that is nearest to a tick, in the file's ticks."""
    division = subject.ticks_per_beat
    if not tick * TICKS_PER_BEAT % division:
        return tick
    return nearest_tick(nearest_tick(tick, division), TICKS_PER_BEAT, division)


def _released_early(subject: Subject) -> list[tuple[PairedNote, int]]:
    """The notes that end a tick before an onset or a beat, and where they should end. The nearest grid step
    of an end stays the same."""
    division = subject.ticks_per_beat
    if division < _SHORTEST_GRID_STEP_TICKS * TICKS_PER_BEAT:
        return []
    last_of_run: dict[int, int] = {}  # onset -> the last of the onsets that follow it tick by tick
    for onset in reversed(subject.onsets):
        last_of_run[onset] = last_of_run.get(onset + 1, onset)
    early = []
    for note in subject.notes:
        following = note[2] + 1
        if (following in last_of_run or not following % division) and note.off and note[0] < note[2]:
            end = note.end_ticks
            step = (2 * end * TICKS_PER_BEAT + division) // (2 * division)
            last_of_step = (division * (2 * step + 1) - 1) // (2 * TICKS_PER_BEAT)
            while end < last_of_step and (end + 1 in last_of_run or not (end + 1) % division):
                end = last_of_run.get(end + 1, end + 1)
            end = min(end, last_of_step)
            if end > note.end_ticks:
                early.append((note, end))
    return early
