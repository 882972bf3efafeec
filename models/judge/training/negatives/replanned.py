"""Inner bars that are repeated as in the human source, with new music in the other bars.

So repetition does not show the machine: the line repeats the same bars as its source, in the same way
(exactly, moved within the scale, varied, or in rhythm only). Only the music of the bars is a machine's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from typing import NamedTuple

from models.judge.features.bars import LineBars
from models.judge.features.canonical import Line, events_of
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Scale,
    Tone,
    bar_tones,
    line_of,
    outer_bars,
    placed,
    split_inner,
)
from models.judge.training.negatives.sampled import sampled_tones

_SAME, _VARIED, _MOVED, _RHYTHM = 0.9, 0.6, 0.85, 0.9  # likeness from which a bar counts as related


class Return(Enum):
    """How a bar returns."""

    NEW = "new"
    SAME = "same"
    VARIED = "varied"
    MOVED = "moved"
    RHYTHM = "rhythm"


class Relation(NamedTuple):
    """How a bar relates to an earlier bar, `other` (-1 for NEW), and the shift of a MOVED one in scale
    steps."""

    kind: Return
    other: int = -1
    shift: int = 0


def relations_of(line: Line) -> list[Relation]:
    """The closest relation of each bar of a line to an earlier one."""
    likeness = LineBars(line, events_of(line)).likeness
    found = [Relation(Return.NEW)]
    for bar in range(1, line.bars):
        pitch, scale = likeness.pitch[bar, :bar], likeness.scale[bar, :bar]
        rhythm = likeness.rhythm[bar, :bar]
        same, moved, in_rhythm = int(pitch.argmax()), int(scale.argmax()), int(rhythm.argmax())
        if pitch[same] >= _SAME:
            found.append(Relation(Return.SAME, same))
        elif scale[moved] >= _MOVED:
            found.append(Relation(Return.MOVED, moved, int(likeness.shift[moved, bar])))
        elif pitch[same] >= _VARIED:
            found.append(Relation(Return.VARIED, same))
        elif rhythm[in_rhythm] >= _RHYTHM:
            found.append(Relation(Return.RHYTHM, in_rhythm))
        else:
            found.append(Relation(Return.NEW))
    return found


NewBar = Callable[[int, Sequence[Tone]], list[Tone]]
"""(bar, tones of the line so far) -> tones of that bar, onsets from its barline."""


def replanned(line: Line, first: int, after: int, new_bar: NewBar, random: Random) -> Line | None:
    """The line with bars first..after-1 composed by `new_bar`. A bar that repeats an earlier one in the
    line repeats it in the same way."""
    _, outside = split_inner(line, first, after)
    scale = Scale(line)
    relations = relations_of(line)
    bars = {bar: bar_tones(line, bar) for bar in (*range(first), *range(after, line.bars))}
    written = [tone for tone in outside if tone.onset_steps < first * line.bar_steps]
    for bar in range(first, after):
        kind, other, shift = relations[bar]
        if kind is Return.NEW or not bars[other]:
            tones = new_bar(bar, written)
        elif kind is Return.SAME:
            tones = bars[other]
        elif kind is Return.MOVED:
            tones = [tone._replace(pitch=scale.moved(tone.pitch, shift)) for tone in bars[other]]
        else:
            tones = _varied(bars[other], new_bar(bar, written), line, kind, random)
        bars[bar] = tones
        written = [*written, *placed(tones, bar, line)]
    inner = [tone for bar in range(first, after) for tone in placed(bars[bar], bar, line)]
    return line_of(inner + outside, line)


def _varied(
    model: Sequence[Tone], new: Sequence[Tone], line: Line, kind: Return, random: Random
) -> list[Tone]:
    """The rhythm of the bar `model` with new pitches; of a VARIED bar only one half is new."""
    if not new:
        return list(model)
    pitches = [tone.pitch for tone in new]
    half = line.bar_steps // 2
    start = 0 if kind is Return.RHYTHM else int(random.choice([0, half]))
    end = line.bar_steps if kind is Return.RHYTHM else start + half
    return [
        tone._replace(pitch=pitches[index % len(pitches)]) if start <= tone.onset_steps < end else tone
        for index, tone in enumerate(model)
    ]


def make(line: Line, material: Material, random: Random, order: int, temperature: float) -> Line | None:
    first, after = outer_bars(line, random, least=1)

    def new_bar(bar: int, written: Sequence[Tone]) -> list[Tone]:
        return sampled_tones(material.sampler, line, written, bar, order, temperature, random)

    return replanned(line, first, after, new_bar, random)


FAMILIES = (
    Family(
        "plan_ngram",
        "plan",
        "order-5 language model, bars return as in a human line",
        partial(make, order=5, temperature=1.0),
    ),
    Family(
        "plan_cold",
        "plan",
        "order-3 language model, temperature 0.5, bars return as in a human line",
        partial(make, order=3, temperature=0.5),
    ),
)
