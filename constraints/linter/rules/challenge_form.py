"""Items 4, 9 and 10 of the challenge: range, length and voices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from constraints.linter.finding import ERROR, INFO, OFF, WARNING, FixKind, Spot, counted
from constraints.linter.rule import Rule
from violin.challenge import MAX_BARS, MAX_VOICES, MIN_BARS, OFFICIAL_LOWEST_PITCH
from violin.instrument import LOWEST_PITCH
from violin.midi import PairedNote
from violin.music import TICKS_PER_BEAT, pitch_name
from violin.smf import END_OF_TRACK

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject


class BelowViolin(Rule):
    """Notes lie between 43 and 54: below the violin's lowest string, but not below the number in item 4.

    Why: item 4 says "G3 (note 43), the lowest pitch of the violin". The open G string is note
    55 wherever middle C is 60, and no violin goes lower; 43 is the G an octave below.
    One finding stands for all such notes of a file.

    Example: an F#3 (54) after a transposition.

    Fix: --unsafe-fixes moves each an octave up. `lowest-pitch = 43` in the settings allows what that number
    allows.
    """

    code = "C041"
    name = "below-violin"
    severities = ERROR, ERROR, ERROR
    fix_kind = FixKind.UNSAFE
    evidence = "notes"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.lowest_note >= subject.lowest_pitch:
            return
        low = [n for n in subject.notes if OFFICIAL_LOWEST_PITCH <= n.pitch < subject.lowest_pitch]
        if low:
            lowest = min(note.pitch for note in low)
            found = f"{counted(len(low), 'note')} from 43 to 54, lowest {_named(lowest)}"
            legal = f"legal: {LOWEST_PITCH} (open G) or more; item 4 says 43"
            yield Spot(f"{found}; {legal}", low[0].onset_ticks, low[0].on, places=len(low))

    def fix(self, subject: Subject, edit: Edit) -> None:
        low = (n for n in subject.notes if OFFICIAL_LOWEST_PITCH <= n.pitch < subject.lowest_pitch)
        _raise_by_octaves(edit, low)


class BelowOfficialFloor(Rule):
    """Notes lie below 43.

    Why: item 4 forbids them by any reading, and no violin has them. One finding stands for all such
    notes of a file.

    Example: a cello line in the wrong track.

    Fix: --unsafe-fixes moves each up by octaves until it lies on the violin.
    """

    code = "C042"
    name = "below-official-floor"
    severities = ERROR, ERROR, ERROR
    fix_kind = FixKind.UNSAFE
    evidence = "notes"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.lowest_note >= OFFICIAL_LOWEST_PITCH:
            return
        low = [note for note in subject.notes if note.pitch < OFFICIAL_LOWEST_PITCH]
        found = f"{counted(len(low), 'note')} below 43, lowest {_named(subject.lowest_note)}"
        legal = f"legal: {LOWEST_PITCH} (open G) or more"
        yield Spot(f"{found}; {legal}", low[0].onset_ticks, low[0].on, places=len(low))

    def fix(self, subject: Subject, edit: Edit) -> None:
        _raise_by_octaves(edit, (note for note in subject.notes if note.pitch < OFFICIAL_LOWEST_PITCH))


def _raise_by_octaves(edit: Edit, notes: Iterable[PairedNote]) -> None:
    """Raise each note by the fewest octaves that bring it onto the violin."""
    changed = {}
    for note in notes:
        pitch = note.pitch + -(-(LOWEST_PITCH - note.pitch) // 12) * 12
        for event in (note.on, note.off):
            if event is not None:
                changed[event.offset] = event._replace(data=bytes((pitch, event.data[1])))
    edit.replace_all(changed)


def _named(pitch: int) -> str:
    return f"{pitch_name(pitch)} ({pitch})"


class BarCount(Rule):
    """The phrase has fewer than 8 bars or more than 16.

    Why: item 9 asks for 8 to 16.

    Example: two given bars sent back as they came.

    Fix: none: music would have to be composed or cut.
    """

    code = "C091"
    name = "bar-count"
    severities = ERROR, OFF, OFF
    evidence = "notes"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.notes and not MIN_BARS <= subject.bars <= MAX_BARS:
            bars = counted(subject.bars, "bar")
            last = max(subject.music_end_ticks - 1, 0)
            yield Spot(f"{bars}; legal: {MIN_BARS} to {MAX_BARS}", last)


class RaggedEnd(Rule):
    """The phrase ends off the barline.

    Why: item 9 counts whole bars. An end within a bar leaves the length open, and a last note
    that passes its barline begins one more bar.

    Example: the organisers' samples end a tick after their eighth bar. Other files end with their last
    note, although a rest should follow.

    Fix: --fix moves an end of track that lies at most 1/48 beat off its barline (an info).
    --unsafe-fixes also cuts notes that pass the barline by so little, and closes a larger gap: the
    track then ends on the next barline.
    """

    code = "C092"
    name = "ragged-end"
    severities = WARNING, WARNING, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "off_barline_ticks"

    def check(self, subject: Subject) -> Iterator[Spot]:
        off = subject.off_barline_ticks
        if off and subject.notes:
            tick = subject.end_ticks
            beats = abs(off) / subject.ticks_per_beat
            side = "after" if off > 0 else "before"
            message = f"the end lies {beats:.3g} beat {side} a barline; legal: on it"
            if self._is_small(subject):
                kind = FixKind.SAFE if self._moves_no_note(subject) else FixKind.UNSAFE
                yield Spot(message, tick, severity=INFO, fix_kind=kind)
            else:
                yield Spot(message, tick)

    @staticmethod
    def _moves_no_note(subject: Subject) -> bool:
        """Whether the new end leaves every event where it is."""
        barline = subject.end_ticks - subject.off_barline_ticks
        last = max(event.tick for event in subject.stream.events if event.kind != END_OF_TRACK)
        return last <= barline and not subject.has_hanging_notes

    @staticmethod
    def _is_small(subject: Subject) -> bool:
        return abs(subject.off_barline_ticks) * TICKS_PER_BEAT <= subject.ticks_per_beat

    def fix(self, subject: Subject, edit: Edit) -> None:
        off = subject.off_barline_ticks
        if off and (edit.unsafe or (self._is_small(subject) and self._moves_no_note(subject))):
            is_nearest = off < 0 or self._is_small(subject)
            barline = (
                subject.end_ticks - off if is_nearest else subject.barlines.next_after(subject.end_ticks)
            )
            for index, track in enumerate(edit.tracks):
                edit.tracks[index] = [event._replace(tick=min(event.tick, barline)) for event in track]
                edit.ends[index] = barline


class EmptyPhrase(Rule):
    """The file holds no note.

    Why: there is no music to judge.

    Example: only a conductor track, or an export of the wrong staff.

    Fix: none.
    """

    code = "C093"
    name = "empty-phrase"
    severities = ERROR, ERROR, ERROR

    def check(self, subject: Subject) -> Iterator[Spot]:
        if not subject.notes:
            yield Spot("no note; legal: at least one")


class TooManyVoices(Rule):
    """More than four notes sound at once.

    Why: item 10 allows four voices, as many as the violin has strings.

    Example: a piano chord, or notes that were never released.

    Fix: none: which notes to keep is the composer's choice.
    """

    code = "C101"
    name = "more-than-4-voices"
    severities = ERROR, ERROR, WARNING
    evidence = "sounding_sets"

    def check(self, subject: Subject) -> Iterator[Spot]:
        places: list[tuple[int, tuple[int, ...]]] = []
        was_over = False
        for grid_tick, _, pitches, _ in subject.sounding_sets:
            is_over = len(pitches) > MAX_VOICES
            if is_over and not was_over:
                places.append((grid_tick, pitches))
            was_over = is_over
        if places:
            grid_tick, pitches = places[0]
            names = " ".join(pitch_name(pitch) for pitch in pitches)
            times = f", the first of {len(places)} such places" if len(places) > 1 else ""
            tick = grid_tick * subject.ticks_per_beat // TICKS_PER_BEAT
            message = f"{len(pitches)} notes at once ({names}){times}; legal: up to {MAX_VOICES}"
            yield Spot(message, tick, places=len(places))
