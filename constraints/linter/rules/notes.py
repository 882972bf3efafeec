"""N001 to N005: note-ons and note-offs that do not add up to clean notes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from operator import eq
from typing import TYPE_CHECKING

from constraints.linter.finding import ERROR, INFO, WARNING, FixKind, Spot, counted
from constraints.linter.rule import Rule
from violin.music import pitch_name

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject
    from violin.midi import PairedNote
    from violin.smf import Event


class HangingNote(Rule):
    """A note begins and never ends.

    Why: a synthesizer plays it for ever. Readers drop it, or end it at different places.

    Example: a recording that was stopped while a key was down.

    Fix: --unsafe-fixes ends it at the next note of its pitch or the next barline, whichever
    comes first. How long it was meant to be is not in the file.
    """

    code = "N001"
    name = "hanging-note"
    severities = ERROR, WARNING, WARNING
    fix_kind = FixKind.UNSAFE
    evidence = "has_hanging_notes"

    def check(self, subject: Subject) -> Iterator[Spot]:
        found = [note for note in subject.notes if note.off is None]
        yield from _first_of(found, "{} without a note-off, first {}; legal: one for each note-on")

    def fix(self, subject: Subject, edit: Edit) -> None:
        onsets = _onsets(subject)
        for note in subject.notes:
            if note.off is None:
                barline = subject.barlines.next_after(note.onset_ticks + 1)
                same = onsets[note.channel, note.pitch]
                end = min(barline, _next_onset(same, note.onset_ticks, barline))
                edit.end_note(note.on, note.track, end)


class StrayNoteOff(Rule):
    """A note-off ends nothing.

    Why: it does no harm by itself, but it shows that notes were lost or paired wrongly.

    Example: two note-offs after one note-on, from an editor that merged two voices.

    Fix: --fix deletes the note-off. That is unsafe where it may end a note of another track.
    """

    code = "N002"
    name = "stray-note-off"
    severities = WARNING, INFO, INFO
    fix_kind = FixKind.SAFE
    evidence = "stray_offs"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if not subject.stray_offs:
            return
        kind = FixKind.SAFE if subject.pairs_same_when_merged else FixKind.UNSAFE
        first, count = min(subject.stray_offs), len(subject.stray_offs)
        found = f"{counted(count, 'note-off')} without a note, first for {pitch_name(first.data[0])}"
        yield Spot(f"{found}; legal: one for each note-on", first.tick, first, fix_kind=kind, places=count)

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(subject.stray_offs)


class SamePitchOverlap(Rule):
    """A note begins while another of the same pitch still sounds on its channel.

    Why: the file does not say which of the two a note-off ends. Readers pair them differently,
    and a synthesizer may cut both. Notes on two channels do not overlap: each note-off names its
    channel.

    Example: a repeated note lengthened by the pedal, or two voices that meet on one pitch.

    Fix: --unsafe-fixes ends the earlier note where the later one begins.
    """

    code = "N003"
    name = "same-pitch-overlap"
    severities = WARNING, WARNING, INFO
    fix_kind = FixKind.UNSAFE
    evidence = "overlaps"

    def check(self, subject: Subject) -> Iterator[Spot]:
        found = [
            note
            for run in subject.overlaps
            if len(set(subject.pitches[run])) < run.stop - run.start
            for note in self._overlaps(subject.notes[run])
        ]
        yield from _first_of(found, "{} begin before another of their pitch has ended, first {}; legal: none")

    @staticmethod
    def _overlaps(notes: list[PairedNote]) -> Iterator[PairedNote]:
        longest: dict[tuple[int, int], PairedNote] = {}  # (channel, pitch) -> the note that ends last so far
        for note in notes:
            onset, pitch, end, _, channel = note[:5]
            before = longest.get((channel, pitch))
            if before is None:
                longest[channel, pitch] = note
                continue
            if before[0] < onset < before[2]:
                yield note
            if end >= before[2]:
                longest[channel, pitch] = note

    def fix(self, subject: Subject, edit: Edit) -> None:
        onsets = _onsets(subject)
        for note in subject.notes:
            same = onsets[note.channel, note.pitch]
            following = _next_onset(same, note.onset_ticks, note.end_ticks)
            if following < note.end_ticks:
                if note.off is None:
                    edit.end_note(note.on, note.track, following)
                else:
                    edit.move(note.off, following)


class ZeroLengthNote(Rule):
    """A note ends at the tick at which it begins.

    Why: some readers drop it, others make it a tick long. Nobody hears it.

    Example: a grace note that an export shortened to nothing.

    Fix: --unsafe-fixes deletes it.
    """

    code = "N004"
    name = "zero-length-note"
    severities = WARNING, WARNING, INFO
    fix_kind = FixKind.UNSAFE

    def check(self, subject: Subject) -> Iterator[Spot]:
        if any(map(eq, subject.onsets, subject.ends)):
            found = [note for note in subject.notes if note.off and note.end_ticks == note.onset_ticks]
            yield from _first_of(found, "{} of 0 ticks, first {}; legal: 1 tick or more")

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove(
            event
            for note in subject.notes
            if note.off is not None and note.end_ticks == note.onset_ticks
            for event in (note.on, note.off)
        )


class DuplicateNote(Rule):
    """Two notes of one pitch begin at the same tick on one channel.

    Why: they sound as one, louder. Voices are counted twice and note-offs become ambiguous.
    A unison on two strings is written as one note too: the file cannot show the strings.

    Example: two tracks with the same part, merged.

    Fix: --unsafe-fixes keeps the longest of them, with the highest velocity.
    """

    code = "N005"
    name = "duplicate-note"
    severities = WARNING, INFO, INFO
    fix_kind = FixKind.UNSAFE
    evidence = "struck_together"

    def check(self, subject: Subject) -> Iterator[Spot]:
        found = [note for group in _duplicates(subject) for note in group[1:]]
        yield from _first_of(found, "{} struck a second time at once, first {}; legal: one of each pitch")

    def fix(self, subject: Subject, edit: Edit) -> None:
        louder: dict[int, Event] = {}
        superfluous: list[Event] = []
        for group in _duplicates(subject):
            kept = max(group, key=lambda note: note.end_ticks)
            loudest = max(note.velocity for note in group)
            louder[kept.on.offset] = kept.on._replace(data=bytes((kept.pitch, loudest)))
            for note in group:
                if note is not kept:
                    superfluous += [note.on] if note.off is None else [note.on, note.off]
        edit.replace_all(louder)
        edit.remove(superfluous)


def _first_of(notes: list[PairedNote], message: str) -> Iterator[Spot]:
    """One spot for all notes: `message` with their number and the first one's pitch, at the first."""
    if notes:
        first = notes[0]
        text = message.format(counted(len(notes), "note"), pitch_name(first.pitch))
        yield Spot(text, first.onset_ticks, first.on, places=len(notes))


def _onsets(subject: Subject) -> dict[tuple[int, int], list[int]]:
    """The onsets of each (channel, pitch), ascending."""
    onsets: dict[tuple[int, int], list[int]] = {}
    for note in subject.notes:
        onsets.setdefault((note.channel, note.pitch), []).append(note.onset_ticks)
    return onsets


def _next_onset(onsets: list[int], tick: int, default: int) -> int:
    """The first onset after a tick."""
    index = bisect_right(onsets, tick)
    return onsets[index] if index < len(onsets) else default


def _duplicates(subject: Subject) -> list[list[PairedNote]]:
    """The notes that share onset, pitch and channel with another, in groups, by onset."""
    if all(len(set(subject.pitches[run])) == run.stop - run.start for run in subject.struck_together):
        return []
    groups: dict[tuple[int, int, int], list[PairedNote]] = {}
    for note in subject.notes:
        groups.setdefault((note.onset_ticks, note.pitch, note.channel), []).append(note)
    return [group for group in groups.values() if len(group) > 1]
