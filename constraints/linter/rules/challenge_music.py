"""Items 7 and 8 of the challenge: one meter, one key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.linter.finding import ERROR, INFO, OFF, WARNING, FixKind, Spot
from constraints.linter.rule import Rule
from constraints.linter.rules.challenge_tempo import NO_CHANGE, changes, first_change, first_onset
from violin.challenge import METERS
from violin.midi import key_of, meter_of
from violin.smf import KEY, METER

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject

_LEGAL_METERS = [bytes((meter.numerator, meter.denominator.bit_length() - 1)) for meter in METERS]
_LEGAL_METER = f"legal: {' or '.join(str(meter) for meter in METERS)}"
_COMMON_TIME = b"\x04\x02"
_METRONOME = b"\x18\x08"  # a click per beat, eight 32nds a beat
_C_MAJOR = b"\x00\x00"


class IllegalMeter(Rule):
    """The time signature is neither 3/4 nor 4/4.

    Why: item 7 allows these two.

    Example: 6/8, or a cut time written as 2/2.

    Fix: none: the music would need other barlines.
    """

    code = "C071"
    name = "meter-not-3-4-or-4-4"
    severities = ERROR, ERROR, OFF
    evidence = "meters"

    def check(self, subject: Subject) -> Iterator[Spot]:
        found = [event for event in subject.meters if event.data[:2] not in _LEGAL_METERS]
        yield from first_change(found, lambda event: f"{meter_of(event)}; {_LEGAL_METER}")


class MeterChange(Rule):
    """The time signature changes.

    Why: item 7 allows one for the whole phrase.

    Example: an upbeat written as a bar of 1/4 before the 4/4.

    Fix: none: the music would need other barlines.
    """

    code = "C072"
    name = "meter-change"
    severities = ERROR, ERROR, OFF
    evidence = "meters"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.meters:
            found = changes(subject.meters, first_onset(subject), _COMMON_TIME)
            yield from first_change(found, lambda event: f"the meter becomes {meter_of(event)}; {NO_CHANGE}")


class MissingMeter(Rule):
    """No time signature is given.

    Why: a reader then takes 4/4, and a phrase in 3/4 is barred wrongly.

    Example: a file by a library that writes only notes.

    Fix: --fix writes 4/4, which is what was understood.
    """

    code = "C073"
    name = "missing-meter"
    severities = WARNING, WARNING, INFO
    fix_kind = FixKind.SAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        if not subject.meters:
            yield Spot(f"no time signature: 4/4 is understood; {_LEGAL_METER} at the start")

    def fix(self, subject: Subject, edit: Edit) -> None:
        if not subject.meters:
            edit.add(0, METER, _COMMON_TIME + _METRONOME)


class KeyChange(Rule):
    """The key signature changes.

    Why: item 8 allows one at most.

    Example: two movements in one file.

    Fix: --unsafe-fixes keeps only the key of the first note; no note changes.
    """

    code = "C081"
    name = "key-change"
    severities = ERROR, ERROR, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "keys"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.keys:
            found = changes(subject.keys, first_onset(subject), _C_MAJOR)
            yield from first_change(found, lambda event: f"the key becomes {key_of(event)}; {NO_CHANGE}")

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(changes(subject.keys, first_onset(subject), _C_MAJOR))


class MissingKey(Rule):
    """No key signature is given.

    Why: it then means C major (item 8), and the given key must be returned "even where it is
    the default value".

    Example: most files written by libraries.

    Fix: --fix writes C major, which is what was understood.
    """

    code = "C082"
    name = "missing-key"
    severities = INFO, INFO, OFF
    fix_kind = FixKind.SAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        if not subject.keys:
            yield Spot("no key signature: C major is understood; legal: one at most, at the start")

    def fix(self, subject: Subject, edit: Edit) -> None:
        if not subject.keys:
            edit.add(0, KEY, _C_MAJOR)
