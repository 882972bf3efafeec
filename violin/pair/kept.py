"""Single notes of new bars that stay as they are: how to name them, and which can be kept.

A kept note keeps its onset, pitch and duration. Only kept notes begin at its onset, and no new note lasts
into it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from violin.errors import PairError
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH
from violin.music import TICKS_PER_BEAT, Note, Phrase, pitch_name

Span = tuple[int, int]


def notes_at(phrase: Phrase, places: str, name: str = "phrase") -> tuple[Note, ...]:
    """The notes that begin at places such as "4:1,5:2.5": bar and beat, counted from 1, beats in quarters.

    PairError if the text is no list of places, or nothing begins at one of them.

    >>> tune = Phrase((Note(0, 69, 48), Note(72, 71, 24)), bars=1)
    >>> notes_at(tune, "1:2.5")
    (Note(onset_ticks=72, pitch=71, duration_ticks=24),)
    """
    found = []
    for place in places.split(","):
        bar, colon, beat = (word.strip() for word in place.partition(":"))
        try:
            if not colon:
                raise ValueError(place)
            ticks = (int(bar) - 1) * phrase.bar_ticks + (Fraction(beat) - 1) * phrase.ticks_per_beat
        except (ValueError, ZeroDivisionError):
            raise PairError(f"notes {places!r}; legal: bars and beats, as in 4:1,5:2.5") from None
        begun = [note for note in phrase.notes if note.onset_ticks == ticks]
        if not begun:
            raise PairError(f"{name}: no note begins at bar {bar} beat {beat}; legal: the onset of a note")
        found += begun
    return tuple(sorted(set(found)))


def require_keepable(phrase: Phrase, kept: Collection[Note], spans: Sequence[Span], name: str) -> None:
    """PairError for a note that is not in the phrase, does not begin in a new bar, lasts beyond its span,
    is off the grid or out of the range of pitches."""
    notes = set(phrase.notes)
    for note in sorted(kept):
        bar = note.onset_ticks // phrase.bar_ticks + 1
        place = f"{name}: {phrase.place(note.onset_ticks)}: {pitch_name(note.pitch)}"
        last = next((last for first, last in spans if first <= bar <= last), None)
        if note not in notes:
            raise PairError(f"{place} is not a note of the phrase; legal: its own notes")
        if last is None:
            raise PairError(f"{place} is in a bar that is kept; legal: notes of the bars to compose")
        if note.end_ticks > last * phrase.bar_ticks:
            raise PairError(
                f"{place} sounds into bar {last + 1}, which is kept; legal: notes that end before"
            )
        if note.onset_ticks * TICKS_PER_BEAT % phrase.ticks_per_beat:
            raise PairError(f"{place} lies off the grid; legal: {TICKS_PER_BEAT} places in each quarter note")
        if not LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH:
            legal = f"{pitch_name(LOWEST_PITCH)} to {pitch_name(HIGHEST_PITCH)}"
            raise PairError(f"{place} cannot be kept; legal: {legal}")
