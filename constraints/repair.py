"""Apply the rules' fixes to a file, one rule at a time, and prove that the safe ones were safe.

After each fix the new bytes are read again. A safe fix must leave every note where it was (onset
and end on the grid of 48 ticks a beat, pitch, velocity) and every tempo that is heard; a fix of
either kind must leave fewer spots of its own rule. One that does not is taken back and named in
`Repair.refused`.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

from constraints.fix import Draft
from constraints.rule import EVERYTHING, FixKind, Profile, Rule, Selection, Spot
from constraints.subject import Subject
from violin.errors import MidiError
from violin.music import pitch_name
from violin.smf import (
    CONTROLLER,
    END_OF_TRACK,
    KEY,
    META,
    METER,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    PROGRAM,
    TEMPO,
    Event,
    Limits,
    parse,
)

if TYPE_CHECKING:
    from violin.pair import Pair

_ROUNDS = 4  # a fix may lay bare what another one mends
_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Repair:
    """The bytes after the fixes, the codes of those applied (in order) and of those taken back."""

    data: bytes
    applied: tuple[str, ...]
    refused: tuple[str, ...]


def repair(
    data: bytes,
    *,
    name: str = "",
    profile: Profile | str = Profile.SUBMISSION,
    given: Pair | None = None,
    selection: Selection = EVERYTHING,
    limits: Limits = _DEFAULT_LIMITS,
    unsafe: bool = False,
) -> Repair:
    """Apply every safe fix of the selected rules, and with `unsafe` every other one too.

    A file whose structure leaves the music in doubt comes back as it was, and so does one
    without a fixable finding: the same bytes.
    """
    profile = Profile(profile)

    def read(content: bytes) -> Subject:
        smf = parse(content, limits)
        return Subject(smf, name=name, profile=profile, given=given, lowest_pitch=selection.lowest_pitch)

    subject = read(data)
    applied: list[str] = []
    refused: list[str] = []
    if not subject.smf.is_readable:
        return Repair(data, (), ())
    for _ in range(_ROUNDS):
        before = data
        for rule, _severity in selection.rules(profile, name):
            if rule.fix_kind is FixKind.NONE or rule.code in refused:
                continue
            spots = _fixable(rule, subject, unsafe)
            if not spots:
                continue
            draft = Draft(subject.smf, unsafe=unsafe)
            rule.fix(subject, draft)
            try:
                fixed = draft.to_bytes()
            except MidiError:
                refused.append(rule.code)
                continue
            after = read(fixed)
            is_safe = all(kind_of(rule, spot) is FixKind.SAFE for spot in spots)
            if len(_fixable(rule, after, unsafe)) >= len(spots) or (
                is_safe and heard(after) != heard(subject)
            ):
                refused.append(rule.code)
                continue
            data, subject = fixed, after
            if rule.code not in applied:
                applied.append(rule.code)
        if data == before:
            break
    return Repair(data, tuple(applied), tuple(refused))


def kind_of(rule: Rule, spot: Spot) -> FixKind:
    return rule.fix_kind if spot.fix_kind is None else spot.fix_kind


def _fixable(rule: Rule, subject: Subject, unsafe: bool) -> list[Spot]:
    wanted = (FixKind.SAFE, FixKind.UNSAFE) if unsafe else (FixKind.SAFE,)
    return [spot for spot in rule.check(subject) if kind_of(rule, spot) in wanted]


def heard(subject: Subject) -> tuple[frozenset[tuple[int, int, int, int]], tuple[tuple[int, int], ...]]:
    """What sounds: (onset, end, pitch, velocity) of each note on the grid of 48 ticks a beat, and
    (tick, µs a beat) at each change of tempo."""
    notes = frozenset(
        (onset, end, pitch, note.velocity)
        for (onset, end, pitch), note in zip(subject.grid_notes, subject.notes, strict=True)
    )
    tempos = [(0, 500_000)]
    for event in subject.tempos:
        tempo = int.from_bytes(event.data, "big")
        if event.tick == tempos[-1][0]:
            tempos[-1] = (event.tick, tempo)
        elif tempo != tempos[-1][1]:
            tempos.append((event.tick, tempo))
    return notes, tuple(tempos)


def event_diff(before: bytes, after: bytes, name: str) -> str:
    """A unified diff of the two files as lists of events, a line an event; "" where they are equal."""
    lines = unified_diff(
        _event_lines(before), _event_lines(after), f"{name} (as it is)", f"{name} (fixed)", n=1, lineterm=""
    )
    return "\n".join(lines)


def _event_lines(data: bytes) -> list[str]:
    smf = parse(data)
    subject = Subject(smf)
    lines = [f"format {smf.format}, {len(smf.tracks)} tracks, {smf.division} ticks a beat"]
    for number, track in enumerate(smf.tracks, start=1):
        if len(smf.tracks) > 1:
            lines.append(f"track {number}")
        for event in track.events:
            bar, beat = subject.bar_and_beat(event.tick)
            lines.append(f"bar {bar} beat {beat:.6g}: {event_text(event)}")
    return lines


def event_text(event: Event) -> str:
    """One event in words: 'note-on A4 velocity 80, channel 1'."""
    kind, data = event.kind, event.data
    where = f", channel {event.channel + 1}"
    if kind in (NOTE_ON, NOTE_OFF):
        word = "note-on" if kind == NOTE_ON and data[1] else "note-off"
        velocity = f" velocity {data[1]}" if word == "note-on" else ""
        return f"{word} {pitch_name(data[0])}{velocity}{where}"
    if kind == CONTROLLER:
        return f"controller {data[0]} = {data[1]}{where}"
    if kind == PROGRAM:
        return f"program {data[0]}{where}"
    if kind == PITCH_BEND:
        return f"pitch bend {(data[0] | data[1] << 7) - 8192}{where}"
    if kind == TEMPO:
        return f"tempo {60e6 / int.from_bytes(data, 'big'):.6g}"
    if kind == METER:
        return f"time signature {data[0]}/{1 << data[1]}"
    if kind == KEY:
        return f"key signature {data[0] - 256 if data[0] > 127 else data[0]} fifths, mode {data[1]}"
    if kind == END_OF_TRACK:
        return "end of track"
    if kind >= META:
        return f"meta 0x{kind & 0xFF:02X} {data.hex(' ')}"
    return f"0x{kind:02X} {data.hex(' ')}{where if event.channel >= 0 else ''}"
