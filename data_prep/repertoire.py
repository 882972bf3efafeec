"""The hand model against real repertoire: every chord that scores write for a violin, and its verdict.

A chord is what one violin part strikes at one place of the score; graces are no part of it where the
source marks them. Only sources with notation behind them count: MusicXML, Humdrum, and MIDI that
LilyPond made from an engraved score (there grace notes sound, and are counted as they stand).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from data_prep.catalogue import Entry
from data_prep.raw_part import RawNote, ScoreError
from data_prep.scores import read_parts
from violin.instrument import LOWEST_PITCH, Tier, tier

ENGRAVED_SUFFIXES = frozenset({".krn", ".mxl", ".xml", ".musicxml"})
_LILYPOND_SOURCES = ("mutopia", "lilypond", "mxl2ly", "open-scores")
_GRID = 96  # parts of a beat within which notes are struck together

Chord = tuple[int, ...]


@dataclass
class Chords:
    """What one file, or many, write: chord -> how often, and where the first of each stands."""

    counts: Counter[Chord] = field(default_factory=Counter)
    places: dict[Chord, str] = field(default_factory=dict)
    below_range: int = 0
    files: int = 0
    unread: list[str] = field(default_factory=list)

    def merge(self, other: Chords) -> None:
        self.counts += other.counts
        for chord, place in other.places.items():
            self.places.setdefault(chord, place)
        self.below_range += other.below_range
        self.files += other.files
        self.unread += other.unread

    @property
    def tokens(self) -> int:
        return self.counts.total()

    @property
    def refused_harmonics(self) -> int:
        """Refused chords that write a harmonic out, which is no chord."""
        return sum(self.counts[chord] for chord in self.refused() if writes_a_harmonic(chord))

    def refused(self) -> list[Chord]:
        """The chords that the model calls impossible, the commonest first."""
        found = (chord for chord in self.counts if tier(chord) is Tier.IMPOSSIBLE)
        return sorted(found, key=lambda chord: (-self.counts[chord], chord))

    def tokens_by_tier(self) -> dict[Tier, int]:
        found: Counter[Tier] = Counter()
        for chord, count in self.counts.items():
            found[tier(chord)] += count
        return {level: found[level] for level in Tier}


def writes_a_harmonic(chord: Chord) -> bool:
    """Whether a chord may be the notation of one harmonic: stopped, touched a fourth above and
    sounding two octaves above, or touched and sounding alone. Editions and their encodings write both.
    """
    steps = tuple(pitch - chord[0] for pitch in chord)
    return steps in ((0, 5, 24), (0, 19))


def score_level(entries: Iterable[Entry]) -> list[Entry]:
    """The entries with an engraved score behind them that hold violin parts."""
    return [
        entry
        for entry in entries
        if not entry.roles.startswith("NONVIOLIN")
        and (
            entry.file.suffix.lower() in ENGRAVED_SUFFIXES
            or (
                entry.file.suffix.lower() in (".mid", ".midi")
                and any(name in entry.source.lower() for name in _LILYPOND_SOURCES)
            )
        )
    ]


def chords_of(entry: Entry) -> Chords:
    """The chords of one file's violin parts; a file that gives none is named in `unread`."""
    found = Chords(files=1)
    try:
        parts = read_parts(entry.file, entry.violin_tracks, entry.roles)
    except ScoreError as error:
        return Chords(unread=[f"{entry.path}: {error}"])
    for role, part in parts:
        for onset_beats, pitches in _struck(part.notes):
            if len(pitches) < 2:
                continue
            if pitches[0] < LOWEST_PITCH:
                found.below_range += 1
                continue
            found.counts[pitches] += 1
            found.places.setdefault(pitches, f"{entry.path} {role}, quarter {onset_beats:g}")
    return found


def _struck(notes: Sequence[RawNote]) -> Iterator[tuple[float, Chord]]:
    by_place: dict[int, set[int]] = {}
    for note in notes:
        by_place.setdefault(round(note.onset_beats * _GRID), set()).add(note.pitch)
    for place, pitches in sorted(by_place.items()):
        yield place / _GRID, tuple(sorted(pitches))


def gather(entries: Sequence[Entry], workers: int | None = None) -> Iterator[Chords]:
    """The chords of each entry in order, read over that many processes (None: one a core)."""
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=workers or -1, return_as="generator", batch_size=1)
    yield from pool(delayed(chords_of)(entry) for entry in entries)
