"""Moves the times of a sequence to the grid of 48 ticks a beat, and measures the error.

The steps, in this order:

1. A constant offset is found and removed: the shift, up to a quarter of a beat, at which the most
   onsets lie on 32nds and sixteenth triplets. LilyPond plays an opening grace before beat 0 and moves
   the whole file by 9/40 of its length; some sequences move one track.
2. A grace note (shorter than an eighth of a beat, off the grid, running into the next onset) is left
   out; the note that it cut short is prolonged to that onset.
3. A trill played out (six or more notes that alternate between two neighbours, each at most an
   eighth of a beat) becomes its lower note.
4. Each beat gets the simplest of the subdivisions 4, 3, 8, 6, 16, 12 that holds its onsets within 1/96
   of a beat, else the one with the least error.
5. An end is moved to the next onset (sequences play full-length notes shorter) where the silence
   before it is at most a quarter of the time between the two onsets and at most an eighth note, or at
   most half of that time (a staccato) and a sixteenth; else to the nearest 32nd or triplet.

If less than 70 % of a part's onsets lie within 1/96 of a beat of the grid after step 1, the part was recorded
from a performance and is refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from data_prep.grid.raw_part import RawNote, ScoreError
from violin.music import TICKS_PER_BEAT

_NEAR_BEATS = 1 / 96
_LEAST_SHARE_ON_GRID = 0.7
_LONGEST_GRACE_BEATS = 0.125
_LONGEST_TRILL_BEATS = 0.1251
_FEWEST_TRILL_NOTES = 6
_CLOSED_SILENCES = ((0.25, 0.5), (0.5, 0.25))  # (share of the time between onsets, beats)
_SUBDIVISIONS = (4, 3, 8, 6, 16, 12)
_FINE_TICKS = tuple(sorted({*range(0, TICKS_PER_BEAT + 1, 6), *range(0, TICKS_PER_BEAT + 1, 8)}))


@dataclass(frozen=True)
class Quantised:
    """Notes on the grid, in beats; the greatest move of an onset, the offset removed, what was left out."""

    notes: tuple[RawNote, ...]
    error_beats: float
    offset_beats: float
    graces: int
    trills: int


def quantised(notes: Sequence[RawNote]) -> Quantised:
    """The notes of one sequenced part on the grid; ScoreError if they were played freely."""
    offset = constant_offset(notes)
    moved = [
        RawNote(note.onset_beats - offset, note.end_beats - offset, note.pitch)
        for note in notes
        if note.onset_beats - offset > -_NEAR_BEATS
    ]
    plain, graces = without_graces(moved)
    plain, trills = without_trills(plain)
    share = share_on_grid([note.onset_beats for note in plain])
    if share < _LEAST_SHARE_ON_GRID:
        raise ScoreError(f"timed as played: {share:.0%} of its onsets lie on a grid of 32nds and triplets")
    placed, error = _snapped(plain)
    return Quantised(tuple(placed), error, offset, graces, trills)


def share_on_grid(onsets_beats: Sequence[float], offset_beats: float = 0.0) -> float:
    """The share of onsets within 1/96 beat of a 32nd or a sixteenth triplet."""
    if not onsets_beats:
        return 1.0
    return sum(_grid_distance(onset - offset_beats) < _NEAR_BEATS for onset in onsets_beats) / len(
        onsets_beats
    )


def _grid_distance(beats: float) -> float:
    ticks = beats % 1.0 * TICKS_PER_BEAT
    index = bisect_right(_FINE_TICKS, ticks)
    return (
        min(ticks - _FINE_TICKS[index - 1], _FINE_TICKS[min(index, len(_FINE_TICKS) - 1)] - ticks)
        / TICKS_PER_BEAT
    )


def constant_offset(notes: Sequence[RawNote]) -> float:
    """The shift of all onsets against the grid, 0 to under a quarter beat; 0 unless it helps clearly."""
    onsets = [note.onset_beats for note in notes]
    here = share_on_grid(onsets)
    if here > 0.9:
        return 0.0
    tallies: dict[int, int] = defaultdict(int)
    for onset in onsets:
        tallies[round(onset % 0.25 * 384)] += 1
    candidates = sorted(tallies, key=lambda step: -tallies[step])[:4]
    best = max((step / 384 for step in candidates), key=lambda offset: share_on_grid(onsets, offset))
    return best if share_on_grid(onsets, best) > max(here + 0.1, 0.8) else 0.0


def without_graces(notes: Sequence[RawNote]) -> tuple[list[RawNote], int]:
    """The notes without graces that sound before their main note, and how many those were."""
    onsets = sorted({note.onset_beats for note in notes})
    graces: dict[float, float] = {}  # onset of a grace -> onset of its main note
    for note in notes:
        length = note.end_beats - note.onset_beats
        if length <= _LONGEST_GRACE_BEATS and _grid_distance(note.onset_beats) > _NEAR_BEATS:
            index = bisect_right(onsets, note.onset_beats + 1e-6)
            if index < len(onsets) and abs(onsets[index] - note.end_beats) < _NEAR_BEATS:
                graces[note.onset_beats] = onsets[index]
    kept = []
    count = 0
    for note in notes:
        if note.onset_beats in graces:
            count += 1
            continue
        end = note.end_beats
        while end in graces:
            end = graces[end]
        kept.append(note._replace(end_beats=end))
    return kept, count


def without_trills(notes: Sequence[RawNote]) -> tuple[list[RawNote], int]:
    """The notes with each played-out trill as one note, and the number of those."""
    ordered = sorted(notes)
    result: list[RawNote] = []
    trills = 0
    index = 0
    while index < len(ordered):
        end = index + 1
        while end < len(ordered) and _trill_goes_on(ordered, index, end):
            end += 1
        if end - index >= _FEWEST_TRILL_NOTES:
            low = min(ordered[index].pitch, ordered[index + 1].pitch)
            result.append(RawNote(ordered[index].onset_beats, ordered[end - 1].end_beats, low))
            trills += 1
            index = end
        else:
            result.append(ordered[index])
            index += 1
    return result, trills


def _trill_goes_on(ordered: Sequence[RawNote], first: int, place: int) -> bool:
    """Whether note `place` continues the alternation of the notes from `first` on."""
    before, note = ordered[place - 1], ordered[place]
    step = note.onset_beats - before.onset_beats
    if not 0 < step <= _LONGEST_TRILL_BEATS or not 1 <= abs(note.pitch - before.pitch) <= 2:
        return False
    return place - first < 2 or note.pitch == ordered[place - 2].pitch


def _snapped(notes: Sequence[RawNote]) -> tuple[list[RawNote], float]:
    """Steps 4 and 5: notes with onsets and ends on ticks, and the greatest move of an onset."""
    by_beat: dict[int, set[float]] = defaultdict(set)
    for note in notes:
        by_beat[int(note.onset_beats + _NEAR_BEATS)].add(note.onset_beats)
    place: dict[float, float] = {}
    for beat, onsets in by_beat.items():
        place.update(_subdivided(beat, sorted(onsets)))
    starts = sorted(set(place.values()))
    result = []
    for note in notes:
        onset = place[note.onset_beats]
        result.append(RawNote(onset, _end(onset, note.end_beats, starts), note.pitch))
    error = max((abs(place[note.onset_beats] - note.onset_beats) for note in notes), default=0.0)
    return sorted(set(result)), error


def _subdivided(beat: int, onsets: Sequence[float]) -> dict[float, float]:
    best: dict[float, float] = {}
    least = float("inf")
    for parts in _SUBDIVISIONS:
        found = {onset: beat + round((onset - beat) * parts) / parts for onset in onsets}
        error = max(abs(onset - spot) for onset, spot in found.items())
        crowded = len(set(found.values())) < len(onsets) and _least_gap(onsets) > 2 * _NEAR_BEATS
        if error < _NEAR_BEATS and not crowded:
            return found
        if error + crowded < least:
            best, least = found, error + crowded
    return best


def _least_gap(onsets: Sequence[float]) -> float:
    return min((second - first for first, second in pairwise(onsets)), default=1.0)


def _end(onset: float, end: float, starts: Sequence[float]) -> float:
    index = bisect_right(starts, max(end - _NEAR_BEATS, onset))
    if index < len(starts):
        following = starts[index]
        silence = following - end - 1e-6
        if any(silence <= min(share * (following - onset), beats) for share, beats in _CLOSED_SILENCES):
            return following
    whole = int(end)
    ticks = (end - whole) * TICKS_PER_BEAT
    nearest = min(_FINE_TICKS, key=lambda tick: abs(tick - ticks))
    return max(whole + nearest / TICKS_PER_BEAT, onset + 3 / TICKS_PER_BEAT)
