"""A raw part to music on the grid: bars, notes, keys, tempos, and what had to be changed.

`Music` is what the cache keeps: the fields of a `ViolinPart` that come from the file itself, not from a
catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from data_prep.grid.bars import Bars, counted_bars, engraved_bars
from data_prep.grid.holding import held_as_playable
from data_prep.grid.keys import with_modes
from data_prep.grid.pickup import pickup_beats
from data_prep.grid.quantise import constant_offset, quantised
from data_prep.grid.raw_part import RawNote, RawPart, ScoreError
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH
from violin.music import TICKS_PER_BEAT, Key, Meter, Note

_LARGEST_TEMPO = (1 << 24) - 1
_FEWEST_NOTES = 8
_MOST_BELOW_RANGE = 0.05


@dataclass(frozen=True)
class Music:
    """The fields of `ViolinPart` that come from the file; `number` counts the tunes of a book."""

    role: str
    number: int
    title: str
    notes: tuple[Note, ...]
    meters: tuple[tuple[int, Meter], ...]
    keys: tuple[tuple[int, Key], ...]
    tempos: tuple[tuple[int, int], ...]
    barlines: tuple[int, ...]
    double_bars: tuple[int, ...]
    quantise_error_beats: float
    shortened_notes: int
    total_notes: int
    carried_accidentals: int = 0


def music_of(role: str, part: RawPart, number: int = 0) -> Music:
    """One part on the grid. ScoreError if it cannot be put there."""
    total = len(part.notes)
    if total < _FEWEST_NOTES:
        raise ScoreError(f"part {part.place}: {total} notes; legal: {_FEWEST_NOTES} or more")
    part, out_of_range = within_range(part)
    if part.performed:
        bars, notes, error = _sequenced(part)
    else:
        bars, notes, error = _engraved(part)
    playable, touched = held_as_playable(notes)
    end = bars.barlines[-1]
    keys = with_modes(_keys(part, bars), playable, end)
    return Music(
        role=role,
        number=number,
        title=part.title,
        notes=playable,
        meters=bars.meters,
        keys=keys,
        tempos=_changes(
            [(bars.tick(beats), min(tempo, _LARGEST_TEMPO)) for beats, tempo in part.tempos if tempo]
        ),
        barlines=bars.barlines,
        double_bars=bars.double_bars,
        quantise_error_beats=error,
        shortened_notes=touched + out_of_range,
        total_notes=total,
        carried_accidentals=part.carried_accidentals,
    )


def _engraved(part: RawPart) -> tuple[Bars, list[Note], float]:
    if not part.bars:
        raise ScoreError(f"part {part.place}: no bars")
    bars = engraved_bars(part.bars, part.closings_beats)
    error = max(
        abs((note.onset_beats + bars.lead_beats) * TICKS_PER_BEAT - bars.tick(note.onset_beats))
        for note in part.notes
    )
    return bars, _gridded(part.notes, bars), error / TICKS_PER_BEAT


def _sequenced(part: RawPart) -> tuple[Bars, list[Note], float]:
    result = quantised(part.notes)
    context = [_shifted(notes, constant_offset(notes)) for notes in part.context if notes]
    meters = part.meters if part.meters[0][0] <= 0 else [(0.0, Meter(4, 4)), *part.meters]
    meters = [meters[0], *((beats - result.offset_beats, meter) for beats, meter in meters[1:])]
    end_beats = max(note.end_beats for note in result.notes)
    known = part.pickup_beats
    pickup = pickup_beats(meters, context) if known is None else known
    bars = counted_bars(meters, pickup, end_beats)
    return bars, _gridded(result.notes, bars), result.error_beats


def _shifted(notes: Sequence[RawNote], offset_beats: float) -> list[RawNote]:
    return [
        note._replace(onset_beats=note.onset_beats - offset_beats, end_beats=note.end_beats - offset_beats)
        for note in notes
    ]


def _gridded(notes: Sequence[RawNote], bars: Bars) -> list[Note]:
    end = bars.barlines[-1]
    placed = []
    for note in notes:
        onset = bars.tick(note.onset_beats)
        if 0 <= onset < end:
            placed.append(Note(onset, note.pitch, max(min(bars.tick(note.end_beats), end) - onset, 1)))
    return placed


def _keys(part: RawPart, bars: Bars) -> list[tuple[int, int, bool | None]]:
    """(tick, fifths, minor or None) in order, the first at 0; C major, mode unknown, if none is given."""
    by_tick: dict[int, tuple[int, bool | None]] = {0: (0, None)}
    for beats, fifths, minor in part.keys:
        if -7 <= fifths <= 7:
            by_tick[max(bars.tick(beats), 0) if beats > 0 else 0] = fifths, minor
    return [(tick, fifths, minor) for tick, (fifths, minor) in sorted(by_tick.items())]


def _changes(values: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The first at tick 0, later ones where the value changes; the last of one tick counts."""
    by_tick = {max(tick, 0): value for tick, value in sorted(values)}
    first = min(by_tick)
    ordered = [
        (0, by_tick[first]),
        *((tick, value) for tick, value in sorted(by_tick.items()) if tick > first),
    ]
    return (ordered[0], *(later for before, later in pairwise(ordered) if later[1] != before[1]))


def within_range(part: RawPart) -> tuple[RawPart, int]:
    """The part without notes out of the violin's range, and how many those were; ScoreError for too many."""
    kept = [note for note in part.notes if LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH]
    dropped = len(part.notes) - len(kept)
    if dropped > _MOST_BELOW_RANGE * len(part.notes):
        raise ScoreError(
            f"part {part.place}: {dropped} of {len(part.notes)} notes are out of the violin's range"
        )
    return replace(part, notes=kept), dropped
