"""The facts about one answer that the decoder needs, taken from the given pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.hand.playability import onset_sets
from constraints.language.vocabulary import HIGHEST_PITCH, LOWEST_PITCH
from violin.challenge import MAX_BARS, METERS, MIN_BARS
from violin.music import TICKS_PER_BEAT, Meter, Note, Phrase

if TYPE_CHECKING:
    from violin.pair import Pair

# (grid tick, pitches struck together)
Struck = Sequence[tuple[float, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class DecodeSpec:
    """What the decoder needs to know about one answer.

    bars             of the whole phrase, 8..16
    beginning_bars   given before the middle; ending_bars: given after it; 0 if there are none
    held             (pitch, grid ticks left at the middle's first barline) of each note of the
                     beginning that lasts into the middle
    has_given_notes  whether the given bars contain a note; without one, nothing can be held
    tempo_us_per_beat  for the shifts of the hand; None: they are not checked
    kept             (grid tick from the middle's first barline, pitch, grid ticks) of each note that
                     stays in the middle; one per tick and pitch, within the middle and the vocabulary
    struck_before    (grid tick, pitches struck together) of the beginning, from the middle's first
                     barline, so below 0; struck_after: of the ending, from the ending's barline
    goal             the highest pitch of the ending's first onset, within the vocabulary; None
                     if the ending has no notes
    """

    bars: int
    beginning_bars: int
    ending_bars: int
    meter: Meter
    held: tuple[tuple[int, int], ...] = ()
    has_given_notes: bool = True
    tempo_us_per_beat: int | None = None
    struck_before: Struck = ()
    struck_after: Struck = ()
    goal: int | None = None
    kept: tuple[tuple[int, int, int], ...] = ()

    def __post_init__(self) -> None:
        if not MIN_BARS <= self.bars <= MAX_BARS:
            raise ValueError(f"a phrase of {self.bars} bars; legal: {MIN_BARS} to {MAX_BARS}")
        if min(self.beginning_bars, self.ending_bars) < 0 or self.middle_bars < 1:
            given = f"{self.beginning_bars} + {self.ending_bars}"
            raise ValueError(f"{given} given bars of {self.bars}; legal: 0 or more, 1 left to write")
        if self.meter not in METERS:
            raise ValueError(f"meter {self.meter}; legal: {', '.join(map(str, METERS))}")
        if self.held and not (self.has_given_notes and self.beginning_bars):
            raise ValueError("a held note without given notes before it")

    @property
    def middle_bars(self) -> int:
        return self.bars - self.beginning_bars - self.ending_bars


def decode_spec(pair: Pair, bars: int) -> DecodeSpec:
    """What the constraint decoder needs to know to write the middle of a pair's answer."""
    require_span(bars, pair.beginning_bars, pair.ending_bars)
    beginning, ending = given_on_grid(pair, bars)
    middle_ticks = pair.beginning_bars * pair.meter.bar_ticks()
    held = [
        (note.pitch, note.end_ticks - middle_ticks) for note in beginning if note.end_ticks > middle_ticks
    ]
    return DecodeSpec(
        bars=bars,
        beginning_bars=pair.beginning_bars,
        ending_bars=pair.ending_bars,
        meter=pair.meter,
        held=tuple(held),
        has_given_notes=bool(beginning or ending),
        tempo_us_per_beat=pair.tempo_us_per_beat,
        struck_before=_struck(pair.beginning, pair.ticks_per_beat, middle_ticks),
        struck_after=_struck(pair.ending, pair.ticks_per_beat, 0),
        goal=_goal(folded(ending)),
        kept=_kept(pair),
    )


def _kept(pair: Pair) -> tuple[tuple[int, int, int], ...]:
    """The kept notes on the grid. Their onsets lie on it; an end between two ticks is rounded up."""
    start = pair.beginning_bars * pair.meter.bar_ticks()
    on_grid = [
        Note(
            note.onset_ticks * TICKS_PER_BEAT // pair.ticks_per_beat,
            note.pitch,
            -(-note.duration_ticks * TICKS_PER_BEAT // pair.ticks_per_beat),
        )
        for note in pair.kept
    ]
    return tuple((note.onset_ticks - start, note.pitch, note.duration_ticks) for note in distinct(on_grid))


def _goal(ending: Sequence[Note]) -> int | None:
    first = [note.pitch for note in ending if note.onset_ticks == ending[0].onset_ticks]
    return max(first, default=None)


def _struck(notes: Sequence[Note], ticks_per_beat: int, from_ticks: int) -> Struck:
    """(tick, pitches) of the notes struck together, in grid ticks from `from_ticks`, not rounded."""
    sets = onset_sets([(note.onset_ticks, note.pitch) for note in notes], ticks_per_beat)
    return tuple((tick * TICKS_PER_BEAT / ticks_per_beat - from_ticks, pitches) for tick, pitches in sets)


def require_span(bars: int, beginning_bars: int, ending_bars: int) -> None:
    if not MIN_BARS <= bars <= MAX_BARS:
        raise ValueError(f"a phrase of {bars} bars; legal: {MIN_BARS} to {MAX_BARS}")
    if min(beginning_bars, ending_bars) < 0 or beginning_bars + ending_bars >= bars:
        raise ValueError(
            f"{beginning_bars} + {ending_bars} given bars of {bars}; legal: 0 or more, 1 left to write"
        )


def given_on_grid(pair: Pair, bars: int) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
    """The given notes on the 48-tick grid; a note that lasts past the ending's first barline is cut there."""
    limit = (bars - pair.ending_bars) * pair.meter.bar_ticks(pair.ticks_per_beat)
    beginning = tuple(
        Note(note.onset_ticks, note.pitch, min(note.end_ticks, limit) - note.onset_ticks)
        for note in pair.beginning
    )
    sides = ((beginning, bars - pair.ending_bars), (tuple(pair.ending), max(pair.ending_bars, 1)))
    on_grid = [
        Phrase(notes, length, pair.meter, ticks_per_beat=pair.ticks_per_beat).on_grid().notes
        for notes, length in sides
    ]
    # Rounding may move the beginning's last onset to the barline, but it belongs to the bar before.
    last = pair.beginning_bars * pair.meter.bar_ticks() - 1
    kept = (
        note if note.onset_ticks <= last else Note(last, note.pitch, note.duration_ticks + 1)
        for note in on_grid[0]
    )
    return distinct(kept), on_grid[1]


def distinct(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes sorted; of notes with the same onset and pitch only the longest."""
    return tuple(sorted({(note.onset_ticks, note.pitch): note for note in sorted(notes)}.values()))


def folded(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Pitches outside the vocabulary moved into it by octaves."""
    moved = []
    for note in notes:
        pitch = note.pitch
        while pitch < LOWEST_PITCH:
            pitch += 12
        while pitch > HIGHEST_PITCH:
            pitch -= 12
        moved.append(Note(note.onset_ticks, pitch, note.duration_ticks))
    return distinct(moved)
