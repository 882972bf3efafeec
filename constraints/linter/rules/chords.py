"""P001 to P005: notes struck together, with the reason why no hand or bow can play them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from constraints.hand.playability import FINGERBOARD_END
from constraints.linter.finding import ERROR, INFO, OFF, WARNING, FixKind, Spot
from constraints.linter.rule import Rule
from violin.hand import TIER_LIMITS
from violin.instrument import LOWEST_PITCH, Obstacle, Tier, is_playable, witness
from violin.music import pitch_name

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject

_EASY = "easy: a span of up to {:g} mm and frets up to {}".format(*TIER_LIMITS[Tier.EASY])


def names_of(pitches: Iterable[int]) -> str:
    return " ".join(pitch_name(pitch) for pitch in pitches)


def _reason(pitches: tuple[int, ...]) -> str:
    return str(witness(pitch for pitch in pitches if LOWEST_PITCH <= pitch <= FINGERBOARD_END))


def _chords(subject: Subject, wanted: Tier | Obstacle) -> list[tuple[int, tuple[int, ...]]]:
    return subject.hard_chords.get(wanted, [])


def _largest_playable(pitches: tuple[int, ...]) -> tuple[int, ...]:
    """The most notes of a chord that can be played together; of equal sets one with the top note, then
    with the lowest."""
    for count in range(len(pitches) - 1, 0, -1):
        fits = [some for some in combinations(pitches, count) if is_playable(some)]
        if fits:
            return max(fits, key=lambda some: (some[-1], -some[0], some))
    return pitches[-1:]


def _thin(subject: Subject, edit: Edit, wanted: Obstacle) -> None:
    """Delete as few notes as possible from each chord with this obstacle."""
    for tick, pitches in _chords(subject, wanted):
        kept = _largest_playable(pitches)
        first = bisect_left(subject.note_ons, (tick,))
        last = bisect_left(subject.note_ons, (tick + subject.ticks_per_beat // 96 + 1,))
        for note in subject.notes[first:last]:
            if note.pitch not in kept:
                edit.remove(event for event in (note.on, note.off) if event is not None)


def each_set(places: Iterable[tuple[int, tuple[int, ...]]], legal: str, held: str = "") -> Iterator[Spot]:
    """A spot for each distinct set of notes among (tick, pitches), at its first place."""
    ticks: dict[tuple[int, ...], list[int]] = {}
    for tick, pitches in places:
        ticks.setdefault(pitches, []).append(tick)
    for pitches, found in ticks.items():
        times = f" ({len(found)} times)" if len(found) > 1 else ""
        message = f"{names_of(pitches)}{held}{times}: {_reason(pitches)}; {legal}"
        yield Spot(message, found[0], places=len(found))


class NoStringForNotes(Rule):
    """Notes struck together have fewer strings than notes: two of them need the same one.

    Why: no violinist can play it, in any position.

    Example: A3 and B3 together: both lie only on the G string.

    Fix: --unsafe-fixes deletes as few notes as possible and keeps the top one.
    """

    code = "P001"
    name = "no-string-for-notes"
    severities = ERROR, WARNING, WARNING
    fix_kind = FixKind.UNSAFE
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from each_set(_chords(subject, Obstacle.STRINGS), "legal: a string for each note")

    def fix(self, subject: Subject, edit: Edit) -> None:
        _thin(subject, edit, Obstacle.STRINGS)


class StretchImpossible(Rule):
    """Notes struck together each have a string, but no hand spans that far or reaches that high.

    Why: the hand model of `violin.hand` finds no fingering within 120 mm, more than any chord in
    Bach's solo works, Paganini's op. 1 and 122 string quartets needs.

    Example: A3 and F#6: 146 mm from the second fret to the fourteenth.

    Fix: --unsafe-fixes deletes as few notes as possible and keeps the top one.
    """

    code = "P002"
    name = "stretch-impossible"
    severities = ERROR, WARNING, WARNING
    fix_kind = FixKind.UNSAFE
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from each_set(_chords(subject, Obstacle.HAND), "legal: up to 120 mm")

    def fix(self, subject: Subject, edit: Edit) -> None:
        _thin(subject, edit, Obstacle.HAND)


class SkipsAString(Rule):
    """Notes struck together lie on strings that are not neighbours.

    Why: the bow cannot touch them without the string between them. The chord must be broken.

    Example: A#3, A#4 and A#5 in a Mozart quartet, which players arpeggiate.

    Fix: none: whether to break the chord or to leave a note out is the composer's choice.
    """

    code = "P003"
    name = "skips-a-string"
    severities = WARNING, WARNING, INFO
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from each_set(_chords(subject, Obstacle.BOW), "legal: neighbouring strings")


class VirtuosoChord(Rule):
    """A chord needs a span of more than 98 mm, or a stop above seventh position (fret 17).

    Why: 0.5 % of 62,449 chords in violin parts of scores are this hard.

    Example: A3 and C#5 in Paganini's second caprice: 118.5 mm; D4 and A6: fret 24 of the A string.

    Fix: none needed.
    """

    code = "P004"
    name = "virtuoso-chord"
    severities = WARNING, INFO, OFF
    evidence = "hard_chords"

    def check(self, subject: Subject) -> Iterator[Spot]:
        yield from each_set(_chords(subject, Tier.VIRTUOSO), _EASY)


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
        yield from each_set(_chords(subject, Tier.WIDE), _EASY)
