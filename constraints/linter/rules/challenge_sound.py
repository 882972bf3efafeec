"""Items 5 and 6 of the challenge: constant velocity, no controllers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.linter.finding import ERROR, INFO, OFF, WARNING, FixKind, Spot, counted
from constraints.linter.rule import Rule
from constraints.linter.rules.challenge_tempo import first_onset

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject
    from violin.smf import Event

CENTRED_BEND = b"\x00\x40"
_SETUP = {
    0: "bank",
    7: "volume",
    10: "pan",
    32: "bank",
    91: "reverb",
    92: "tremolo depth",
    93: "chorus",
    94: "detune",
    95: "phaser",
    120: "all sound off",
    121: "reset",
    123: "all notes off",
}
_EXPRESSIVE = {
    1: "modulation",
    2: "breath",
    11: "expression",
    64: "sustain",
    66: "sostenuto",
    67: "soft pedal",
}


class VelocityVaries(Rule):
    """The notes differ in velocity.

    Why: item 5 asks for a constant velocity, so that only the notes are judged, not a performance.

    Example: an export that turns accents and dynamics into velocities.

    Fix: --unsafe-fixes gives every note the commonest velocity.
    """

    code = "C051"
    name = "velocity-varies"
    severities = ERROR, INFO, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "notes"

    def check(self, subject: Subject) -> Iterator[Spot]:
        notes = subject.notes
        if len(set(subject.velocities)) > 1:
            common = _commonest_velocity(subject)
            others = [note for note in notes if note.velocity != common]
            first = others[0]
            share = f"{len(others)} of {len(notes)} notes"
            found = f"{share} differ from velocity {common}, first {first.velocity}"
            yield Spot(f"{found}; legal: one velocity", first.onset_ticks, first.on)

    def fix(self, subject: Subject, edit: Edit) -> None:
        if subject.notes:
            common = _commonest_velocity(subject)
            edit.replace_all(
                {note.on.offset: note.on._replace(data=bytes((note.pitch, common))) for note in subject.notes}
            )


def _commonest_velocity(subject: Subject) -> int:
    """The velocity that most notes have; of equally frequent ones the first."""
    return Counter(note.velocity for note in subject.notes).most_common(1)[0][0]


def is_setup(event: Event, subject: Subject) -> bool:
    """Whether a controller only sets up its channel: it does so before the first note."""
    return event.data[0] in _SETUP and event.tick <= first_onset(subject)


class ExpressionController(Rule):
    """A controller shapes the sound: sustain, expression, modulation, or any controller during the music.

    Why: item 6 allows no sustain pedal and no other articulation by controllers.

    Example: controller 64, a sustain pedal, or controller 2, the breath that notation programs
    use for dynamics on one note.

    Fix: --unsafe-fixes deletes it.
    """

    code = "C061"
    name = "sustain-or-expression-cc"
    severities = ERROR, WARNING, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "controllers"

    def check(self, subject: Subject) -> Iterator[Spot]:
        seen: dict[int, list[Event]] = {}
        for event in subject.controllers:
            if not is_setup(event, subject):
                seen.setdefault(event.data[0], []).append(event)
        for number, events in sorted(seen.items()):
            known = _EXPRESSIVE.get(number) or _SETUP.get(number)
            what = f"controller {number}" + (f" ({known})" if known else "")
            times = f", {len(events)} times" if len(events) > 1 else ""
            yield Spot(f"{what}{times}; legal: no controllers", events[0].tick, events[0])

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(event for event in subject.controllers if not is_setup(event, subject))


class SetupController(Rule):
    """A controller sets up a channel before the first note: volume, pan, reverb, reset, bank.

    Why: item 6 allows no articulation. These articulate nothing: they set a mixer, and each program sets it
    differently.

    Example: MuseScore's five controllers (121, 7, 10, 91, 93) for each of its channels.

    Fix: --fix deletes them. A bank select, a volume of 0 or a detune is heard: only --unsafe-fixes
    deletes these.
    """

    code = "C062"
    name = "setup-cc-at-zero"
    severities = WARNING, INFO, OFF
    fix_kind = FixKind.SAFE
    evidence = "controllers"

    def check(self, subject: Subject) -> Iterator[Spot]:
        silent, heard = _setup(subject)
        for events, kind in ((silent, FixKind.SAFE), (heard, FixKind.UNSAFE)):
            if events:
                numbers = ", ".join(str(number) for number in sorted({event.data[0] for event in events}))
                found = counted(len(events), "setup controller")
                effect = "no effect on the notes" if kind is FixKind.SAFE else "heard"
                message = f"{found} ({numbers}; {effect}); legal: no controllers"
                yield Spot(message, events[0].tick, events[0], fix_kind=kind, places=len(events))

    def fix(self, subject: Subject, edit: Edit) -> None:
        silent, heard = _setup(subject)
        edit.remove(silent + heard if edit.unsafe else silent)


def _setup(subject: Subject) -> tuple[list[Event], list[Event]]:
    """The setup controllers without which the file sounds the same, and the others."""
    found = [event for event in subject.controllers if is_setup(event, subject)]
    if not found or subject.sounds_same_without(found):
        return found, []
    heard = {
        number
        for number in {event.data[0] for event in found}
        if not subject.sounds_same_without(event for event in found if event.data[0] == number)
    }
    silent = [event for event in found if event.data[0] not in heard]
    if not subject.sounds_same_without(silent):  # one by one they change nothing, together they do
        return [], found
    return silent, [event for event in found if event.data[0] in heard]


class PitchBend(Rule):
    """The pitch bend wheel is used.

    Why: item 6 allows no bend, and a bent note does not sound at its written pitch.

    Example: a slide played with the wheel.

    Fix: --fix deletes bends that change no note, such as centred ones; --unsafe-fixes deletes any.
    """

    code = "C063"
    name = "pitch-bend"
    severities = ERROR, ERROR, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "bends"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.bends:
            moved = [event for event in subject.bends if event.data != CENTRED_BEND]
            first = moved[0] if moved else subject.bends[0]
            found = f"{len(moved)} bends" if moved else f"{len(subject.bends)} bends, all centred"
            is_silent = subject.sounds_same_without(subject.bends)
            kind = FixKind.SAFE if is_silent else FixKind.UNSAFE
            yield Spot(f"{found}; legal: none", first.tick, first, fix_kind=kind)

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(subject.bends)


class AftertouchOrSysex(Rule):
    """Key or channel pressure, or a system exclusive message, is in the file.

    Why: item 6 allows no articulation. A system exclusive message is meant for one maker's instruments.

    Example: the "GM reset" that sequencers put at the start.

    Fix: --fix deletes pressures on channels without notes, and messages that switch General MIDI, GS
    or XG on before anything else. Others may be heard, such as a tuning: --unsafe-fixes deletes them.
    """

    code = "C064"
    name = "aftertouch-or-sysex"
    severities = ERROR, WARNING, OFF
    fix_kind = FixKind.SAFE
    evidence = "pressures_and_sysex"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.pressures_and_sysex:
            first = subject.pressures_and_sysex[0]
            count = len(subject.pressures_and_sysex)
            found = f"{count} pressure or system exclusive message{'s' if count > 1 else ''}"
            is_silent = subject.sounds_same_without(subject.pressures_and_sysex)
            kind = FixKind.SAFE if is_silent else FixKind.UNSAFE
            yield Spot(f"{found}; legal: none", first.tick, first, fix_kind=kind)

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(subject.pressures_and_sysex)
