"""One violin's line in one piece, on the grid of the models: the result of every reader.

Barlines are given as ticks; the first bar begins at tick 0. A pickup is padded with silence at the
front to a full bar, so that its notes have the beats that a listener hears.
"""

from __future__ import annotations

from dataclasses import dataclass

from violin.music import Key, Meter, Note


@dataclass(frozen=True)
class ViolinPart:
    """The notes and bars of one violin, with their origin.

    `meters`, `keys` and `tempos` (µs a beat, a default where the source says nothing) hold
    (tick of change, value), the first at 0. `barlines` holds the tick of every barline with the
    final end; `double_bars` those of double bars, repeats, section ends and fermatas, where
    known. `quantise_error_beats` is the greatest distance that an onset was moved to lie on the
    grid; `shortened_notes` counts the notes that were cut, or left out of a chord, because a
    violin cannot hold them, of `total_notes` that the source has. `carried_accidentals` counts the
    notes of an ABC tune that a sign earlier in the bar alters.
    """

    notes: tuple[Note, ...]
    meters: tuple[tuple[int, Meter], ...]
    keys: tuple[tuple[int, Key], ...]
    tempos: tuple[tuple[int, int], ...]
    barlines: tuple[int, ...]
    double_bars: tuple[int, ...]
    role: str
    composer: str
    work_id: str
    work_group: str
    title: str
    source: str
    licence_class: str
    path: str
    quantise_error_beats: float
    shortened_notes: int
    total_notes: int
    carried_accidentals: int = 0


@dataclass(frozen=True)
class Refusal:
    """A file, or one part of it, that gives no violin part, with the reason in one line."""

    path: str
    reason: str
