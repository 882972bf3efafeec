"""Given pairs: the beginning and the ending of a phrase whose middle is to be composed.

The challenge's pages do not say how a pair lies in its file, so both layouts are read:

* **Side by side**, as in the organisers' samples: all bars hold music and nothing says how long
  the answer is (`bars` is None). The file is split in half, the beginning getting the odd bar;
  `split=(beginning bars, ending bars)` says otherwise.
* **With a gap**: interior bars in which no note begins, at least one of them wholly silent. If the
  file has 8 to 16 bars, the ending stands at its true place and the gap says the length; in a
  shorter file the gap merely marks the seam and the length is chosen. Of several gaps the
  longest holds, of equal ones the first; the silent bars of the others are given bars of rest.

Whole bars are given, from the first one to the last one that holds an onset, rests included:

* An upbeat, or any bar that is partly rest, stays as it is: nothing is filled up or moved.
* A note of the beginning that sounds past its last bar (a tie into the gap) is a *held* note: it
  keeps its duration and goes on sounding into the middle; see `Pair.held_at_middle`.
* A first bar that is silent is a given bar of rest. Silence after the last note is no bar of its
  own, except where the file would else have one bar only and its end of track lies on a later
  barline: then the ending is a bar of rest.
* Notes are given, rules or no rules: a pair that breaks them itself is read, and reported by
  the linter. A missing meter is 4/4, a missing key None, a missing tempo 120 beats a minute; of
  several tempi or keys the first holds; velocity is the one that most notes have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from violin.challenge import (
    DEFAULT_BARS,
    MAX_BARS,
    METERS,
    MIN_BARS,
)
from violin.errors import PairError
from violin.midi import load, pair_notes, phrase_of, read_phrase
from violin.music import (
    DEFAULT_TEMPO_US_PER_BEAT,
    DEFAULT_VELOCITY,
    TICKS_PER_BEAT,
    Key,
    Meter,
    Note,
    Phrase,
    common_resolution,
)
from violin.smf import parse


@dataclass(frozen=True, slots=True)
class Pair:
    """A beginning and an ending of whole bars, at the resolution of their file.

    `beginning` has ticks from the phrase's start, `ending` from the ending's own first barline.
    `bars` is the length of the phrase where a silent gap says it, else None. 0 bars on both
    sides: nothing is given and the phrase is free.
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
            end = (2 * note.end_ticks * TICKS_PER_BEAT + self.ticks_per_beat) // (2 * self.ticks_per_beat)
            if end > start:
                held.append((note.pitch, end - start))
        return tuple(sorted(held))

    def beginning_on_grid(self) -> list[Note]:
        """The notes before the middle on the 48-tick grid, with ticks from the phrase's start."""

        def rounded(ticks: int) -> int:
            return (2 * ticks * TICKS_PER_BEAT + self.ticks_per_beat) // (2 * self.ticks_per_beat)

        return [
            Note(rounded(note.onset_ticks), note.pitch, max(1, rounded(note.duration_ticks)))
            for note in self.beginning
        ]

    @property
    def fewest_bars(self) -> int:
        """The shortest phrase of the challenge that leaves the middle at least one bar."""
        return max(MIN_BARS, self.given_bars + 1)

    def choose_bars(self, asked: int | None = None) -> int:
        """The length of the answer: what the gap says, else what is asked, else 8 or the next
        that leaves room for a middle. PairError where the length is illegal or leaves none."""
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
    """The pair of nothing: a phrase composed freely in this meter, key and tempo."""
    return Pair((), 0, (), 0, None, meter, key, tempo_us_per_beat, name="a free phrase")


def outer_pair(phrase: Phrase, beginning_bars: int, ending_bars: int) -> Pair:
    """The outer bars of a whole phrase as a given pair of its length: what sounds from the beginning into
    the gap is held, to the ending at most."""
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
    )


def read_pair(source: Path | bytes, name: str | None = None, split: tuple[int, int] | None = None) -> Pair:
    """The pair in a MIDI file or its bytes; see the module's docstring for the reading of each layout.

    `split` gives the bars of the beginning and of the ending instead. Raises MidiError for a
    file that cannot be read as one phrase, PairError for a pair that cannot be answered.
    """
    data = source if isinstance(source, bytes) else load(source)
    name = name or ("<bytes>" if isinstance(source, bytes) else str(source))
    smf = parse(data)
    if smf.is_readable and not pair_notes(smf.tracks).notes:
        raise PairError(f"{name}: the pair is all rest; legal: at least one note")
    return pair_of(phrase_of(smf, name), name, split)


def pair_of(phrase: Phrase, name: str = "pair", split: tuple[int, int] | None = None) -> Pair:
    """The pair that a phrase with a gap, or of two parts side by side, stands for.

    Raises PairError as `read_pair` does.
    """
    if phrase.meter not in METERS:
        legal = " or ".join(str(meter) for meter in METERS)
        raise PairError(f"{name}: the meter is {phrase.meter}; legal: {legal}")
    if not phrase.notes:
        raise PairError(f"{name}: the pair is all rest; legal: at least one note")
    total = _bars_of(phrase)
    if total > MAX_BARS:
        raise PairError(f"{name}: the pair spans {total} bars; legal: up to {MAX_BARS}")
    if total < 2:
        raise PairError(f"{name}: the pair has one bar; legal: one of beginning and one of ending at least")
    bar_ticks = phrase.bar_ticks
    begun = {note.onset_ticks // bar_ticks for note in phrase.notes}
    first, last = _split(begun, phrase, total) if split is None else _checked(split, begun, total, name)
    has_gap = first + last < total
    if not has_gap and total >= MAX_BARS:
        message = f"all of its {total} bars are given, which leave no room for a middle"
        raise PairError(f"{name}: {message}; legal: up to {MAX_BARS - 1} given bars")
    seam = (total - last) * bar_ticks
    return Pair(
        tuple(note for note in phrase.notes if note.onset_ticks < first * bar_ticks),
        first,
        tuple(note.shifted(-seam) for note in phrase.notes if note.onset_ticks >= seam),
        last,
        total if has_gap and total >= MIN_BARS else None,
        phrase.meter,
        phrase.key,
        phrase.tempo_us_per_beat,
        phrase.velocity,
        phrase.ticks_per_beat,
        name,
    )


def _bars_of(phrase: Phrase) -> int:
    """The bars up to the last note; those of the phrase where that leaves only one."""
    tolerance = phrase.ticks_per_beat // TICKS_PER_BEAT
    end = max(note.end_ticks - tolerance for note in phrase.notes)
    last_onset = phrase.notes[-1].onset_ticks
    bars = max(-(-end // phrase.bar_ticks), last_onset // phrase.bar_ticks + 1)
    return phrase.bars if bars == 1 else bars


def _split(begun: set[int], phrase: Phrase, total: int) -> tuple[int, int]:
    """Given bars on each side: around the longest gap, else in half."""
    sounding = _sounding_bars(phrase)
    gap: range | None = None
    start = 1
    for bar in range(1, total):
        if bar in begun or bar == total - 1:
            run = range(start, bar)
            if any(silent not in sounding for silent in run) and (gap is None or len(run) > len(gap)):
                gap = run
            start = bar + 1
    if gap is None:
        return total - total // 2, total // 2
    return gap.start, total - gap.stop


def _sounding_bars(phrase: Phrase) -> set[int]:
    """The bars in which something sounds for more than 1/48 beat."""
    tolerance = phrase.ticks_per_beat // TICKS_PER_BEAT
    return {
        bar
        for note in phrase.notes
        for bar in range(
            note.onset_ticks // phrase.bar_ticks,
            max(
                -(-(note.end_ticks - tolerance) // phrase.bar_ticks), note.onset_ticks // phrase.bar_ticks + 1
            ),
        )
    }


def _checked(split: tuple[int, int], begun: Iterable[int], total: int, name: str) -> tuple[int, int]:
    first, last = split
    if first < 1 or last < 1 or first + last > total:
        message = f"a split into {first} and {last} of {total} bars"
        raise PairError(f"{name}: {message}; legal: 1 or more on each side, {total} together at most")
    between = sorted(bar for bar in begun if first <= bar < total - last)
    if between:
        message = (
            f"bar {between[0] + 1} has notes, and a split into {first} and {last} of {total} bars drops it"
        )
        raise PairError(f"{name}: {message}; legal: silence between the two")
    return first, last


def answer(pair: Pair, bars: int, middle: tuple[Note, ...]) -> Phrase:
    """The phrase of `bars` bars: the given notes exactly as they were, and the middle between.

    `middle` is on the grid of 48 ticks a beat, from the middle's own start, and ends with it.
    The phrase has the least resolution that holds the file's and the grid's; where no MIDI file
    can state that, the file's own, and the middle is rounded to it. PairError for an illegal
    length; ValueError for a middle that sounds past its end.
    """
    bars = pair.choose_bars(bars) if pair.bars is None else _same_bars(pair, bars)
    middle_bars = bars - pair.given_bars
    inner = Phrase(middle, middle_bars, pair.meter)
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
    notes = [_scaled(note, scale, 0) for note in pair.beginning]
    notes += [note.shifted(start) for note in inner.notes]
    notes += [_scaled(note, scale, end) for note in pair.ending]
    return Phrase(tuple(notes), bars, pair.meter, pair.key, pair.tempo_us_per_beat, pair.velocity, resolution)


def _same_bars(pair: Pair, bars: int) -> int:
    if bars != pair.bars:
        raise PairError(f"{pair.name}: {bars} bars; legal: the {pair.bars} that the gap says")
    return bars


def _scaled(note: Note, scale: int, start_ticks: int) -> Note:
    return Note(start_ticks + note.onset_ticks * scale, note.pitch, note.duration_ticks * scale)


def read_given(data: bytes, name: str) -> Pair:
    """A pair in any one meter; `violin.pair` reads those of the challenge. MidiError or PairError
    where there is none."""
    phrase = read_phrase(data, name)
    if phrase.meter in METERS:
        return read_pair(data, name)
    # Bars alone decide what is beginning and what ending, so the bars pass for bars of 4/4 ...
    whole = phrase.with_resolution(phrase.ticks_per_beat * METERS[-1].numerator)
    passing = replace(whole, meter=METERS[-1], ticks_per_beat=whole.bar_ticks // METERS[-1].numerator)
    # ... and are then given their meter back.
    return replace(pair_of(passing, name), meter=phrase.meter, ticks_per_beat=whole.ticks_per_beat)
