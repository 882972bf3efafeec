"""Item 3 of the challenge: a constant tempo. Also tempos and signatures that are repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from constraints.linter.finding import ERROR, INFO, OFF, WARNING, FixKind, Spot
from constraints.linter.rule import Rule
from violin.smf import KEY, METER, TEMPO

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject
    from violin.smf import Event

NO_CHANGE = "legal: no change"
DEFAULT_TEMPO = (500_000).to_bytes(3, "big")
_META_NAMES = {TEMPO: "tempo", METER: "time signature", KEY: "key signature"}


def value(event: Event) -> bytes:
    """The bytes of a tempo, meter or key event that count: all except a meter's metronome clicks."""
    return event.data[:2] if event.kind == METER else event.data


def first_onset(subject: Subject) -> int:
    return subject.notes[0].onset_ticks if subject.notes else 0


def changes(events: Sequence[Event], first_onset: int, default: bytes) -> list[Event]:
    """The events that differ from the one in force at the first note (`default` if no
    event comes before it)."""
    if len(events) == 1 and events[0].tick <= first_onset:
        return []
    base = default
    for event in events:
        if event.tick <= first_onset:
            base = value(event)
    return [event for event in events if value(event) != base]


def first_change(events: Sequence[Event], message: str | Callable[[Event], str]) -> Iterator[Spot]:
    """One spot for all changes, at the first; `message` says what is wrong there."""
    if events:
        text = message if isinstance(message, str) else message(events[0])
        more = f"; and {len(events) - 1} more" if len(events) > 1 else ""
        yield Spot(text + more, events[0].tick, events[0], places=len(events))


def _bpm(event: Event) -> str:
    return f"{60e6 / int.from_bytes(event.data, 'big'):.4g} beats a minute"


class TempoChange(Rule):
    """The tempo changes.

    Why: item 3 asks for one constant tempo.

    Example: a ritardando or a fermata that a notation program turns into tempos.

    Fix: --unsafe-fixes keeps only the tempo of the first note.
    """

    code = "C031"
    name = "tempo-change"
    severities = ERROR, ERROR, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "tempos"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.tempos:
            found = changes(subject.tempos, first_onset(subject), DEFAULT_TEMPO)
            yield from first_change(found, lambda event: f"the tempo becomes {_bpm(event)}; {NO_CHANGE}")

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(changes(subject.tempos, first_onset(subject), DEFAULT_TEMPO))


class MissingTempo(Rule):
    """No tempo is given.

    Why: a reader then takes 120 beats a minute. The challenge asks to keep a given tempo "even
    where it is the default value".

    Example: a file by a library that writes only notes.

    Fix: --fix writes 120 beats a minute, which is what was heard.
    """

    code = "C032"
    name = "missing-tempo"
    severities = INFO, INFO, INFO
    fix_kind = FixKind.SAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        if not subject.tempos:
            yield Spot("no tempo: 120 beats a minute is understood; legal: one tempo at the start")

    def fix(self, subject: Subject, edit: Edit) -> None:
        if not subject.tempos:
            edit.add(0, TEMPO, DEFAULT_TEMPO)


class RepeatedEqualMeta(Rule):
    """A tempo, time signature or key signature repeats the one before it.

    Why: it changes nothing, but a reader that counts such events takes it for a change.

    Example: a sequencer that repeats the time signature at each loop point.

    Fix: --fix deletes the repetition.
    """

    code = "C033"
    name = "repeated-equal-meta"
    severities = WARNING, INFO, INFO
    fix_kind = FixKind.SAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        repeated = self._repeated(subject)
        for kind, name in _META_NAMES.items():
            found = [event for event in repeated if event.kind == kind]
            message = f"the same {name} again; legal: once, at the start"
            yield from first_change(found, message)

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(self._repeated(subject))

    @staticmethod
    def _repeated(subject: Subject) -> list[Event]:
        return [
            event
            for events in (subject.tempos, subject.meters, subject.keys)
            if len(events) > 1
            for before, event in pairwise(events)
            if value(event) == value(before)
        ]
