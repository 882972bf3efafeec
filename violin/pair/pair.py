"""A pair: the given beginning and ending of a phrase, and the answer between them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from violin.challenge import (
    DEFAULT_BARS,
    MAX_BARS,
    METERS,
    MIN_BARS,
)
from violin.errors import PairError
from violin.music import (
    DEFAULT_TEMPO_US_PER_BEAT,
    DEFAULT_VELOCITY,
    TICKS_PER_BEAT,
    Key,
    Meter,
    Note,
    Phrase,
    common_resolution,
    nearest_tick,
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A beginning and an ending of whole bars, at the resolution of their file.

    `beginning` has ticks from the phrase's start, `ending` from the ending's own first barline.
    `bars` is the length of the phrase if a silent gap shows it, else None. `gap_bars` are the bars
    between the two sides in the file, 0 if they lie side by side. 0 bars on both sides: nothing is
    given and the phrase is free. `kept` are notes of the middle that stay, with ticks from the phrase's
    start (`violin.pair.kept`).
    """

    beginning: tuple[Note, ...]
    beginning_bars: int
    ending: tuple[Note, ...]
    ending_bars: int
    bars: int | None
    meter: Meter
    key: Key | None
    tempo_us_per_beat: int = DEFAULT_TEMPO_US_PER_BEAT
    velocity: int = DEFAULT_VELOCITY
    ticks_per_beat: int = TICKS_PER_BEAT
    name: str = field(default="pair", compare=False)
    gap_bars: int = field(default=0, compare=False)
    kept: tuple[Note, ...] = ()

    @property
    def sides(self) -> tuple[int, int]:
        """The given bars of the beginning and of the ending."""
        return self.beginning_bars, self.ending_bars

    @property
    def given_bars(self) -> int:
        return self.beginning_bars + self.ending_bars

    @property
    def bar_ticks(self) -> int:
        return self.meter.bar_ticks(self.ticks_per_beat)

    @property
    def held_at_middle(self) -> tuple[tuple[int, int], ...]:
        """(pitch, ticks left at the start of the middle), by pitch, on the grid of 48 ticks a beat.

        Ends are rounded to the grid, so that a note released a tick early or late holds nothing.
        """
        start = self.beginning_bars * self.meter.bar_ticks()
        held = []
        for note in self.beginning:
            end = nearest_tick(note.end_ticks, self.ticks_per_beat)
            if end > start:
                held.append((note.pitch, end - start))
        return tuple(sorted(held))

    def beginning_on_grid(self) -> list[Note]:
        """The notes before the middle on the 48-tick grid, with ticks from the phrase's start."""
        return [
            Note(
                nearest_tick(note.onset_ticks, self.ticks_per_beat),
                note.pitch,
                max(1, nearest_tick(note.duration_ticks, self.ticks_per_beat)),
            )
            for note in self.beginning
        ]

    @property
    def fewest_bars(self) -> int:
        """The shortest phrase of the challenge that leaves the middle at least one bar."""
        return max(MIN_BARS, self.given_bars + 1)

    def with_rests(self, sides: tuple[int, int]) -> Pair:
        """The pair with bars of the gap read as given bars of rest, up to these bars on each side.

        The pair itself if a side has more bars already, or if no bar of the gap would be left to
        compose (a gap that only marks the seam, in a file shorter than a phrase, may be used up).

        >>> pair = Pair((Note(0, 69, 192),), 1, (Note(0, 71, 192),), 1, 8, Meter(4, 4), None, gap_bars=6)
        >>> pair.with_rests((2, 1)).sides
        (2, 1)
        """
        first, last = sides[0] - self.beginning_bars, sides[1] - self.ending_bars
        room = self.gap_bars - (1 if self.bars else 0)
        if first < 0 or last < 0 or not 0 < first + last <= room:
            return self
        shift = last * self.bar_ticks
        return replace(
            self,
            beginning_bars=sides[0],
            ending=tuple(note.shifted(shift) for note in self.ending),
            ending_bars=sides[1],
            gap_bars=self.gap_bars - first - last,
        )

    def choose_bars(self, asked: int | None = None) -> int:
        """The length of the answer: that of the gap, else the requested one, else 8, or more if that
        leaves no room for a middle. PairError if the length is illegal or leaves none."""
        bars = self.bars or (max(DEFAULT_BARS, self.fewest_bars) if asked is None else asked)
        if not MIN_BARS <= bars <= MAX_BARS:
            raise PairError(f"{self.name}: {bars} bars; legal: {MIN_BARS} to {MAX_BARS}")
        if bars <= self.given_bars:
            message = f"{self.given_bars} bars are given, which leave no room for a middle in {bars}"
            raise PairError(f"{self.name}: {message}; legal: {self.fewest_bars} to {MAX_BARS}")
        return bars


def free_pair(
    meter: Meter = METERS[1], key: Key | None = None, tempo_us_per_beat: int = DEFAULT_TEMPO_US_PER_BEAT
) -> Pair:
    """A pair that gives nothing: the phrase is composed freely in this meter, key and tempo."""
    return Pair((), 0, (), 0, None, meter, key, tempo_us_per_beat, name="a free phrase")


def outer_pair(phrase: Phrase, beginning_bars: int = 1, ending_bars: int = 1) -> Pair:
    """The outer bars of a whole phrase as a given pair of its length. A note that sounds from the beginning
    into the gap keeps its length, but ends at the ending at the latest."""
    start, end = beginning_bars * phrase.bar_ticks, (phrase.bars - ending_bars) * phrase.bar_ticks
    return Pair(
        beginning=tuple(
            Note(note.onset_ticks, note.pitch, min(note.end_ticks, end) - note.onset_ticks)
            for note in phrase.notes
            if note.onset_ticks < start
        ),
        beginning_bars=beginning_bars,
        ending=tuple(note.shifted(-end) for note in phrase.notes if note.onset_ticks >= end),
        ending_bars=ending_bars,
        bars=phrase.bars,
        meter=phrase.meter,
        key=phrase.key,
        tempo_us_per_beat=phrase.tempo_us_per_beat,
        velocity=phrase.velocity,
        ticks_per_beat=phrase.ticks_per_beat,
        gap_bars=phrase.bars - beginning_bars - ending_bars,
    )


def answer(pair: Pair, bars: int, middle: tuple[Note, ...]) -> Phrase:
    """The phrase of `bars` bars: the given notes exactly as they were, and the middle between.

    `middle` is on the grid of 48 ticks a beat, from the middle's own start, and ends with it. The pair's
    kept notes replace those of the middle at the same places.
    The phrase has the least resolution that holds the file's and the grid's; if no MIDI file
    can state that, the file's own, and the middle is rounded to it. PairError for an illegal
    length; ValueError for a middle that sounds past its end.
    """
    bars = pair.choose_bars(bars) if pair.bars is None else _same_bars(pair, bars)
    middle_bars = bars - pair.given_bars
    inner = Phrase(_without_kept(middle, pair), middle_bars, pair.meter)
    resolution = common_resolution(pair.ticks_per_beat, TICKS_PER_BEAT)
    if resolution is None:
        resolution = pair.ticks_per_beat
        inner = inner.on_grid(resolution)
    else:
        inner = inner.with_resolution(resolution)
    bar_ticks = pair.meter.bar_ticks(resolution)
    scale = resolution // pair.ticks_per_beat
    start = pair.beginning_bars * bar_ticks
    end = start + middle_bars * bar_ticks
    notes = [_scaled(note, scale, 0) for note in (*pair.beginning, *pair.kept)]
    notes += [note.shifted(start) for note in inner.notes]
    notes += [_scaled(note, scale, end) for note in pair.ending]
    return Phrase(tuple(notes), bars, pair.meter, pair.key, pair.tempo_us_per_beat, pair.velocity, resolution)


def _without_kept(middle: tuple[Note, ...], pair: Pair) -> tuple[Note, ...]:
    start = pair.beginning_bars * pair.bar_ticks
    kept = {(nearest_tick(note.onset_ticks - start, pair.ticks_per_beat), note.pitch) for note in pair.kept}
    return tuple(note for note in middle if (note.onset_ticks, note.pitch) not in kept)


def _same_bars(pair: Pair, bars: int) -> int:
    if bars != pair.bars:
        raise PairError(f"{pair.name}: {bars} bars; legal: the {pair.bars} that the gap shows")
    return bars


def _scaled(note: Note, scale: int, start_ticks: int) -> Note:
    return Note(start_ticks + note.onset_ticks * scale, note.pitch, note.duration_ticks * scale)
