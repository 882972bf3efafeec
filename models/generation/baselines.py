"""Baselines that the trained composer is measured against: simple engines that answer the same requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

from models.generation.infill import infill
from models.generation.request import Answer, OnAnswer, Request
from violin.music import Note, Phrase
from violin.pair import Pair, answer

_SCALE = (62, 64, 66, 67, 69, 71, 73, 74)  # D major, used when there are no given notes


@dataclass(frozen=True, slots=True)
class CopyABar:
    """Repeats the last given bar of the beginning up to the ending."""

    identity: str = "copy-a-bar"

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        return [Answer(answer(each.pair, each.bars, _copied(each))) for each in requests]


@dataclass(frozen=True, slots=True)
class Markov:
    """A first-order Markov chain over the given top notes, with note lengths drawn from the given
    ones."""

    identity: str = "markov"

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        return [Answer(answer(each.pair, each.bars, _walked(each))) for each in requests]


@dataclass(frozen=True, slots=True)
class Ngram:
    """An n-gram model of order five over the training phrases of a store, with the same masks as
    the transformer."""

    store: Path
    order: int = 5

    @property
    def identity(self) -> str:
        return f"ngram of order {self.order} on {self.store}"

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        from models.ngram import ngram_of_store

        return infill(ngram_of_store(self.store, self.order), requests, guards=None)


def _copied(request: Request) -> tuple[Note, ...]:
    bar_ticks = request.pair.meter.bar_ticks()
    last = (request.pair.beginning_bars - 1) * bar_ticks
    bar = [note for note in request.pair.beginning_on_grid() if note.onset_ticks >= last]
    pattern = [
        Note(
            note.onset_ticks - last,
            note.pitch,
            min(note.duration_ticks, last + bar_ticks - note.onset_ticks),
        )
        for note in bar
        if note.onset_ticks < last + bar_ticks
    ] or [Note(0, _SCALE[0], bar_ticks)]
    bars = request.bars - request.pair.given_bars
    return tuple(note.shifted(place * bar_ticks) for place in range(bars) for note in pattern)


def _walked(request: Request) -> tuple[Note, ...]:
    random = Random(f"markov/{request.key}")
    line = _top_line(request.pair) or [Note(48 * place, pitch, 48) for place, pitch in enumerate(_SCALE)]
    following: dict[int, list[int]] = defaultdict(list)
    for note, upcoming in pairwise(line):
        following[note.pitch].append(upcoming.pitch)
    lengths = [note.duration_ticks for note in line]
    end = (request.bars - request.pair.given_bars) * request.pair.meter.bar_ticks()
    notes: list[Note] = []
    tick, pitch = 0, line[0].pitch
    while tick < end:
        length = min(random.choice(lengths), end - tick)
        pitch = random.choice(following.get(pitch) or [note.pitch for note in line])
        notes.append(Note(tick, pitch, length))
        tick += length
    return tuple(notes)


def _top_line(pair: Pair) -> list[Note]:
    """The highest note at each onset of the given bars, on the grid: first the beginning, then the
    ending."""
    tops: dict[int, Note] = {}
    shift = pair.beginning_bars * pair.meter.bar_ticks()
    ending = Pair(
        pair.ending, pair.ending_bars, (), 0, None, pair.meter, None, ticks_per_beat=pair.ticks_per_beat
    )
    for note in [*pair.beginning_on_grid(), *(note.shifted(shift) for note in ending.beginning_on_grid())]:
        known = tops.get(note.onset_ticks)
        if known is None or known.pitch < note.pitch:
            tops[note.onset_ticks] = note
    return [tops[tick] for tick in sorted(tops)]


def copy_of_the_beginning(requests: Sequence[Request]) -> list[Phrase]:
    """The baseline that repeats the beginning up to the ending."""
    return [answer(each.pair, each.bars, _copied_beginning(each.pair, each.bars)) for each in requests]


def _copied_beginning(pair: Pair, bars: int) -> tuple[Note, ...]:
    """The beginning's bars repeated and cut at the ending, in grid ticks from the start of the middle."""
    bar_ticks = pair.meter.bar_ticks()
    middle_ticks = (bars - pair.beginning_bars - pair.ending_bars) * bar_ticks
    period = pair.beginning_bars * bar_ticks
    notes = []
    for start in range(0, middle_ticks, period):
        for note in pair.beginning:
            onset = start + note.onset_ticks
            duration = min(note.end_ticks, period) - note.onset_ticks
            if onset < middle_ticks:
                notes.append(Note(onset, note.pitch, min(duration, middle_ticks - onset)))
    held = pair.held_at_middle
    return tuple(note for note in notes if not held or note.onset_ticks >= bar_ticks)
