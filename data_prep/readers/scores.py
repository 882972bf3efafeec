"""Reads the violins' music from a score file of any kind.

The suffix decides the reader: Humdrum (spine by spine), MusicXML, ABC and
whatever else music21 knows, MIDI. Formats that only their own program can read say which program.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from data_prep.grid.gridded import Music, music_of
from data_prep.grid.other_instruments import is_other_instrument, moved_parts
from data_prep.grid.raw_part import RawPart, ScoreError
from data_prep.readers import humdrum, musicxml
from data_prep.readers.abc_book import parse_abc
from data_prep.readers.midi_files import parse_sequence
from data_prep.readers.notation import parse_notation, raw_parts
from data_prep.readers.selection import chosen_parts, is_violin_name, named_places

_SEQUENCES = {".mid", ".midi", ".kar", ".rmi"}
MUSICXML_SUFFIXES = frozenset({".mxl", ".xml", ".musicxml"})
_HUMDRUM = {".krn"}
_ABC = {".abc"}
SUFFIXES = frozenset(_SEQUENCES | MUSICXML_SUFFIXES | _HUMDRUM | _ABC)
_FOREIGN = {
    ".mscz": "a MuseScore file: export it as MusicXML (`mscore -o out.musicxml in.mscz`)",
    ".mscx": "a MuseScore file: export it as MusicXML (`mscore -o out.musicxml in.mscx`)",
    ".ly": "LilyPond source: compile it to MIDI first (`lilypond in.ly` with a \\midi block)",
    ".csv": "a list of notes without meter or bars",
    ".sib": "a Sibelius file: export it as MusicXML",
    ".musx": "a Finale file: export it as MusicXML",
    ".gp": "a Guitar Pro file: export it as MusicXML",
    ".pdf": "a picture of a score, not the score",
}
KNOWN_SUFFIXES = frozenset(SUFFIXES | set(_FOREIGN))


def read_music(
    path: str | Path,
    violin_tracks: str = "",
    roles: str = "",
    pickup_beats: float | None = None,
    other_instruments: bool = False,
) -> tuple[list[Music], list[str]]:
    """The violins of a file on the grid, and why some of its parts are left out.

    `pickup_beats` is the length of a sequence's pickup, None if that must be found. With `other_instruments`
    the parts of violas, cellos, winds and voices follow, moved into the violin's range. ScoreError if the
    file gives no violin at all.
    """
    path = Path(path)
    tunes = _tunes(path, violin_tracks, other_instruments)
    for part in chain.from_iterable(tunes):
        part.pickup_beats = pickup_beats
    return _music(tunes, violin_tracks, roles, other_instruments)


def read_parts(path: str | Path, violin_tracks: str = "", roles: str = "") -> list[tuple[str, RawPart]]:
    """(role, part) of the violins of a file as they are written, before anything is made playable.

    ScoreError if it gives none at all.
    """
    path = Path(path)
    return [
        chosen
        for parts in _tunes(path, violin_tracks)
        for chosen in chosen_parts(parts, violin_tracks, roles)
    ]


def _tunes(path: Path, violin_tracks: str, other_instruments: bool = False) -> Sequence[Sequence[RawPart]]:
    """All parts of each tune of a file; of scores only the violins' and, if wanted, other instruments'."""
    suffix = path.suffix.lower()
    data = path.read_bytes()
    if suffix in _HUMDRUM:
        return [_humdrum_parts(score_text(data), violin_tracks, other_instruments)]
    if suffix in MUSICXML_SUFFIXES:
        return [musicxml.parse_musicxml(data, violin_tracks, other_instruments)]
    if suffix in _ABC:
        return parse_abc(score_text(data))
    if suffix in _SEQUENCES:
        return [parse_sequence(data)]
    raise ScoreError(
        _FOREIGN.get(suffix, f"unknown kind of file {suffix!r}; legal: {', '.join(sorted(SUFFIXES))}")
    )


def _music(
    tunes: Sequence[Sequence[RawPart]], violin_tracks: str, roles: str, other_instruments: bool
) -> tuple[list[Music], list[str]]:
    found: list[Music] = []
    faults: list[str] = []
    for number, parts in enumerate(tunes):
        try:
            chosen = chosen_parts(parts, violin_tracks, roles)
        except ScoreError as error:
            faults.append(str(error))
            continue
        others = moved_parts(parts, [part for _, part in chosen]) if other_instruments else []
        for role, part in [*chosen, *others]:
            try:
                found.append(music_of(role, part, number))
            except ScoreError as error:
                faults.append(f"{role}: {error}")
    if not found:
        raise ScoreError(faults[0] if faults else "no music")
    return found, faults


def score_text(data: bytes) -> str:
    """A score's bytes as text: UTF-8, or Latin-1 as older files have it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _humdrum_parts(text: str, violin_tracks: str, other_instruments: bool) -> list[RawPart]:
    """The violins' spines, place "column"; all spines if none is known to be a violin's. With
    `other_instruments` theirs follow."""
    known = humdrum.spines(text)
    if not known:
        raise ScoreError("no **kern spine")
    if violin_tracks:
        wanted = [int(place) for group in named_places(violin_tracks) for place in group]
    else:
        violins = [s.column for s in known if s.instrument == "violn" or is_violin_name(s.label)]
        wanted = violins[::-1] if violins else [s.column for s in known[::-1]]
    if other_instruments:
        others = [s.column for s in known if is_other_instrument(s.label or s.instrument)]
        wanted = list(dict.fromkeys(wanted + others))
    parts = []
    for column in wanted:
        part = raw_parts(parse_notation(humdrum.single_spine(text, column), "humdrum")[0])[0]
        spine = next((s for s in known if s.column == column), None)
        part.place = str(column)
        if spine is not None:
            part.name = spine.label or (
                "Violin" if spine.instrument == "violn" else spine.instrument or part.name
            )
        parts.append(part)
    return parts
