"""Lines written as (place in quarter notes, pitch, length in quarter notes)."""

from __future__ import annotations

from collections.abc import Sequence

from models.judge.features.bars import LineBars
from models.judge.features.canonical import Line, canonical, events_of
from violin.music import Meter, Note, Phrase


def line_of_bars(bars: Sequence[Sequence[tuple[float, int, float]]], beats: int = 4) -> Line:
    notes = [
        Note(round(48 * (beats * bar + place)), pitch, round(48 * length))
        for bar, tones in enumerate(bars)
        for place, pitch, length in tones
    ]
    return canonical(Phrase(tuple(notes), len(bars), Meter(beats, 4)))


def bars_of(bars: Sequence[Sequence[tuple[float, int, float]]], beats: int = 4) -> LineBars:
    line = line_of_bars(bars, beats)
    return LineBars(line, events_of(line))


def quarters(*pitches: int) -> list[tuple[float, int, float]]:
    return [(float(place), pitch, 1.0) for place, pitch in enumerate(pitches)]
