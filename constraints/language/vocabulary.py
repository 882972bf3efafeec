"""The tokens of the language: kinds, values, names and ids, computed from the challenge and the violin.

A phrase is written in a REMI dialect (Huang and Yang 2020, "Pop Music Transformer"): BAR, then at
each onset a Position, then for each note of that onset a Pitch and a Duration. Times are ticks, 48 per beat;
a duration above 192 ticks is written as LONGER (+192 ticks) one or more times and then the Duration of the
rest, so that every length has exactly one encoding.

An id is the index of a token in `VOCABULARY.names`. New kinds are appended at the end, so an id never
changes, and each version of the language is a prefix of the names (`LANGUAGES`). Every checkpoint stores the
hash of its version (`Vocabulary.hash_of`). The hash changes with any name, and names contain the bounds of
the tempo and density classes.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from violin.challenge import MAX_BARS, METERS, MIN_BARS, SLUGS
from violin.music import TICKS_PER_BEAT, Key, Meter

LOWEST_PITCH, HIGHEST_PITCH = 55, 108
LONGEST_DURATION_TICKS = 4 * TICKS_PER_BEAT
LONGEST_BAR_TICKS = max(meter.bar_ticks() for meter in METERS)
OTHER = "other"  # a composer who is not one of the challenge's eight
COMPOSER_NAMES = (*SLUGS, OTHER)
TEXTURES = ("solo", "section")  # one player, or the violins of an orchestra
EXTENTS = ("phrase", "window", "rebarred")  # a whole phrase, any stretch of bars, music of another meter

# Classes are half open: class k holds bounds[k - 1] <= value < bounds[k].
TEMPO_BOUNDS_BPM = (50, 64, 80, 96, 112, 132, 160)
TEMPO_CENTRES_BPM = (44, 57, 72, 88, 104, 120, 144, 176)
DENSITY_BOUNDS_ONSETS_PER_BEAT = (0.75, 1.25, 1.75, 2.5, 3.5)
TEMPO_CLASSES = len(TEMPO_BOUNDS_BPM) + 1
DENSITY_CLASSES = len(DENSITY_BOUNDS_ONSETS_PER_BEAT) + 1


class Kind(IntEnum):
    """The kind of a token, `Vocabulary.kind[id]`; its value is `Vocabulary.value[id]`."""

    PAD = 0
    BOS = 1
    EOS = 2
    END = 3
    BEGIN = 4
    MID = 5
    BAR = 6
    COMPOSER = 7
    KEY = 8
    METER = 9
    TEMPO = 10
    DENSITY = 11
    BARS = 12
    POSITION = 13
    PITCH = 14
    DURATION = 15
    LONGER = 16
    TEXTURE = 17
    EXTENT = 18


MARKS = (Kind.PAD, Kind.BOS, Kind.EOS, Kind.END, Kind.BEGIN, Kind.MID, Kind.BAR)
HEADER = (Kind.BOS, Kind.COMPOSER, Kind.KEY, Kind.METER, Kind.TEMPO, Kind.DENSITY, Kind.BARS)
# The last kind of each version of the language. Since version 2 the header also contains a texture
# and an extent.
LANGUAGES = {1: Kind.LONGER, 2: Kind.EXTENT}


def tempo_class(tempo_us_per_beat: int) -> int:
    """0 (slowest) to 7 from the length of a quarter note in microseconds."""
    return bisect_right(TEMPO_BOUNDS_BPM, 60e6 / tempo_us_per_beat)


def tempo_us_per_beat(tempo: int) -> int:
    """The representative length of a quarter note of a tempo class, in microseconds."""
    return round(60e6 / TEMPO_CENTRES_BPM[tempo])


def density_class(onsets: int, length_ticks: int) -> int:
    """0 (sparsest) to 5 from a number of onsets and the time that they fill, in grid ticks."""
    return bisect_right(DENSITY_BOUNDS_ONSETS_PER_BEAT, onsets * TICKS_PER_BEAT / length_ticks)


class Vocabulary:
    """All tokens. `VOCABULARY` is the one instance.

    names    tuple of V strings, such as "Pitch_69"
    kind     int64[V], a `Kind`
    value    int64[V]: Position and Duration in ticks, Pitch in MIDI, Bars in bars, LONGER 192;
             Composer, Key, Meter, Tempo, Density, Texture and Extent the index of the class;
             0 for the marks
    first    id of the first token of a kind
    """

    def __init__(self) -> None:
        names: list[str] = []
        kinds: list[int] = []
        values: list[int] = []
        self.first: dict[Kind, int] = {}

        def add(kind: Kind, entries: list[tuple[str, int]]) -> None:
            self.first[kind] = len(names)
            for name, value in entries:
                names.append(name)
                kinds.append(kind)
                values.append(value)

        for mark in MARKS:
            add(mark, [(mark.name, 0)])
        add(Kind.COMPOSER, [(f"Composer_{n}", i) for i, n in enumerate((*COMPOSER_NAMES, "null"))])
        keys = [Key(fifths, minor) for minor in (False, True) for fifths in range(-7, 8)]
        add(Kind.KEY, [(f"Key_{k.fifths:+d}{'m' if k.minor else ''}", i) for i, k in enumerate(keys)])
        add(Kind.METER, [(f"Meter_{meter}", i) for i, meter in enumerate(METERS)])
        tempi = [f"Tempo_<{bound}" for bound in TEMPO_BOUNDS_BPM] + ["Tempo_more"]
        add(Kind.TEMPO, [(name, i) for i, name in enumerate(tempi)])
        densities = [f"Density_<{bound}" for bound in DENSITY_BOUNDS_ONSETS_PER_BEAT] + ["Density_more"]
        add(Kind.DENSITY, [(name, i) for i, name in enumerate([*densities, "Density_null"])])
        add(Kind.BARS, [(f"Bars_{n}", n) for n in range(MIN_BARS, MAX_BARS + 1)])
        add(Kind.POSITION, [(f"Position_{n}", n) for n in range(LONGEST_BAR_TICKS)])
        add(Kind.PITCH, [(f"Pitch_{n}", n) for n in range(LOWEST_PITCH, HIGHEST_PITCH + 1)])
        add(Kind.DURATION, [(f"Duration_{n}", n) for n in range(1, LONGEST_DURATION_TICKS + 1)])
        add(Kind.LONGER, [("LONGER", LONGEST_DURATION_TICKS)])
        add(Kind.TEXTURE, [(f"Texture_{name}", i) for i, name in enumerate((*TEXTURES, "null"))])
        add(Kind.EXTENT, [(f"Extent_{name}", i) for i, name in enumerate(EXTENTS)])

        self.names = tuple(names)
        self.kind: NDArray[np.int64] = np.array(kinds)
        self.value: NDArray[np.int64] = np.array(values)
        self.kind.flags.writeable = self.value.flags.writeable = False
        self._keys = tuple(keys)

        self.PAD, self.BOS, self.EOS, self.END, self.BEGIN, self.MID, self.BAR = range(len(MARKS))
        self.LONGER = self.first[Kind.LONGER]
        self.NULL_COMPOSER = self.composer(None)
        self.NULL_DENSITY = self.density(None)

    def __len__(self) -> int:
        return len(self.names)

    def size_of(self, language: int) -> int:
        """The number of tokens of a version of the language; KeyError for an unknown version."""
        return self.span(LANGUAGES[language]).stop

    def hash_of(self, language: int) -> str:
        """SHA-256 of the names of a version of the language."""
        return hashlib.sha256("\n".join(self.names[: self.size_of(language)]).encode()).hexdigest()

    def span(self, kind: Kind) -> slice:
        """The ids of a kind as a slice: they are consecutive, in the order of their values."""
        first = self.first[kind]
        return slice(first, first + int((self.kind == kind).sum()))

    def composer(self, slug: str | None) -> int:
        """Id of a composer by slug, of "other", or of the null token for None."""
        if slug is None:
            return self.first[Kind.COMPOSER] + len(COMPOSER_NAMES)
        if slug not in COMPOSER_NAMES:
            raise ValueError(f"unknown composer {slug!r}; legal: {', '.join(COMPOSER_NAMES)}")
        return self.first[Kind.COMPOSER] + COMPOSER_NAMES.index(slug)

    def key(self, key: Key | None) -> int:
        """Id of a key signature; None is encoded as C major."""
        key = key or Key()
        return self.first[Kind.KEY] + 15 * key.minor + key.fifths + 7

    def key_of(self, token: int) -> Key:
        return self._keys[self.value[token]]

    def meter(self, meter: Meter) -> int:
        """Id of a meter; ValueError if it is neither 3/4 nor 4/4."""
        if meter not in METERS:
            raise ValueError(f"meter {meter}; legal: {', '.join(map(str, METERS))}")
        return self.first[Kind.METER] + METERS.index(meter)

    def tempo(self, tempo_us_per_beat: int) -> int:
        """Id of the class of a tempo in microseconds a quarter note."""
        return self.first[Kind.TEMPO] + tempo_class(tempo_us_per_beat)

    def density(self, density: int | None) -> int:
        """Id of a density class, or of the null token for None."""
        return self._numbered(Kind.DENSITY, DENSITY_CLASSES if density is None else density, 0)

    def texture(self, texture: str | None) -> int:
        """Id of a texture by name, or of the null token for None."""
        names = (*TEXTURES, None)
        if texture not in names:
            raise ValueError(f"unknown texture {texture!r}; legal: {', '.join(TEXTURES)}")
        return self.first[Kind.TEXTURE] + names.index(texture)

    def extent(self, extent: str) -> int:
        """Id of an extent by name."""
        if extent not in EXTENTS:
            raise ValueError(f"unknown extent {extent!r}; legal: {', '.join(EXTENTS)}")
        return self.first[Kind.EXTENT] + EXTENTS.index(extent)

    def bars(self, bars: int) -> int:
        return self._numbered(Kind.BARS, bars, MIN_BARS)

    def position(self, ticks: int) -> int:
        return self._numbered(Kind.POSITION, ticks, 0)

    def pitch(self, pitch: int) -> int:
        return self._numbered(Kind.PITCH, pitch, LOWEST_PITCH)

    def duration(self, ticks: int) -> int:
        return self._numbered(Kind.DURATION, ticks, 1)

    def _numbered(self, kind: Kind, number: int, lowest: int) -> int:
        ids = self.span(kind)
        highest = lowest + ids.stop - ids.start - 1
        if not lowest <= number <= highest:
            raise ValueError(f"{kind.name.lower()} {number}; legal: {lowest} to {highest}")
        return ids.start + number - lowest


VOCABULARY = Vocabulary()
