"""The type of a family of negatives, and functions that families share.

A family makes a machine-like line from human material, with a given random generator. The line is
in canonical form and has the number of bars and the meter of its source; some families keep the
source's outer bars. It is playable, so that a judge learns how machines compose and not that they
break rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from models.judge.features.canonical import Line, tidied
from models.judge.features.key import class_weights
from models.judge.features.tonality import KeyFound, key_of, scale_mask
from models.judge.training.negatives.sampler import EventSampler
from violin.instrument import LOWEST_PITCH, is_playable

TOP_PITCH = 100  # E7, the end of an ordinary fingerboard
Random = np.random.Generator


class Tone(NamedTuple):
    """A note of a family, in steps."""

    onset_steps: int
    pitch: int
    duration_steps: int


@dataclass(frozen=True, eq=False)
class Material:
    """Material for families besides the source line: other human lines of the same meter, by bar
    length, and a sampler fitted on them. The language models that later score the line were not
    fitted on this material (cross-fitting by work)."""

    lines: dict[int, Sequence[Line]]
    sampler: EventSampler

    def other(self, line: Line, random: Random) -> Line:
        """A random other line of the same meter, or the line itself if there is none."""
        pool = self.lines.get(line.bar_steps) or [line]
        return pool[int(random.integers(len(pool)))]


class Family(NamedTuple):
    """`make` returns None if the source is not suitable (too few notes). Families of one `cluster`
    are left out together in the stricter evaluation. `words` describe it."""

    name: str
    cluster: str
    words: str
    make: Callable[[Line, Material, Random], Line | None]


def tones_of(line: Line) -> list[Tone]:
    return [
        Tone(onset, pitch, duration)
        for onset, pitch, duration in zip(
            line.onset_steps.tolist(), line.pitch.tolist(), line.duration_steps.tolist(), strict=True
        )
    ]


def line_of(tones: Iterable[Tone], like: Line) -> Line | None:
    """A canonical, playable line with the bars of `like` from tones in any order; None if there are
    no tones."""
    limit = like.bars * like.bar_steps
    kept: dict[tuple[int, int], int] = {}
    for tone in tones:
        if 0 <= tone.onset_steps < limit:
            place = (tone.onset_steps, into_range(tone.pitch))
            kept[place] = max(kept.get(place, 0), min(tone.duration_steps, limit - tone.onset_steps), 1)
    if len(kept) < 4:
        return None
    rows = np.array([(onset, pitch, length) for (onset, pitch), length in sorted(kept.items())], np.int32)
    made = Line(rows[:, 0], rows[:, 2], rows[:, 1], like.bars, like.bar_steps)
    return tidied(playable(made))


def into_range(pitch: int) -> int:
    """The pitch, moved by octaves into the instrument's range."""
    while pitch < LOWEST_PITCH:
        pitch += 12
    while pitch > TOP_PITCH:
        pitch -= 12
    return pitch


def playable(line: Line) -> Line:
    """The line without unplayable stops: a held note ends when the new notes need the hand, and of
    notes that begin together the lowest are removed. Human training lines are processed in the same
    way, so that playability carries no information."""
    end = (line.onset_steps + line.duration_steps).tolist()
    onset, pitch = line.onset_steps.tolist(), line.pitch.tolist()
    kept: list[int] = []
    active: list[int] = []
    index = 0
    while index < len(onset):
        begun = [index]
        while begun[-1] + 1 < len(onset) and onset[begun[-1] + 1] == onset[index]:
            begun.append(begun[-1] + 1)
        index = begun[-1] + 1
        here = onset[begun[0]]
        while len(begun) > 1 and not is_playable(sorted({pitch[note] for note in begun})):
            begun.pop(0)
        held: list[int] = []
        for note in (one for one in active if end[one] > here):
            if is_playable(sorted({pitch[one] for one in [*held, note, *begun]})) and pitch[note] not in {
                pitch[one] for one in begun
            }:
                held.append(note)
            else:
                end[note] = here
        active = held + begun
        kept += begun
    rows = np.array(kept)
    length = np.array(end, np.int32)[rows] - line.onset_steps[rows]
    return replace(line, onset_steps=line.onset_steps[rows], pitch=line.pitch[rows], duration_steps=length)


def outer_bars(line: Line, random: Random, least: int = 0) -> tuple[int, int]:
    """The first inner bar and the one after the last. `least` to 2 outer bars are kept, the same
    number at each end, because the challenge gives one or two."""
    outer = int(random.integers(least, 3))
    outer = min(outer, (line.bars - 2) // 2) if line.bars > 2 else 0
    return outer, line.bars - outer


def split_inner(line: Line, first: int, after: int) -> tuple[list[Tone], list[Tone]]:
    """The tones that begin in bars first..after-1, and the others, cut at the start of the inner bars."""
    start, end = first * line.bar_steps, after * line.bar_steps
    inner, outside = [], []
    for tone in tones_of(line):
        if start <= tone.onset_steps < end:
            inner.append(tone)
        elif tone.onset_steps < start:
            outside.append(tone._replace(duration_steps=min(tone.duration_steps, start - tone.onset_steps)))
        else:
            outside.append(tone)
    return inner, outside


def bar_tones(line: Line, bar: int) -> list[Tone]:
    """The tones of a bar, onsets from its barline, cut at its end."""
    start = bar * line.bar_steps
    return [
        Tone(
            tone.onset_steps - start,
            tone.pitch,
            min(tone.duration_steps, line.bar_steps - tone.onset_steps + start),
        )
        for tone in tones_of(line)
        if start <= tone.onset_steps < start + line.bar_steps
    ]


def placed(tones: Iterable[Tone], bar: int, like: Line, semitones: int = 0) -> list[Tone]:
    """The tones of a bar, transposed and moved to bar `bar`."""
    start = bar * like.bar_steps
    return [Tone(tone.onset_steps + start, tone.pitch + semitones, tone.duration_steps) for tone in tones]


def key_found(line: Line) -> KeyFound:
    return key_of(class_weights(line, line.bar_steps).sum(axis=0))


class Scale:
    """The pitches of a line's key, for families that write new notes."""

    def __init__(self, line: Line) -> None:
        mask = scale_mask(key_found(line))
        self.pitches = [pitch for pitch in range(LOWEST_PITCH, TOP_PITCH + 1) if mask[pitch % 12]]
        self.lowest = self.nearest(int(line.pitch.min()))
        self.highest = max(self.lowest + 4, self.nearest(int(line.pitch.max())))
        self.highest = min(self.highest, len(self.pitches) - 1)

    def nearest(self, pitch: int) -> int:
        """The index of the scale pitch that is nearest to a pitch."""
        return min(range(len(self.pitches)), key=lambda index: abs(self.pitches[index] - pitch))

    def at(self, index: int) -> int:
        """The pitch of an index, reflected at the ends of the line's own range."""
        span = max(1, self.highest - self.lowest)
        fold = (index - self.lowest) % (2 * span)
        return self.pitches[self.lowest + (fold if fold <= span else 2 * span - fold)]

    def moved(self, pitch: int, degrees: int) -> int:
        """A pitch some degrees higher within the scale; a note outside the scale keeps its alteration."""
        index = self.nearest(pitch)
        alteration = pitch - self.pitches[index]
        return self.pitches[min(max(index + degrees, 0), len(self.pitches) - 1)] + alteration
