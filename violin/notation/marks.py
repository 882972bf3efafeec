"""What can be written at a note: a finger and a string."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from violin.hand import STRING_NAMES, Stop
from violin.music import Phrase


@dataclass(frozen=True, slots=True)
class Mark:
    """`finger` 0 (open string) to 4; `string` 1 for the E string to 4 for the G string, as violinists count;
    None leaves either out. `shows_string` asks an engraver for the string's number."""

    finger: int | None = None
    string: int | None = None
    shows_string: bool = False


class HandStep(Protocol):
    """One onset of a fingering, as `constraints.hand.fingering` finds it."""

    @property
    def tick(self) -> int: ...

    @property
    def stops(self) -> Sequence[Stop]: ...


Marks = Mapping[int, Mark]
"""Marks by the place of their note in `Phrase.on_grid().notes`."""


def fingering_marks(phrase: Phrase, steps: Iterable[HandStep]) -> dict[int, Mark]:
    """The marks of a fingering whose ticks are those of `phrase.on_grid()`.

    A string's number is shown where the hand changes to a string on which the note is not in its
    usual place: a higher string holds it too, and the finger lies above the seventh fret.
    """
    notes = phrase.on_grid().notes
    by_onset: dict[int, list[int]] = {}
    for index, note in enumerate(notes):
        by_onset.setdefault(note.onset_ticks, []).append(index)
    marks: dict[int, Mark] = {}
    last_shown = -1
    for step in steps:
        for stop in step.stops:
            unusual = stop.string + 1 < len(STRING_NAMES) and stop.fret > 7
            shows = unusual and stop.string != last_shown
            last_shown = stop.string if unusual else -1
            for index in by_onset.get(step.tick, ()):
                if notes[index].pitch == stop.pitch:
                    marks[index] = Mark(stop.finger, len(STRING_NAMES) - stop.string, shows)
    return marks
