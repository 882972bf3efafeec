"""P006 to P009: held notes, the bow, high notes and shifts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.hand.playability import first_impossible_shift, leaves_time, verdict
from constraints.linter.finding import ERROR, INFO, OFF, WARNING, FixKind, Severity, Spot, counted
from constraints.linter.rule import Rule
from constraints.linter.rules.chords import each_set, names_of
from violin.instrument import HIGHEST_PITCH, Obstacle
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, TICKS_PER_BEAT, pitch_name

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject
    from violin.midi import PairedNote

HIGH_PITCH = 100


class HeldNotesUnplayable(Rule):
    """A note is held while others are struck that the hand cannot reach with it.

    Why: as notated the notes cannot sound together. It is never an error: polyphonic notation shows
    voices rather than bow strokes, and 10.9 % of the phrases of Bach's solo works have such a place.

    Example: a bass note written as a half note below a running upper voice.

    Fix: --unsafe-fixes ends the held notes where the others begin.
    """

    code = "P006"
    name = "held-notes-unplayable"
    severities = WARNING, INFO, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "sounding_sets"

    def check(self, subject: Subject) -> Iterator[Spot]:
        places = []
        previous: tuple[int, ...] = ()
        for sounding in subject.sounding_sets:
            pitches = sounding.pitches
            if sounding.is_held and pitches != previous and isinstance(verdict(pitches), Obstacle):
                places.append((sounding.tick * subject.ticks_per_beat // TICKS_PER_BEAT, pitches))
            previous = pitches
        yield from each_set(places, "legal: a playable set", " held")

    def fix(self, subject: Subject, edit: Edit) -> None:
        ticks = [
            sounding.tick * subject.ticks_per_beat // TICKS_PER_BEAT
            for sounding in subject.sounding_sets
            if sounding.is_held and isinstance(verdict(sounding.pitches), Obstacle)
        ]
        for note in subject.notes:
            first = bisect_right(ticks, note.onset_ticks + subject.tolerance_ticks)
            if first < len(ticks) and ticks[first] < note.end_ticks and note.off is not None:
                edit.replace(note.off, tick=ticks[first])


class ChordHeldBeyondBow(Rule):
    """Three or four notes sound together for more than a beat.

    Why: the bow touches two strings at a time, and three for a moment. Treatises say that a chord of
    three or four notes is struck and its top two are held.

    Example: a final chord written as a whole note.

    Fix: none needed.
    """

    code = "P007"
    name = "chord-held-beyond-bow"
    severities = INFO, OFF, OFF
    evidence = "sounding_sets"

    def check(self, subject: Subject) -> Iterator[Spot]:
        found = [
            sounding
            for sounding in subject.sounding_sets
            if len(sounding.pitches) > 2 and sounding.until - sounding.tick > TICKS_PER_BEAT
        ]
        if found:
            first = found[0]
            beats = (first.until - first.tick) / TICKS_PER_BEAT
            times = f", the first of {len(found)} such chords" if len(found) > 1 else ""
            message = f"{names_of(first.pitches)} for {beats:.3g} beats{times}; the bow holds two strings"
            yield Spot(message, first.tick * subject.ticks_per_beat // TICKS_PER_BEAT, places=len(found))


class HighNote(Rule):
    """A note lies above 100 (E7), higher than most players go; above 108 (C8) it is an error.

    Why: of 677,557 notes of Paganini's caprices in performance files 0.1 % lie above 100 and
    none above 108. The fingerboard ends at 106; above it there are only harmonics.

    Example: a line that was moved an octave too high.

    Fix: none.
    """

    code = "P008"
    name = "high-note"
    severities = ERROR, ERROR, ERROR
    evidence = "notes"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.highest_note <= HIGH_PITCH:
            return
        high = [note for note in subject.notes if note.pitch > HIGH_PITCH]
        too_high = [note for note in high if note.pitch > HIGHEST_PITCH]
        usual = [note for note in high if note.pitch <= HIGHEST_PITCH]
        legal = f"legal: up to {HIGHEST_PITCH}, usual up to {HIGH_PITCH}"
        levels: tuple[tuple[list[PairedNote], Severity, int], ...] = (
            (too_high, ERROR, HIGHEST_PITCH),
            (usual, WARNING, HIGH_PITCH),
        )
        for notes, level, limit in levels:
            if notes:
                highest = max(note.pitch for note in notes)
                found = (
                    f"{counted(len(notes), 'note')} above {limit}, highest {pitch_name(highest)} ({highest})"
                )
                first, count = notes[0], len(notes)
                yield Spot(f"{found}; {legal}", first.onset_ticks, first.on, severity=level, places=count)


class ImpossibleShift(Rule):
    """The hand cannot reach the next notes in time.

    Why: a search over all positions of the hand finds no way through the phrase at three metres
    a second from onset to onset, which is faster than any shift that we know of.

    Example: a low stopped chord and the top of the E string a 128th apart.

    Fix: none.
    """

    code = "P009"
    name = "impossible-shift"
    severities = WARNING, WARNING, WARNING

    def check(self, subject: Subject) -> Iterator[Spot]:
        fastest = min(
            (int.from_bytes(event.data, "big") for event in subject.tempos), default=DEFAULT_TEMPO_US_PER_BEAT
        )
        seconds_per_tick = fastest / 1e6 / subject.ticks_per_beat
        if leaves_time(subject.onset_gaps, seconds_per_tick):
            return
        found = first_impossible_shift(subject.onset_sets, seconds_per_tick)
        if found:
            (_, before), (tick, after) = (subject.onset_sets[index] for index in found)
            message = f"from {names_of(before)} to {names_of(after)}: no hand gets there in time"
            yield Spot(f"{message}; legal: up to 3 m/s along the neck", tick)
