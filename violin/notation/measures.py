"""A phrase as it is written: bars of voices of notes, chords and rests, each of one note value.

    for bar in written_bars(phrase):
        for voice in bar.voices:
            for item in voice.items: ...

The music is taken to the grid of 48 ticks a quarter note first. The written form keeps it exactly: the
lengths of the items in a voice add up to the bar, and tied items to the note.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from violin.music import Phrase
from violin.notation.beams import set_beams
from violin.notation.durations import Stretch, Value, divided, stretches, value_of
from violin.notation.meter_levels import MeterLevels, meter_levels
from violin.notation.voices import Chord, voices_of


@dataclass
class Item:
    """A written note, chord or rest: `onset` and `ticks` within the bar, at 48 ticks a quarter note.

    `pitches` ascend, `indices` are the places of their notes in `Phrase.on_grid().notes`; both are empty
    for a rest. `is_visible` is False for a rest that only fills a voice while another voice sounds. A
    tuplet has three in the time of two; `opens_tuplet` and `closes_tuplet` mark its ends. `beams` holds
    one of begin, continue, end, forward hook and backward hook for each beam, the outermost first.
    """

    onset: int
    ticks: int
    value: Value
    pitches: tuple[int, ...] = ()
    indices: tuple[int, ...] = ()
    is_tied_from: bool = False
    is_tied_to: bool = False
    in_tuplet: bool = False
    opens_tuplet: bool = False
    closes_tuplet: bool = False
    is_visible: bool = True
    fills_bar: bool = False
    beams: list[str] = field(default_factory=list)

    @property
    def is_rest(self) -> bool:
        return not self.pitches

    @property
    def end(self) -> int:
        return self.onset + self.ticks


@dataclass
class Voice:
    """One voice of one bar; `number` counts from 0, the highest voice."""

    number: int
    items: list[Item]


@dataclass
class Bar:
    """One bar of `ticks` ticks: the voices with notes in it, and always the first voice."""

    index: int
    ticks: int
    voices: list[Voice]


def written_bars(phrase: Phrase) -> list[Bar]:
    """The bars of a phrase. NotationError for a meter that notation on this grid cannot state."""
    levels = meter_levels(phrase.meter)
    voices = voices_of(phrase.on_grid().notes)
    return [_bar(index, voices, levels) for index in range(phrase.bars)]


def _bar(index: int, voices: Sequence[Sequence[Chord]], levels: MeterLevels) -> Bar:
    start = index * levels.bar_ticks
    here = [_in_bar(voice, start, start + levels.bar_ticks) for voice in voices]
    sounding = [(chord.onset - start, chord.end - start) for voice in here for chord in voice]
    written = []
    for number, chords in enumerate(here):
        if number == 0 or chords:
            others = [
                span for other, spans in enumerate(here) if other != number for span in _spans(spans, start)
            ]
            items = _items(chords, start, levels)
            for item in items:
                if item.is_rest:
                    item.is_visible = number == 0 and not _covered(item.onset, item.end, others)
            set_beams(items, levels)
            written.append(Voice(number, items))
    if not sounding:
        written[0].items = [Item(0, levels.bar_ticks, Value(0, 0), fills_bar=True)]
    return Bar(index, levels.bar_ticks, written)


def _in_bar(chords: Sequence[Chord], start: int, end: int) -> list[Chord]:
    """The chords of a voice that sound within a bar, whole."""
    first = bisect_left(chords, start + 1, key=lambda chord: chord.end)
    last = bisect_left(chords, end, key=lambda chord: chord.onset)
    return list(chords[first:last])


def _spans(chords: Sequence[Chord], start: int) -> list[tuple[int, int]]:
    return [(chord.onset - start, chord.end - start) for chord in chords]


def _covered(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether other voices sound all through a stretch."""
    reached = start
    for onset, until in sorted(spans):
        if onset > reached:
            break
        reached = max(reached, until)
    return reached >= end


def _items(chords: Sequence[Chord], start: int, levels: MeterLevels) -> list[Item]:
    """One voice of one bar, its gaps filled with rests."""
    filled: list[tuple[int, int, Chord | None]] = []
    now = 0
    for chord in chords:
        onset, end = max(chord.onset - start, 0), min(chord.end - start, levels.bar_ticks)
        if onset > now:
            filled.append((now, onset, None))
        filled.append((onset, end, chord))
        now = end
    if now < levels.bar_ticks:
        filled.append((now, levels.bar_ticks, None))
    items: list[Item] = []
    for stretch in stretches([onset for onset, _, _ in filled], levels):
        written = []
        for onset, end, filler in filled:
            if onset < stretch.end and end > stretch.start:
                clipped = max(onset, stretch.start), min(end, stretch.end)
                written += _pieces(clipped, filler, start, stretch, levels)
        if stretch.is_tuplet:
            written[0].opens_tuplet = written[-1].closes_tuplet = True
        items += written
    return items


def _pieces(
    span: tuple[int, int], chord: Chord | None, bar_start: int, stretch: Stretch, levels: MeterLevels
) -> list[Item]:
    cuts = divided(*span, stretch, levels, is_rest=chord is None)
    items = []
    for onset, end in pairwise(cuts):
        value = value_of(end - onset, stretch.is_tuplet)
        assert value is not None
        item = Item(onset, end - onset, value, in_tuplet=stretch.is_tuplet)
        if chord is not None:
            item.pitches, item.indices = chord.pitches, chord.indices
            item.is_tied_from = bar_start + onset > chord.onset
            item.is_tied_to = bar_start + end < chord.end
        items.append(item)
    return items
