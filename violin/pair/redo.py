"""Whole phrases of which some bars are composed anew, or to which bars are added.

Bars are counted from 1, as in every message. A note belongs to the bar in which it begins: it stays, with
its length, if that bar is kept, and is removed if the bar is composed anew. So a kept note
may sound on into the new bars, and the end of a note that began in them no longer sounds in the kept bar
after them. A kept note that sounds through all of the new bars into a kept bar is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from violin.challenge import MAX_BARS, METERS, MIN_BARS
from violin.errors import PairError
from violin.music import Note, Phrase, pitch_name
from violin.pair.kept import require_keepable
from violin.pair.pair import Pair, outer_pair

Span = tuple[int, int]
"""The first and the last bar of a stretch, both counted from 1."""


@dataclass(frozen=True, slots=True)
class Redo:
    """A phrase of 8 to 16 bars and the spans to compose anew, one after the other.

    Spans that touch or overlap are joined. `kept` are notes of the new bars that stay
    (`violin.pair.kept`). PairError if a bar does not exist, the meter or the length is not one of the
    challenge, a note of the other bars sounds through a span, or a note cannot be kept.

    >>> from violin.music import Note
    >>> redo = Redo(Phrase((Note(0, 69, 48),), bars=8), ((6, 6), (2, 3)))
    >>> redo.spans, redo.pair(redo.phrase, 0).sides
    (((2, 3), (6, 6)), (1, 5))
    """

    phrase: Phrase
    spans: tuple[Span, ...]
    name: str = field(default="phrase", compare=False)
    kept: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        _require_composable(self.phrase, self.name)
        if not MIN_BARS <= self.phrase.bars <= MAX_BARS:
            raise PairError(f"{self.name}: {self.phrase.bars} bars; legal: {MIN_BARS} to {MAX_BARS}")
        object.__setattr__(self, "spans", joined(self.spans, self.phrase.bars, self.name))
        for first, last in self.spans:
            _require_end_of_held(self.phrase, first, last, self.name)
        require_keepable(self.phrase, self.kept, self.spans, self.name)

    @property
    def new_bars(self) -> tuple[int, ...]:
        """The bars that are composed anew, counted from 0."""
        return tuple(bar for first, last in self.spans for bar in range(first - 1, last))

    @property
    def kept_bars(self) -> tuple[int, ...]:
        """The other bars, counted from 0."""
        new = set(self.new_bars)
        return tuple(bar for bar in range(self.phrase.bars) if bar not in new)

    def pair(self, phrase: Phrase, stage: int) -> Pair:
        """The pair whose middle is the span of that number; `phrase` has the new bars of earlier spans."""
        first, last = self.spans[stage]
        scale = phrase.ticks_per_beat // self.phrase.ticks_per_beat
        kept = tuple(
            Note(note.onset_ticks * scale, note.pitch, note.duration_ticks * scale)
            for note in self.kept
            if first <= note.onset_ticks // self.phrase.bar_ticks + 1 <= last
        )
        return replace(outer_pair(phrase, first - 1, phrase.bars - last), name=self.name, kept=kept)


def continued(phrase: Phrase, bars: int, name: str = "phrase") -> Pair:
    """The pair that gives the whole phrase, with `bars` bars to compose after it.

    PairError if the phrase would not have 8 to 16 bars then.
    """
    _require_composable(phrase, name)
    total = phrase.bars + bars
    fewest, most = max(1, MIN_BARS - phrase.bars), MAX_BARS - phrase.bars
    if most < 1:
        raise PairError(f"{name}: {phrase.bars} bars; legal: up to {MAX_BARS - 1} bars to continue")
    if not fewest <= bars <= most:
        message = f"{phrase.bars} bars and {bars} more are {total}"
        raise PairError(f"{name}: {message}; legal: {fewest} to {most} more")
    whole = replace(phrase, bars=total)
    return replace(outer_pair(whole, phrase.bars, 0), name=name)


def parse_spans(text: str) -> tuple[Span, ...]:
    """Spans in a text such as '3,6-7'; PairError for any other text.

    >>> parse_spans("3,6-7")
    ((3, 3), (6, 7))
    """
    spans = []
    for part in text.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise PairError(f"bars {text!r}; legal: numbers and ranges, as in 3,6-7")
        spans.append((int(first), int(last) if dash else int(first)))
    return tuple(spans)


def other_bars(spans: Iterable[Span], bars: int, name: str = "phrase") -> tuple[Span, ...]:
    """The spans between some spans of a phrase; PairError if none is left.

    >>> other_bars([(3, 4)], 8)
    ((1, 2), (5, 8))
    """
    edges = [(0, 0), *joined(spans, bars, name), (bars + 1, bars + 1)]
    others = tuple(
        (before[1] + 1, after[0] - 1) for before, after in pairwise(edges) if after[0] > before[1] + 1
    )
    if not others:
        raise PairError(f"{name}: all {bars} bars are kept; legal: at least one bar to compose")
    return others


def joined(spans: Iterable[Span], bars: int, name: str) -> tuple[Span, ...]:
    """The spans in order, those that touch as one; PairError if a bar is not in the phrase."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if not 1 <= first <= last <= bars:
            raise PairError(f"{name}: bars {first}-{last}; legal: from first to last within 1 to {bars}")
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    if not found:
        raise PairError(f"{name}: no bars are named; legal: at least one")
    return tuple(found)


def spans_text(spans: Sequence[Span]) -> str:
    """Spans as `parse_spans` reads them.

    >>> spans_text([(3, 3), (6, 7)])
    '3,6-7'
    """
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in spans)


def cut_tails(redo: Redo) -> list[str]:
    """A line for each note that begins in a new bar and sounds on into a kept one: its end is removed too."""
    phrase, lines = redo.phrase, []
    for _, last in redo.spans:
        barline = last * phrase.bar_ticks
        lines += [
            f"{phrase.place(note.onset_ticks)}: {pitch_name(note.pitch)} sounds into bar {last + 1}; "
            "it is removed with the bar in which it begins"
            for note in phrase.notes
            if (note.onset_ticks // phrase.bar_ticks) in redo.new_bars
            and note.onset_ticks < barline < note.end_ticks
        ]
    return lines


def _require_composable(phrase: Phrase, name: str) -> None:
    if phrase.meter not in METERS:
        legal = " or ".join(str(meter) for meter in METERS)
        raise PairError(f"{name}: the meter is {phrase.meter}; legal: {legal}")


def _require_end_of_held(phrase: Phrase, first: int, last: int, name: str) -> None:
    """PairError if a note from before the span sounds on after it."""
    start, end = (first - 1) * phrase.bar_ticks, last * phrase.bar_ticks
    for note in phrase.notes:
        if note.onset_ticks < start and note.end_ticks > end:
            begins, ends = (ticks // phrase.bar_ticks + 1 for ticks in (note.onset_ticks, note.end_ticks - 1))
            raise PairError(
                f"{name}: {phrase.place(note.onset_ticks)}: {pitch_name(note.pitch)} sounds through "
                f"bar {spans_text([(first, last)])} into bar {ends}; "
                f"legal: bars {begins}-{last} or {first}-{ends} instead"
            )
