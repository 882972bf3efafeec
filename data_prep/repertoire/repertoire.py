"""Compares the hand model with real repertoire: every chord that scores write for a violin, with its tier.

A chord is what one violin part strikes at one place of a score. Only notated sources count: MusicXML and
Humdrum, whose harmonics, arpeggio signs, graces and cues are recognised (`data_prep.repertoire.strokes`),
and MIDI that LilyPond made from an engraved score (graces and harmonics count there as ordinary notes).
Parts that the manifest only guesses to be a violin's are left out.

A part with a note below the open G is written for another tuning, octave or instrument, or holds an error.
Its chords are counted with all others and also separately (`Chords.low_counts`), so that both shares can be
printed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from data_prep.grid.raw_part import RawNote, ScoreError
from data_prep.readers.catalogue import Entry
from data_prep.readers.scores import MUSICXML_SUFFIXES, read_parts, score_text
from data_prep.repertoire.strokes import Notated, Stroke
from data_prep.repertoire.strokes_humdrum import humdrum_strokes
from data_prep.repertoire.strokes_musicxml import musicxml_strokes
from violin.instrument import LOWEST_PITCH, Tier, tier

_HUMDRUM_SUFFIX = ".krn"
_MIDI_SUFFIXES = (".mid", ".midi")
_LILYPOND_SOURCES = ("mutopia", "lilypond", "mxl2ly", "open-scores")
_GUESSED = "guess"
_GRID = 96  # parts of a beat within which notes are struck together
_REASONS_PATH = Path(__file__).with_name("refused_chords.json")

Chord = tuple[int, ...]


@dataclass
class Chords:
    """The chords of one or more files: how often each occurs, and where it first occurs.

    `low_counts` are the part of `counts` from violin parts that go below the open G.
    """

    counts: Counter[Chord] = field(default_factory=Counter)
    low_counts: Counter[Chord] = field(default_factory=Counter)
    places: dict[Chord, str] = field(default_factory=dict)
    harmonics: int = 0
    arpeggios: int = 0
    below_range: int = 0
    parts: int = 0
    low_parts: int = 0
    files: int = 0
    unread: list[str] = field(default_factory=list)

    def merge(self, other: Chords) -> None:
        self.counts += other.counts
        self.low_counts += other.low_counts
        for chord, place in other.places.items():
            self.places.setdefault(chord, place)
        self.harmonics += other.harmonics
        self.arpeggios += other.arpeggios
        self.below_range += other.below_range
        self.parts += other.parts
        self.low_parts += other.low_parts
        self.files += other.files
        self.unread += other.unread

    @property
    def tokens(self) -> int:
        return self.counts.total()

    def refused(self) -> list[Chord]:
        """The chords that the model calls impossible, the commonest first."""
        found = (chord for chord in self.counts if tier(chord) is Tier.IMPOSSIBLE)
        return sorted(found, key=lambda chord: (-self.counts[chord], chord))

    def tokens_by_tier(self) -> dict[Tier, int]:
        found: Counter[Tier] = Counter()
        for chord, count in self.counts.items():
            found[tier(chord)] += count
        return {level: found[level] for level in Tier}


def score_level(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that come from an engraved score and hold parts known to be a violin's."""
    return [
        entry
        for entry in entries
        if not entry.roles.startswith(("NONVIOLIN", _GUESSED))
        and (
            entry.file.suffix.lower() in {_HUMDRUM_SUFFIX, *MUSICXML_SUFFIXES}
            or (
                entry.file.suffix.lower() in _MIDI_SUFFIXES
                and any(name in entry.source.lower() for name in _LILYPOND_SOURCES)
            )
        )
    ]


def chords_of(entry: Entry) -> Chords:
    """The chords of one file's violin parts; a file that gives none is named in `unread`."""
    found = Chords(files=1)
    try:
        parts = _parts(entry)
    except ScoreError as error:
        return Chords(unread=[f"{entry.path}: {error}"])
    for role, strokes in parts:
        is_low = any(stroke.pitches[0] < LOWEST_PITCH for stroke in strokes)
        found.parts += 1
        found.low_parts += is_low
        for place, pitches, notated in strokes:
            if len(pitches) < 2:
                continue
            if notated is Notated.HARMONIC:
                found.harmonics += 1
            elif notated is Notated.ARPEGGIO:
                found.arpeggios += 1
            elif pitches[0] < LOWEST_PITCH:
                found.below_range += 1
            else:
                found.counts[pitches] += 1
                found.low_counts[pitches] += is_low
                found.places.setdefault(pitches, f"{entry.path} {role}, {place}")
    return found


def _parts(entry: Entry) -> list[tuple[str, list[Stroke]]]:
    suffix = entry.file.suffix.lower()
    if suffix == _HUMDRUM_SUFFIX:
        return humdrum_strokes(score_text(entry.file.read_bytes()), entry.violin_tracks, entry.roles)
    if suffix in MUSICXML_SUFFIXES:
        return musicxml_strokes(entry.file.read_bytes(), entry.violin_tracks, entry.roles)
    parts = read_parts(entry.file, entry.violin_tracks, entry.roles)
    return [(role, list(_struck(part.notes))) for role, part in parts]


@cache
def known_reasons() -> dict[Chord, str]:
    """Chord -> what its score shows, for the refused chords that were looked up."""
    listed = json.loads(_REASONS_PATH.read_text(encoding="utf-8"))
    return {tuple(map(int, chord.split())): reason for chord, reason in listed.items()}


def _struck(notes: Sequence[RawNote]) -> Iterator[Stroke]:
    by_place: dict[int, set[int]] = {}
    for note in notes:
        by_place.setdefault(round(note.onset_beats * _GRID), set()).add(note.pitch)
    for place, pitches in sorted(by_place.items()):
        yield Stroke(f"quarter {place / _GRID:g}", tuple(sorted(pitches)), Notated.STRUCK)


def gather(entries: Sequence[Entry], workers: int | None = None) -> Iterator[Chords]:
    """The chords of each entry in order, read over that many processes (None: one per core)."""
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=workers or -1, return_as="generator", batch_size=1)
    yield from pool(delayed(chords_of)(entry) for entry in entries)
