"""Note, Meter, Key and Phrase: frozen values on an integer grid.

The grid of the models and the decoder has `TICKS_PER_BEAT` = 48 ticks a quarter note, the
least number that holds 64th notes (3 ticks), 32nd notes (6), triplets of eighths (16), of
sixteenths (8) and of 32nds (4). A phrase read from a file keeps the file's own resolution,
so that nothing given is ever moved; `Phrase.on_grid` takes it to the grid.

A "beat" is always a quarter note, in any meter; a pitch is a MIDI number (C4 = 60). Nothing in here knows
about files; the conversions of a phrase are in `violin.conversions`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from violin.conversions import Convertible

TICKS_PER_BEAT = 48
DEFAULT_TEMPO_US_PER_BEAT = 500_000
DEFAULT_VELOCITY = 80

_SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_MAJOR_BY_FIFTHS = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"]
_MINOR_BY_FIFTHS = ["Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#"]


def pitch_name(pitch: int) -> str:
    """Scientific name of a MIDI pitch, middle C (60) being C4: 69 -> 'A4', 61 -> 'C#4'.

    >>> pitch_name(69), pitch_name(61)
    ('A4', 'C#4')
    """
    return f"{_SHARP_NAMES[pitch % 12]}{pitch // 12 - 1}"


def nearest_tick(ticks: int, ticks_per_beat: int, wanted_per_beat: int = TICKS_PER_BEAT) -> int:
    """A time at another resolution, by default that of the grid; halves are rounded up.

    >>> nearest_tick(250, 480)
    25
    """
    return (2 * ticks * wanted_per_beat + ticks_per_beat) // (2 * ticks_per_beat)


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One note: onset and duration in ticks of the phrase that holds it, pitch in MIDI."""

    onset_ticks: int
    pitch: int
    duration_ticks: int

    def __post_init__(self) -> None:
        if self.onset_ticks < 0:
            raise ValueError(f"onset {self.onset_ticks} is negative; legal: 0 or more ticks")
        if self.duration_ticks < 1:
            raise ValueError(f"duration {self.duration_ticks} ticks; legal: 1 or more")
        if not 0 <= self.pitch <= 127:
            raise ValueError(f"pitch {self.pitch}; legal: 0 to 127")

    @property
    def end_ticks(self) -> int:
        return self.onset_ticks + self.duration_ticks

    def shifted(self, ticks: int) -> Note:
        return Note(self.onset_ticks + ticks, self.pitch, self.duration_ticks)


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """A time signature, for example Meter(3, 4)."""

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if self.numerator < 1 or self.denominator < 1 or self.denominator & (self.denominator - 1):
            raise ValueError(f"time signature {self}; legal: n over a power of two")

    @property
    def beats_per_bar(self) -> float:
        """Quarter notes in a bar: 3/4 -> 3.0, 6/8 -> 3.0."""
        return 4 * self.numerator / self.denominator

    def bar_ticks(self, ticks_per_beat: int = TICKS_PER_BEAT) -> int:
        """Ticks in a bar, at least 1; ValueError if the bar is not a whole number of ticks.

        >>> Meter(3, 4).bar_ticks(), Meter(6, 8).bar_ticks(480)
        (144, 1440)
        """
        ticks, rest = divmod(4 * self.numerator * ticks_per_beat, self.denominator)
        if rest or not ticks:
            raise ValueError(f"a bar of {self} is not a whole number of ticks at {ticks_per_beat} a beat")
        return ticks

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A key signature as in a MIDI file: sharps (+) or flats (-) from -7 to 7, and the mode."""

    fifths: int = 0
    minor: bool = False

    def __post_init__(self) -> None:
        if not -7 <= self.fifths <= 7:
            raise ValueError(f"key of {self.fifths} fifths; legal: -7 to 7")

    @property
    def tonic_pitch_class(self) -> int:
        """0 for C up to 11 for B; the tonic of the minor key if the mode is minor."""
        return (self.fifths * 7 + (9 if self.minor else 0)) % 12

    def transposed(self, semitones: int) -> Key:
        """The key a number of semitones higher, spelt with at most six sharps or flats.

        >>> str(Key(2).transposed(1))
        'Eb major'
        """
        fifths = (self.fifths + 7 * semitones) % 12
        return Key(fifths - 12 if fifths > 6 else fifths, self.minor)

    def __str__(self) -> str:
        names = _MINOR_BY_FIFTHS if self.minor else _MAJOR_BY_FIFTHS
        return f"{names[self.fifths + 7]} {'minor' if self.minor else 'major'}"


@dataclass(frozen=True, slots=True)
class Phrase(Convertible):
    """A solo-violin phrase of whole bars in one meter, key and tempo.

    `notes` are sorted (onset, pitch, duration) and lie within the `bars`. `key` None means
    that no key signature was given, which reads as C major.
    """

    notes: tuple[Note, ...]
    bars: int
    meter: Meter = Meter()
    key: Key | None = None
    tempo_us_per_beat: int = DEFAULT_TEMPO_US_PER_BEAT
    velocity: int = DEFAULT_VELOCITY
    ticks_per_beat: int = TICKS_PER_BEAT

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", tuple(sorted(self.notes)))
        if self.bars < 1:
            raise ValueError(f"a phrase of {self.bars} bars; legal: 1 or more")
        if not 1 <= self.tempo_us_per_beat < 1 << 24:
            raise ValueError(f"tempo {self.tempo_us_per_beat} µs a beat; legal: 1 to 16777215")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"velocity {self.velocity}; legal: 1 to 127")
        end = max((note.end_ticks for note in self.notes), default=0)
        if end > self.length_ticks:
            raise ValueError(f"a note ends at tick {end}, after the last barline {self.length_ticks}")

    @property
    def bar_ticks(self) -> int:
        return self.meter.bar_ticks(self.ticks_per_beat)

    @property
    def length_ticks(self) -> int:
        return self.bars * self.bar_ticks

    @property
    def tempo_bpm(self) -> float:
        """Quarter notes a minute."""
        return 60e6 / self.tempo_us_per_beat

    def place(self, ticks: int) -> str:
        """Where a tick is, for people: 'bar 3 beat 2.5', both counted from 1, beats in quarters.

        >>> Phrase((), bars=8).place(2 * 192 + 72)
        'bar 3 beat 2.5'
        """
        bar, rest = divmod(ticks, self.bar_ticks)
        return f"bar {bar + 1} beat {1 + rest / self.ticks_per_beat:.4g}"

    def with_resolution(self, ticks_per_beat: int) -> Phrase:
        """The same phrase at another resolution; ValueError if a note would have to move."""
        return replace(
            self,
            notes=tuple(_rescaled(note, self.ticks_per_beat, ticks_per_beat) for note in self.notes),
            ticks_per_beat=ticks_per_beat,
        )

    def on_grid(self, ticks_per_beat: int = TICKS_PER_BEAT) -> Phrase:
        """The phrase rounded to a grid: ends as well as onsets, so that a gap of one file tick
        closes; a note keeps at least one tick and stays within the last bar. If two notes
        of one pitch come to overlap by rounding, the earlier one is cut at the later onset.

        >>> Phrase((Note(0, 69, 479), Note(480, 71, 480)), 1, ticks_per_beat=480).on_grid().notes
        (Note(onset_ticks=0, pitch=69, duration_ticks=48), Note(onset_ticks=48, pitch=71, duration_ticks=48))
        """
        limit = self.bars * self.meter.bar_ticks(ticks_per_beat)
        by_place: dict[tuple[int, int], int] = {}
        for note in self.notes:
            onset = min(nearest_tick(note.onset_ticks, self.ticks_per_beat, ticks_per_beat), limit - 1)
            end = min(
                max(nearest_tick(note.end_ticks, self.ticks_per_beat, ticks_per_beat), onset + 1), limit
            )
            place = (note.pitch, onset)
            by_place[place] = max(by_place.get(place, 0), end)
        notes = []
        upcoming: tuple[int, int] | None = None  # (pitch, onset) of the next note on that pitch
        for (pitch, onset), end in sorted(by_place.items(), reverse=True):
            if upcoming and upcoming[0] == pitch:
                end = min(end, upcoming[1])
            notes.append(Note(onset, pitch, end - onset))
            upcoming = (pitch, onset)
        return replace(self, notes=tuple(notes), ticks_per_beat=ticks_per_beat)

    def slice_bars(self, first: int, count: int) -> Phrase:
        """`count` bars from bar index `first` (from 0): the notes that begin there, cut at the end."""
        start, end = first * self.bar_ticks, (first + count) * self.bar_ticks
        kept = (
            Note(note.onset_ticks - start, note.pitch, min(note.end_ticks, end) - note.onset_ticks)
            for note in self.notes
            if start <= note.onset_ticks < end
        )
        return replace(self, notes=tuple(kept), bars=count)

    def transposed(self, semitones: int) -> Phrase:
        """The phrase and its key moved by a number of semitones."""
        notes = tuple(replace(note, pitch=note.pitch + semitones) for note in self.notes)
        key = self.key.transposed(semitones) if self.key else None
        return replace(self, notes=notes, key=key)


def sounding_sets(notes: Iterable[Note]) -> list[tuple[int, tuple[int, ...]]]:
    """(tick, ascending pitches sounding from that tick on) at each change, the empty set included.

    A note sounds from its onset up to, not including, its end.

    >>> sounding_sets([Note(0, 62, 96), Note(48, 69, 48)])
    [(0, (62,)), (48, (62, 69)), (96, ())]
    """
    notes = tuple(notes)
    changes = sorted({tick for note in notes for tick in (note.onset_ticks, note.end_ticks)})
    starts = sorted(notes)
    result: list[tuple[int, tuple[int, ...]]] = []
    sounding: list[Note] = []
    index = 0
    for tick in changes:
        sounding = [note for note in sounding if note.end_ticks > tick]
        while index < len(starts) and starts[index].onset_ticks == tick:
            sounding.append(starts[index])
            index += 1
        result.append((tick, tuple(sorted(note.pitch for note in sounding))))
    return result


def common_resolution(first: int, second: int, largest: int = 32_767) -> int | None:
    """Least ticks a beat that holds both resolutions exactly, or None above `largest` (the
    most that the header of a MIDI file can state)."""
    both = math.lcm(first, second)
    return both if both <= largest else None


def _rescaled(note: Note, old: int, new: int) -> Note:
    onset, onset_rest = divmod(note.onset_ticks * new, old)
    duration, duration_rest = divmod(note.duration_ticks * new, old)
    if onset_rest or duration_rest:
        raise ValueError(f"a note at tick {note.onset_ticks} of {old} a beat has no place at {new} a beat")
    return Note(onset, note.pitch, duration)
