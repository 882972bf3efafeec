"""Notes as a hand can hold them: long notes are cut where the sounding set becomes unplayable.

Composers write polyphony for the violin as it should be heard; a player holds each note as long as
the hand allows. The rules, in this order:

1. A pitch written twice at one onset is one note, the longer; a pitch struck again ends there.
2. A chord that no hand holds, or of more than four notes, keeps its outer notes and as many inner
   ones as can be held; if even those two cannot, its top note.
3. Where a note begins or ends and the set that then sounds is unplayable, the fewest held notes are
   cut there, the earliest begun first. (A note that ends can do that too: the bow cannot skip the
   string between two others.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from violin.challenge import MAX_VOICES
from violin.instrument import is_playable
from violin.music import Note


def _playable(pitches: tuple[int, ...]) -> bool:
    return len(pitches) <= MAX_VOICES and is_playable(pitches)


def held_as_playable(notes: Iterable[Note]) -> tuple[tuple[Note, ...], int]:
    """The notes as a violinist holds them, and how many were cut or left out of a chord.

    In the result every sounding set is playable. Notes are expected within the violin's range; a note that is
    unplayable by itself is kept and left to the next stage.
    """
    ordered, touched = _single_pitches(notes)
    begun: dict[int, list[Note]] = {}
    for note in ordered:
        begun.setdefault(note.onset_ticks, []).append(note)
    result: list[Note] = []
    held: list[int] = []  # indices into result
    for tick in sorted({tick for note in ordered for tick in (note.onset_ticks, note.end_ticks)}):
        chord = begun.get(tick, [])
        kept = _chord(chord)
        touched += len(chord) - len(kept)
        held = [place for place in held if result[place].end_ticks > tick]
        cut = _to_cut([result[place] for place in held], kept)
        for number in cut:
            old = result[held[number]]
            result[held[number]] = Note(old.onset_ticks, old.pitch, tick - old.onset_ticks)
            touched += 1
        held = [place for number, place in enumerate(held) if number not in cut]
        held += range(len(result), len(result) + len(kept))
        result += kept
    return tuple(sorted(result)), touched


def _single_pitches(notes: Iterable[Note]) -> tuple[list[Note], int]:
    """Rule 1, and how many notes were cut short; a unison of two voices does not count."""
    longest: dict[tuple[int, int], int] = {}
    for note in notes:
        place = (note.pitch, note.onset_ticks)
        longest[place] = max(longest.get(place, 0), note.end_ticks)
    result = []
    touched = 0
    following: tuple[int, int] | None = None
    for (pitch, onset), end in sorted(longest.items(), reverse=True):
        if following is not None and following[0] == pitch and following[1] < end:
            end = following[1]
            touched += 1
        result.append(Note(onset, pitch, end - onset))
        following = (pitch, onset)
    return sorted(result), touched


def _chord(chord: Sequence[Note]) -> list[Note]:
    """Rule 2: the notes of a chord that are kept, by ascending pitch."""
    chord = sorted(chord, key=lambda note: note.pitch)
    if len(chord) <= 1 or _playable(tuple(note.pitch for note in chord)):
        return list(chord)
    bottom, *inner, top = chord
    for size in range(min(len(inner), MAX_VOICES - 2), -1, -1):
        for middle in reversed(list(combinations(inner, size))):
            if _playable(tuple(note.pitch for note in (bottom, *middle, top))):
                return [bottom, *middle, top]
    for size in range(min(len(inner), MAX_VOICES - 1), 0, -1):
        for middle in reversed(list(combinations(inner, size))):
            if _playable(tuple(note.pitch for note in (*middle, top))):
                return [*middle, top]
    return [top]


def _to_cut(held: Sequence[Note], chord: Sequence[Note]) -> set[int]:
    """Rule 3: which of the held notes end where the chord begins; the fewest, then the earliest begun."""
    if not held:
        return set()
    new = [note.pitch for note in chord]
    order = sorted(range(len(held)), key=lambda number: (held[number].onset_ticks, held[number].pitch))
    for size in range(len(held) + 1):
        for cut in combinations(order, size):
            rest = [note.pitch for number, note in enumerate(held) if number not in cut]
            if _playable(tuple(sorted(rest + new))):
                return set(cut)
    return set(order)
