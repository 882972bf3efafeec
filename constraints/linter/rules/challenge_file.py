"""Items 1 and 2 of the challenge: one track in format 0, one violin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.linter.finding import ERROR, INFO, OFF, WARNING, FixKind, Spot, counted
from constraints.linter.rule import Rule
from constraints.linter.subject import DRUM_CHANNEL
from violin.challenge import VIOLIN_PROGRAM
from violin.smf import PORT, PROGRAM

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject
    from violin.midi import PairedNote
    from violin.smf import Event

_LEGAL_PROGRAM = f"legal: {VIOLIN_PROGRAM} (from 0: violin, General MIDI's 41 of 128)"


class NotFormat0(Rule):
    """The file is not a MIDI file of format 0.

    Why: item 1 asks for format 0. Format 1 with a single track sounds the same, but a strict
    reader refuses it. Format 2 holds separate songs.

    Example: every export of MuseScore, which writes format 1.

    Fix: --fix writes the file as format 0, its tracks merged, if it sounds the same then.
    """

    code = "C011"
    name = "not-format-0"
    severities = ERROR, INFO, INFO
    fix_kind = FixKind.SAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.smf.format:
            yield Spot(
                f"format {subject.smf.format}; legal: 0",
                byte_offset=8,
                byte_length=2,
                fix_kind=FixKind.SAFE if _merges_safely(subject) else FixKind.UNSAFE,
            )

    def fix(self, subject: Subject, edit: Edit) -> None:
        if edit.unsafe or _merges_safely(subject):
            edit.merge_tracks()
            edit.format = 0


def _merges_safely(subject: Subject) -> bool:
    """Whether the tracks as one sound the same: no separate songs, no ports that keep channels apart,
    no note-off that ends another track's note."""
    tracks = subject.smf.tracks
    if len(tracks) < 2:
        return True
    ports = {event.data for track in tracks for event in track.events if event.kind == PORT}
    return subject.smf.format < 2 and len(ports) < 2 and subject.pairs_same_when_merged


class TrackCount(Rule):
    """The file holds more than one track.

    Why: item 1 asks for one track, and format 0 can hold no other number.

    Example: a conductor track with tempo and meter beside the track of notes.

    Fix: --fix merges the tracks if the file sounds the same then. --unsafe-fixes merges any: where two
    tracks sound one pitch on one channel, a note-off of one may then end the other's note.
    """

    code = "C012"
    name = "track-count"
    severities = ERROR, INFO, OFF
    fix_kind = FixKind.SAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        tracks = subject.smf.tracks
        if len(tracks) > 1:
            count = len(subject.note_tracks)
            yield Spot(
                f"{len(tracks)} tracks, {count} with notes; legal: 1",
                byte_offset=tracks[1].offset,
                byte_length=tracks[1].length,
                fix_kind=FixKind.SAFE if _merges_safely(subject) else FixKind.UNSAFE,
            )

    def fix(self, subject: Subject, edit: Edit) -> None:
        if edit.unsafe or _merges_safely(subject):
            edit.merge_tracks()


class SeveralNoteChannels(Rule):
    """Notes lie on more than one channel.

    Why: a synthesizer treats each channel as a separate instrument. One violin needs one channel.

    Example: an export with a channel for each string.

    Fix: --unsafe-fixes moves every note to the lowest channel in use.
    """

    code = "C013"
    name = "several-note-channels"
    severities = ERROR, WARNING, OFF
    fix_kind = FixKind.UNSAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        if len(subject.note_channels) > 1:
            channels = sorted(subject.note_channels)
            other = next(note for note in subject.notes if note.channel != subject.notes[0].channel)
            listed = ", ".join(str(channel + 1) for channel in channels)
            yield Spot(f"notes on channels {listed}; legal: one channel", other.onset_ticks, other.on)

    def fix(self, subject: Subject, edit: Edit) -> None:
        if len(subject.note_channels) > 1:
            _move_notes(subject.notes, edit, min(subject.note_channels - {DRUM_CHANNEL}))


def _move_notes(notes: Iterable[PairedNote], edit: Edit, channel: int) -> None:
    """Put notes on another channel."""
    edit.replace_all(
        {
            event.offset: event._replace(channel=channel)
            for note in notes
            for event in (note.on, note.off)
            if event is not None
        }
    )


class WrongProgram(Rule):
    """A note sounds on another program than the violin.

    Why: item 2 asks for the violin, program 41 of General MIDI's 128: the number 40 in the file.

    Example: program 41 in the file, a viola, because somebody counted from 1; or 45, pizzicato strings.

    Fix: --unsafe-fixes sets the program to 40.
    """

    code = "C021"
    name = "wrong-program"
    severities = ERROR, ERROR, OFF
    fix_kind = FixKind.UNSAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        wrong: dict[int, list[tuple[Event, int]]] = {}  # channel -> (program change, first note's tick)
        for channel, event, tick in subject.programs_heard:
            if event is not None and event.data[0] != VIOLIN_PROGRAM:
                wrong.setdefault(channel, []).append((event, tick))
        for channel, found in wrong.items():
            event, tick = found[0]
            more = f" and {counted(len(found) - 1, 'change')} later" if len(found) > 1 else ""
            message = f"program {event.data[0]} on channel {channel + 1}{more}; {_LEGAL_PROGRAM}"
            yield Spot(message, tick, event, places=len(found))

    def fix(self, subject: Subject, edit: Edit) -> None:
        for _, event, _ in subject.programs_heard:
            if event is not None:
                edit.replace(event, data=bytes((VIOLIN_PROGRAM,)))


class MissingProgram(Rule):
    """A note sounds before any program is chosen.

    Why: without a program change a synthesizer plays program 0, a piano; item 2 asks for the
    violin.

    Example: a file by a library that writes only notes; a program change that follows the first
    note-on at the same tick, which comes too late for that note.

    Fix: --unsafe-fixes adds program 40 at the start. The file then sounds as a violin, not a piano.
    """

    code = "C022"
    name = "missing-program"
    severities = ERROR, WARNING, OFF
    fix_kind = FixKind.UNSAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        for channel, event, tick in subject.programs_heard:
            if event is None:
                yield Spot(f"no program on channel {channel + 1}; {_LEGAL_PROGRAM}", tick)

    def fix(self, subject: Subject, edit: Edit) -> None:
        for channel, event, _ in subject.programs_heard:
            if event is None:
                track = next(note.track for note in subject.notes if note.channel == channel)
                edit.add(0, PROGRAM, bytes((VIOLIN_PROGRAM,)), channel=channel, track=track)


class ProgramOnSilentChannel(Rule):
    """A program is chosen on a channel that holds no note.

    Why: it cannot be heard, but a reader may take it for a second instrument.

    Example: MuseScore writes arco, pizzicato and tremolo (programs 40, 45 and 44) on three channels,
    whichever of them the notes use.

    Fix: --fix deletes it.
    """

    code = "C023"
    name = "program-on-silent-channel"
    severities = WARNING, INFO, OFF
    fix_kind = FixKind.SAFE
    evidence = "programs"

    def check(self, subject: Subject) -> Iterator[Spot]:
        silent = [event for event in subject.programs if event.channel not in subject.note_channels]
        if silent:
            first, count = silent[0], len(silent)
            found = f"program {first.data[0]} on channel {first.channel + 1}, which has no note"
            more = f", and {count - 1} more on such channels" if count > 1 else ""
            # A system exclusive reset after the program would be the first message without it.
            is_silent = not subject.pressures_and_sysex or subject.sounds_same_without(silent)
            kind = FixKind.SAFE if is_silent else FixKind.UNSAFE
            yield Spot(f"{found}{more}; legal: none there", first.tick, first, fix_kind=kind, places=count)

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(event for event in subject.programs if event.channel not in subject.note_channels)


class DrumChannel(Rule):
    """Notes lie on channel 10.

    Why: General MIDI plays drums on that channel, whatever its program: each pitch is a different drum.
    Item 2 asks for the violin.

    Example: an export that gave its tenth part the tenth channel.

    Fix: --unsafe-fixes moves the notes to the lowest other channel with notes, else to channel 1.
    """

    code = "C024"
    name = "drum-channel"
    severities = ERROR, ERROR, OFF
    fix_kind = FixKind.UNSAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        if DRUM_CHANNEL in subject.note_channels:
            drums = [note for note in subject.notes if note.channel == DRUM_CHANNEL]
            found = f"{counted(len(drums), 'note')} on channel 10, which plays drums"
            legal = "legal: any other channel"
            yield Spot(f"{found}; {legal}", drums[0].onset_ticks, drums[0].on, places=len(drums))

    def fix(self, subject: Subject, edit: Edit) -> None:
        others = subject.note_channels - {DRUM_CHANNEL}
        drums = [note for note in subject.notes if note.channel == DRUM_CHANNEL]
        _move_notes(drums, edit, min(others, default=0))
