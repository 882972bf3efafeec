"""How each bar relates to another one, and the bar shapes that are compared.

A bar's *rhythm* is its onsets with the length of the top note of each; its *contour* the signs of
the top line's steps. The composer's report uses the same definitions
(`models.bar_relations`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from violin.music import Key, Note, Phrase
from violin.plan import Relation, scale_step

_FEWEST_ONSETS = 3  # of a sequence or an inversion: two notes show no figure
_VARIED_SHARE = 0.7


@dataclass(frozen=True)
class BarShape:
    """One bar: `notes` (tick in the bar, pitch, length in ticks) ascending, on any grid."""

    notes: tuple[tuple[int, int, int], ...]

    @cached_property
    def top(self) -> tuple[tuple[int, int, int], ...]:
        """The highest note at each onset."""
        highest: dict[int, tuple[int, int, int]] = {}
        for note in self.notes:
            if note[0] not in highest or note[1] > highest[note[0]][1]:
                highest[note[0]] = note
        return tuple(highest[tick] for tick in sorted(highest))

    @cached_property
    def rhythm(self) -> tuple[tuple[int, int], ...]:
        return tuple((tick, length) for tick, _, length in self.top)

    @cached_property
    def pitches(self) -> tuple[int, ...]:
        return tuple(pitch for _, pitch, _ in self.top)

    @cached_property
    def contour(self) -> tuple[int, ...]:
        return tuple((second > first) - (second < first) for first, second in pairwise(self.pitches))

    def degrees(self, key: Key) -> tuple[int, ...]:
        """Scale steps of the top line, seven to the octave; a chromatic pitch counts as the step below."""
        return tuple(scale_step(pitch, key.tonic_pitch_class, key.minor) for pitch in self.pitches)


def bar_shapes(phrase: Phrase) -> list[BarShape]:
    """The shape of each bar; a note belongs to the bar of its onset."""
    bars: list[list[tuple[int, int, int]]] = [[] for _ in range(phrase.bars)]
    for note in phrase.notes:
        bar, tick = divmod(note.onset_ticks, phrase.bar_ticks)
        bars[bar].append((tick, note.pitch, note.duration_ticks))
    return [BarShape(tuple(bar)) for bar in bars]


def relation_between(bar: BarShape, other: BarShape, key: Key) -> tuple[Relation, int] | None:
    """(relation, scale steps of a sequence) of a bar to another; None if they are not related.

    >>> up = BarShape(((0, 60, 48), (48, 62, 48), (96, 64, 96)))
    >>> third = BarShape(((0, 64, 48), (48, 65, 48), (96, 67, 96)))
    >>> relation_between(third, up, Key(0))
    (<Relation.SEQUENCE: 'sequence of'>, 2)
    """
    if not bar.notes or not other.notes:
        return None
    if bar.notes == other.notes:
        return Relation.SAME, 0
    same_rhythm = bar.rhythm == other.rhythm
    onsets = len(bar.rhythm)
    if same_rhythm and onsets >= _FEWEST_ONSETS and bar.contour == other.contour:
        shifts = {one - two for one, two in zip(bar.degrees(key), other.degrees(key), strict=True)}
        if len(shifts) == 1 and shifts != {0}:
            return Relation.SEQUENCE, shifts.pop()
    if _shared(bar, other) >= _VARIED_SHARE:
        return Relation.VARIED, 0
    inverted = any(bar.contour) and bar.contour == tuple(-sign for sign in other.contour)
    if same_rhythm and onsets >= _FEWEST_ONSETS and inverted:
        return Relation.INVERSION, 0
    if same_rhythm and onsets > 1:
        return Relation.RHYTHM, 0
    return None


_CLOSENESS = {relation: place for place, relation in enumerate(Relation)}


def closest_relation(
    shapes: list[BarShape], index: int, key: Key, others: Sequence[int] | None = None
) -> tuple[Relation, int | None, int]:
    """(relation, index of the other bar, steps) of a bar to the bar of `others` that is closest to it, the
    first of equally close ones; (NEW, None, 0) if none is related. `others` None: the earlier bars, the
    nearest first."""
    best: tuple[Relation, int | None, int] = (Relation.NEW, None, 0)
    for other in range(index - 1, -1, -1) if others is None else others:
        found = relation_between(shapes[index], shapes[other], key)
        if found is not None and _CLOSENESS[found[0]] < _CLOSENESS[best[0]]:
            best = (found[0], other, found[1])
    return best


def _shared(bar: BarShape, other: BarShape) -> float:
    """The number of (onset, pitch) common to two bars, divided by that of the bar with more."""
    one, two = ({(tick, pitch) for tick, pitch, _ in shape.notes} for shape in (bar, other))
    return len(one & two) / max(len(one), len(two))


def top_note(notes: tuple[Note, ...]) -> Note | None:
    """The highest of the notes that begin last; None for no notes."""
    return max(notes, key=lambda note: (note.onset_ticks, note.pitch), default=None)
