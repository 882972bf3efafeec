"""Fixes: a rule edits a draft of the file's events, and the draft is written as a new file.

`violin lint --fix` applies the safe fixes, `--unsafe-fixes` all. A rule's fix edits a
`constraints.linter.edits.Draft`, whose docstring shows how. What makes a fix safe is checked on each
file anew: `sounding_music` of the file before the first and after each safe fix must be equal,
else that fix is not made and its rule's code is in `Fixed.refused`. A fix is also refused if it
leaves its own rule as much to find as before.

    fixed = fix_bytes(data, name="001.mid", unsafe=False)
    print(diff_text(data, fixed.data, "001.mid"))
    write_fixed(path, fixed.data, backup=True)

A file whose structure leaves the music in doubt (`smf.UNREADABLE_CODES`) is left alone. Fixing a
file that was fixed changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from constraints.linter.edits import Draft
from constraints.linter.finding import FixKind, Profile
from constraints.linter.rule import Rule
from constraints.linter.selection import EVERYTHING, Selection
from constraints.linter.subject import Subject
from violin.errors import MidiError
from violin.files import write_whole
from violin.midi import key_of, meter_of
from violin.music import pitch_name
from violin.smf import (
    CHANNEL_PRESSURE,
    CONTROLLER,
    DEFAULT_LIMITS,
    END_OF_TRACK,
    KEY,
    MALFORMED,
    META,
    METER,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    POLY_PRESSURE,
    PROGRAM,
    TEMPO,
    TRACK_NAME,
    Event,
    Limits,
    parse,
)

if TYPE_CHECKING:
    from violin.pair import Pair

__all__ = ["Draft", "Fixed", "Music", "diff_text", "fix_bytes", "listing", "sounding_music", "write_fixed"]

_MOST_PASSES = 8
_SUSTAIN = 64
_CENTRE = b"\x00\x40"
_KIND_NAMES = {
    NOTE_OFF: "note-off",
    NOTE_ON: "note-on",
    POLY_PRESSURE: "key pressure",
    CONTROLLER: "controller",
    PROGRAM: "program",
    CHANNEL_PRESSURE: "channel pressure",
    PITCH_BEND: "pitch bend",
}


class Fixed(NamedTuple):
    """The bytes after all fixes, the spots that each rule's fix took on, and the refused rules."""

    data: bytes
    applied: dict[str, int]
    refused: tuple[str, ...]


class Music(NamedTuple):
    """What sounds: equal before and after a safe fix.

    `notes` maps (onset, pitch) on the grid of 48 ticks a beat to (end, velocity, program): of
    notes struck twice at once the longest, loudest; the program is None where the file states
    none. The maps of tempo, meter and key hold (tick, value) at each real change from the
    default (120 beats a minute, 4/4, C major). `gestures` are the bends away from the centre, the
    controllers during the music and the pedal, on channels that have notes.
    """

    notes: dict[tuple[int, int], tuple[int, int, int | None]]
    tempos: tuple[tuple[int, bytes], ...]
    meters: tuple[tuple[int, bytes], ...]
    keys: tuple[tuple[int, bytes], ...]
    gestures: tuple[tuple[int, int, bytes], ...]

    def is_kept_by(self, after: Music) -> bool:
        """Whether `after` sounds the same; a stated program may replace one that was not stated."""
        if self[1:] != after[1:] or self.notes.keys() != after.notes.keys():
            return False
        for place, (end, velocity, program) in self.notes.items():
            new_end, new_velocity, new_program = after.notes[place]
            if (end, velocity) != (new_end, new_velocity) or program not in (None, new_program):
                return False
        return True


def sounding_music(subject: Subject) -> Music:
    """What a file sounds like, silent messages and one-tick slips aside."""
    notes: dict[tuple[int, int], tuple[int, int, int | None]] = {}
    programs: dict[int, list[Event]] = {}
    for event in subject.programs:
        programs.setdefault(event.channel, []).append(event)
    for note, (onset, end, pitch) in zip(subject.notes, subject.grid_notes, strict=True):
        known = notes.get((onset, pitch))
        program = _program_at(programs.get(note.channel, []), note.onset_ticks)
        velocity = note.velocity
        if known:
            end, velocity = max(end, known[0]), max(velocity, known[1])
        notes[onset, pitch] = (end, velocity, program)
    used = subject.note_channels
    first = subject.notes[0].onset_ticks if subject.notes else 0
    gestures = [
        (event.tick, CONTROLLER, event.data)
        for event in subject.controllers
        if event.channel in used
        and (event.tick > first or (event.data[0] == _SUSTAIN and event.data[1] >= _SUSTAIN))
    ]
    bends = [(event.tick, event.data) for event in subject.bends if event.channel in used]
    gestures += [(tick, PITCH_BEND, data) for tick, data in _changes(bends, _CENTRE)]
    return Music(
        notes,
        _changes([(event.tick, event.data) for event in subject.tempos], b"\x07\xa1\x20"),
        _changes([(event.tick, event.data[:2]) for event in subject.meters], b"\x04\x02"),
        _changes([(event.tick, event.data) for event in subject.keys], b"\x00\x00"),
        tuple(sorted(gestures)),
    )


def _program_at(programs: list[Event], tick: int) -> int | None:
    found = None
    for event in programs:
        if event.tick > tick:
            break
        found = event.data[0]
    return found


def _changes(values: list[tuple[int, bytes]], default: bytes) -> tuple[tuple[int, bytes], ...]:
    """The (tick, value) at which a value differs from the one in force before; the last of a tick holds."""
    last_of_tick = dict(values)
    result: list[tuple[int, bytes]] = []
    current = default
    for tick in sorted(last_of_tick):
        if last_of_tick[tick] != current:
            current = last_of_tick[tick]
            result.append((tick, current))
    return tuple(result)


def fix_bytes(
    data: bytes,
    *,
    name: str,
    profile: Profile | str = Profile.SUBMISSION,
    given: Pair | None = None,
    selection: Selection = EVERYTHING,
    unsafe: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Fixed:
    """Apply the fixes of every selected rule until none has more to do; the file itself is not written.

    `unsafe` also applies the fixes that may change the music. Raises RuleSelectionError for an
    unknown code in `selection`, nothing for bad bytes.
    """
    profile = Profile(profile)

    def subject_of(data: bytes) -> Subject:
        smf = parse(data, limits)
        return Subject(smf, name=name, profile=profile, given=given, lowest_pitch=selection.lowest_pitch)

    applied: dict[str, int] = {}
    refused: set[str] = set()
    subject = subject_of(data)
    if not subject.smf.is_readable:
        return Fixed(data, applied, ())
    reference: Music | None = None  # what safe fixes have to keep; None until one asks
    for _ in range(_MOST_PASSES):
        before_pass = data
        for rule, _severity in selection.rules(profile, name):
            spots = _fixable(rule, subject, unsafe)
            if not spots:
                continue
            is_safe = all(kind is FixKind.SAFE for kind in spots)
            draft = Draft(subject.smf, unsafe=unsafe)
            rule.fix(subject, draft)
            try:
                new_data = draft.to_bytes()
            except MidiError:  # two events further apart than a file can say
                refused.add(rule.code)
                continue
            new_subject = subject_of(new_data)
            keeps_music = True
            if is_safe:
                reference = reference or sounding_music(subject)
                keeps_music = reference.is_kept_by(sounding_music(new_subject))
            has_less = len(_fixable(rule, new_subject, unsafe)) < len(spots)
            if not (new_subject.smf.is_readable and keeps_music and has_less):
                refused.add(rule.code)
                continue
            if not is_safe:
                reference = None
            refused.discard(rule.code)
            applied[rule.code] = applied.get(rule.code, 0) + len(spots)
            data, subject = new_data, new_subject
        if data == before_pass:
            break
    return Fixed(data, dict(sorted(applied.items())), tuple(sorted(refused)))


def _fixable(rule: Rule, subject: Subject, unsafe: bool) -> list[FixKind]:
    """The kinds of a rule's spots in a file that may be fixed, one for each spot."""
    kinds = (spot.fix_kind or rule.fix_kind for spot in rule.check(subject))
    allowed = (FixKind.SAFE, FixKind.UNSAFE) if unsafe else (FixKind.SAFE,)
    return [kind for kind in kinds if kind in allowed]


def write_fixed(path: Path, data: bytes, *, backup: bool = False) -> Path | None:
    """Write fixed bytes over a file: aside, then renamed. With `backup` the original is kept
    beside it as NAME.bak (NAME.bak2 and so on where that exists); returns where. MidiError where
    the original cannot be read, OutputError where nothing can be written."""
    kept = None
    if backup:
        kept = path.with_name(f"{path.name}.bak")
        number = 2
        while kept.exists():
            kept = path.with_name(f"{path.name}.bak{number}")
            number += 1
        try:
            original = path.read_bytes()
        except OSError as error:
            raise MidiError(f"{path}: cannot be read: {error.strerror or error}") from error
        write_whole(kept, original, sync=False)
    write_whole(path, data, sync=False)
    return kept


def diff_text(before: bytes, after: bytes, name: str) -> str:
    """A unified diff of two files' listings; empty where the bytes are equal."""
    from difflib import unified_diff  # only `--diff` comes here

    if before == after:
        return ""
    lines = unified_diff(
        listing(before), listing(after), f"{name} (as it is)", f"{name} (fixed)", n=1, lineterm=""
    )
    return "\n".join(lines) + "\n"


def listing(data: bytes) -> list[str]:
    """A file as text: its header, its structural defects, and a line for each event."""
    smf = parse(data)
    subject = Subject(smf)
    lines = [f"format {smf.format}, {smf.declared_tracks} tracks, {smf.division} ticks a beat"]
    lines += [f"{defect.code}: {defect.message}" for defect in smf.defects]
    for number, track in enumerate(smf.tracks, 1):
        lines.append(f"track {number}")
        for event in track.events:
            bar, beat = subject.bar_and_beat(event.tick)
            lines.append(f"  bar {bar} beat {beat:.4f}  {_event_text(event)}")
    return lines


def _event_text(event: Event) -> str:
    kind, data = event.kind, event.data
    if kind < 0xF0:
        pitched = kind in (NOTE_ON, NOTE_OFF, POLY_PRESSURE)
        values = f"{pitch_name(data[0])} {data[1]}" if pitched else " ".join(map(str, data))
        return f"channel {event.channel + 1} {_KIND_NAMES[kind]} {values}"
    if kind == TEMPO:
        return f"tempo {int.from_bytes(data, 'big')} µs a beat"
    if kind == METER:
        return f"meter {meter_of(event)}"
    if kind == KEY:
        return f"key {key_of(event)}"
    if kind == END_OF_TRACK:
        return "end of track"
    if META < kind <= TRACK_NAME + 4:
        return f"text {data.decode('latin-1')!r}"
    if kind < META:
        return f"system exclusive, {len(data)} bytes"
    return f"{'malformed ' if kind & MALFORMED else ''}meta 0x{kind & 0xFF:02X} {data[:16].hex(' ')}".rstrip()
