"""Playability: what a hand with four fingers and a bow can do, each verdict with its reason."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from constraints.hand.playability import FINGERBOARD_END, first_impossible_shift, leaves_time, verdict
from constraints.linter.finding import ERROR, INFO, OFF, WARNING, FixKind, Severity, Spot, counted
from constraints.linter.rule import Rule
from violin.hand import TIER_LIMITS
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH, Obstacle, Tier, is_playable, witness
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, TICKS_PER_BEAT, pitch_name

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject
    from violin.midi import PairedNote

HIGH_PITCH = 100
_EASY = "easy: a span of up to {:g} mm and frets up to {}".format(*TIER_LIMITS[Tier.EASY])


def _names(pitches: Iterable[int]) -> str:
    return " ".join(pitch_name(pitch) for pitch in pitches)


@lru_cache(maxsize=4096)
def _reason(pitches: tuple[int, ...]) -> str:
    return str(witness(pitch for pitch in pitches if LOWEST_PITCH <= pitch <= FINGERBOARD_END))


def _chords(subject: Subject, wanted: Tier | Obstacle) -> list[tuple[int, tuple[int, ...]]]:
    return subject.hard_chords.get(wanted, [])


def _largest_playable(pitches: tuple[int, ...]) -> tuple[int, ...]:
    """The most notes of a chord that can be played together: with its top note, then its lowest."""
    for count in range(len(pitches) - 1, 0, -1):
        fits = [some for some in combinations(pitches, count) if is_playable(some)]
        if fits:
            return max(fits, key=lambda some: (some[-1], -some[0], some))
    return pitches[-1:]


def _thin(subject: Subject, edit: Edit, wanted: Obstacle) -> None:
    """Take the fewest notes out of each chord that meets an obstacle."""
    for tick, pitches in _chords(subject, wanted):
        kept = _largest_playable(pitches)
        first = bisect_left(subject.note_ons, (tick,))
        last = bisect_left(subject.note_ons, (tick + subject.ticks_per_beat // 96 + 1,))
        for note in subject.notes[first:last]:
            if note.pitch not in kept:
                edit.remove(event for event in (note.on, note.off) if event is not None)


def _each_set(places: Iterable[tuple[int, tuple[int, ...]]], legal: str, held: str = "") -> Iterator[Spot]:
    """A spot for each distinct set of notes among (tick, pitches), at its first place."""
    ticks: dict[tuple[int, ...], list[int]] = {}
    for tick, pitches in places:
        ticks.setdefault(pitches, []).append(tick)
    for pitches, found in ticks.items():
        times = f" ({len(found)} times)" if len(found) > 1 else ""
        message = f"{_names(pitches)}{held}{times}: {_reason(pitches)}; {legal}"
        yield Spot(message, found[0], places=len(found))


class NoStringForNotes(Rule):
    """Notes struck together have fewer strings than notes: two of them need the same one.

    Why: no violinist can play it, in any position.

    Example: A3 and B3 together: both lie on the G string alone.

    Fix: --unsafe-fixes takes out the fewest notes, sparing the top one.
    """

    code = "P001"
    name = "no-string-for-notes"
    severities = ERROR, WARNING, WARNING
    fix_kind = FixKind.UNSAFE
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from _each_set(_chords(subject, Obstacle.STRINGS), "legal: a string for each note")

    def fix(self, subject: Subject, edit: Edit) -> None:
        _thin(subject, edit, Obstacle.STRINGS)


class StretchImpossible(Rule):
    """Notes struck together have strings, but no hand opens so far or reaches so high.

    Why: the hand model of `violin.hand` finds no fingering within 120 mm, more than any chord in
    Bach's solo works, Paganini's op. 1 and 122 string quartets needs.

    Example: A3 and F#6: 146 mm from the second fret to the fourteenth.

    Fix: --unsafe-fixes takes out the fewest notes, sparing the top one.
    """

    code = "P002"
    name = "stretch-impossible"
    severities = ERROR, WARNING, WARNING
    fix_kind = FixKind.UNSAFE
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from _each_set(_chords(subject, Obstacle.HAND), "legal: up to 120 mm")

    def fix(self, subject: Subject, edit: Edit) -> None:
        _thin(subject, edit, Obstacle.HAND)


class SkipsAString(Rule):
    """Notes struck together lie on strings that are no neighbours.

    Why: the bow cannot touch them without the string between; the chord must be broken.

    Example: A#3, A#4 and A#5, which a Mozart quartet writes and players arpeggiate.

    Fix: none: to break it or to leave a note out is the composer's choice.
    """

    code = "P003"
    name = "skips-a-string"
    severities = WARNING, WARNING, INFO
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from _each_set(_chords(subject, Obstacle.BOW), "legal: neighbouring strings")


class VirtuosoChord(Rule):
    """A chord needs a span of more than 98 mm, or a stop above seventh position (fret 17).

    Why: of 62,419 chords in violin parts of scores 0.5 % are as hard.

    Example: A3 and C#5 in the second caprice: 118.5 mm; D4 and A6: fret 24 of the A string.

    Fix: none needed.
    """

    code = "P004"
    name = "virtuoso-chord"
    severities = WARNING, INFO, OFF
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from _each_set(_chords(subject, Tier.VIRTUOSO), _EASY)


class WideChord(Rule):
    """A chord needs a span of 82 to 98 mm, or a stop above third position (frets 12 to 17).

    Why: it is wider than the octave of first position or higher than amateurs usually play.

    Example: E4, G4 and B4 in Bach's second sonata: 97.2 mm; A5 and F6: frets 12 and 13.

    Fix: none needed.
    """

    code = "P005"
    name = "wide-chord"
    severities = INFO, OFF, OFF
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from _each_set(_chords(subject, Tier.WIDE), _EASY)


class HeldNotesUnplayable(Rule):
    """A note is held while others are struck that no hand can add to it.

    Why: as notated the notes sound together and cannot. Human music is full of it, since
    polyphonic notation shows voices rather than bow strokes (10.9 % of phrases of Bach's solo
    works have such a place), so it is never an error.

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
        yield from _each_set(places, "legal: a playable set", " held")

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

    Why: the bow touches two strings at a time, three for a moment; treatises say that chords
    of three or four are struck and then the top two held.

    Example: a final chord written as a whole note, as composers do; players know.

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
            message = f"{_names(first.pitches)} for {beats:.3g} beats{times}; the bow holds two strings"
            yield Spot(message, first.tick * subject.ticks_per_beat // TICKS_PER_BEAT, places=len(found))


class HighNote(Rule):
    """A note lies above 100 (E7), where the fingerboard ends for most hands; above 108 it is an error.

    Why: of 677,557 notes of Paganini's caprices in performance files 0.1 % lie above 100 and
    none above 108; above 106 there is no fingerboard, only harmonics.

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
    """The hand cannot be in time where the next chord needs it.

    Why: a search over all places of the hand finds no way through the phrase at three metres
    a second from onset to onset, faster than any shift that we know of.

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
            message = f"from {_names(before)} to {_names(after)}: no hand gets there in time"
            yield Spot(f"{message}; legal: up to 3 m/s along the neck", tick)
