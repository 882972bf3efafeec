"""Where the music comes from: each source with its licence, and each file as an entry to be read.

`sources()` is the catalogue, one line per source: repository, commit, licence, citation, and a checksum
over the files that are read from it. `manifest_entries`, `folder_entries` and `music21_entries` name
the files; all three give `Entry` objects, so the readers need not know the sources.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from data_prep.readers.scores import KNOWN_SUFFIXES
from violin.errors import CorpusError

MANIFEST_NAME = "manifest.csv"
MUSIC21_QUARTETS, MUSIC21_TUNES = "music21 quartets", "music21 tunes"

_CATALOGUE_PATH = Path(__file__).with_name("catalogue.json")
_PICKUPS_PATH = Path(__file__).parents[1] / "grid" / "pickups.json"
_MUSIC21_LICENCE_CLASS = "unclear"


@dataclass(frozen=True)
class Source:
    """One source. `checksum` is of its files as `checksum_of` counts it, "" if none is recorded."""

    name: str
    url: str
    commit: str
    licence: str
    holds: str
    citation: str
    files: int = 0
    checksum: str = ""


@dataclass(frozen=True)
class Entry:
    """A file to read. `file` is its place on disk, `path` its name in reports and stores.

    `violin_tracks` and `roles` say which parts are violins, "" if that must be found out;
    `pickup_beats` how long the pickup is, None if that is not known.
    """

    file: Path
    path: str
    composer: str
    title: str
    work_id: str
    work_group: str
    source: str
    licence_class: str
    violin_tracks: str = ""
    roles: str = ""
    pickup_beats: float | None = None


@cache
def sources() -> tuple[Source, ...]:
    """The catalogue in its order."""
    return tuple(Source(**line) for line in json.loads(_CATALOGUE_PATH.read_text("utf-8")))


def checksum_of(entries: Iterable[Entry]) -> tuple[int, str]:
    """(files, sha256 over their names and contents in order of name): one line per file, its own sha256
    and its path in the source's listing."""
    lines = sorted(
        f"{hashlib.sha256(entry.file.read_bytes()).hexdigest()}  {entry.path}\n" for entry in entries
    )
    return len(lines), hashlib.sha256("".join(lines).encode()).hexdigest()


def manifest_entries(folder: str | Path) -> list[Entry]:
    """The files of a folder that holds a manifest.csv; CorpusError if it has none or lacks columns."""
    folder = Path(folder)
    manifest = folder / MANIFEST_NAME
    if not manifest.is_file():
        raise CorpusError(f"{folder}: no {MANIFEST_NAME}; name a folder of scores with --add instead")
    with manifest.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = {"path", "composer"} - set(reader.fieldnames or ())
        if missing:
            raise CorpusError(f"{manifest}: no column {', '.join(sorted(missing))}")
        return [_manifest_entry(folder, row) for row in reader]


def _manifest_entry(folder: Path, row: dict[str, str]) -> Entry:
    path = row["path"]
    return Entry(
        file=folder / path,
        path=path,
        composer=row["composer"],
        title=row.get("work") or path,
        work_id=row.get("work_id") or path,
        work_group=row.get("work_group") or row.get("work_id") or path,
        source=row.get("source_repo") or "unknown",
        licence_class=row.get("licence_class") or "unclear",
        violin_tracks=row.get("violin_tracks") or "",
        roles=row.get("roles") or "",
        pickup_beats=_known_pickups().get(path),
    )


@cache
def _known_pickups() -> dict[str, float]:
    """Pickups, in beats, of sequences whose engraved source shows them: path -> beats."""
    found = json.loads(_PICKUPS_PATH.read_text("utf-8"))
    return {path: float(beats) for path, beats in found["pickup_beats"].items()}


def folder_entries(folder: str | Path, composer: str) -> list[Entry]:
    """Every score below a folder, all by one composer; a file is a work, named after its path.

    CorpusError if the folder is missing or holds no file whose kind is known.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CorpusError(f"{folder}: no such folder")
    entries = []
    for file in _scores_below(folder):
        path = file.relative_to(folder)
        work = f"{composer}:{path.with_suffix('').as_posix()}"
        source = f"own folder {folder.resolve().name}"
        entries.append(Entry(file, path.as_posix(), composer, file.stem, work, work, source, "own"))
    if not entries:
        raise CorpusError(f"{folder}: no score; legal: {', '.join(sorted(KNOWN_SUFFIXES))}")
    return entries


def _scores_below(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in KNOWN_SUFFIXES and file.is_file() and not file.name.startswith("."):
            yield file


_MUSIC21_WORKS = (
    # (folder or file, composer, work group as the manifests call it)
    ("beethoven/opus18no1", "beethoven", "beethoven:sq1"),
    ("beethoven/opus18no3", "beethoven", "beethoven:sq3"),
    ("beethoven/opus18no4", "beethoven", "beethoven:sq4"),
    ("beethoven/opus18no5", "beethoven", "beethoven:sq5"),
    ("beethoven/opus59no1", "beethoven", "beethoven:sq7"),
    ("beethoven/opus59no2", "beethoven", "beethoven:sq8"),
    ("beethoven/opus59no3", "beethoven", "beethoven:sq9"),
    ("beethoven/opus74", "beethoven", "beethoven:sq10"),
    ("beethoven/opus132", "beethoven", "beethoven:sq15"),
    ("beethoven/opus133", "beethoven", "beethoven:sq17"),
    ("corelli/opus3no1", "other/corelli", "corelli:op3no1"),
    ("haydn/opus1no1", "other/haydn", "haydn:ossq"),
    ("haydn/opus74no1", "other/haydn", "haydn:ossq"),
    ("mozart/k80", "mozart", "mozart:k80"),
    ("mozart/k155", "mozart", "mozart:k155"),
    ("mozart/k156", "mozart", "mozart:k156"),
    ("mozart/k458", "mozart", "mozart:k458"),
    ("schumann_clara/opus17", "other/clara-schumann", "clara-schumann:op17"),
    ("schumann_robert/opus41no1", "other/schumann", "schumann:ossq"),
)
_MUSIC21_TUNE_BOOKS = ("airdsAirs", "miscFolk", "oneills1850", "ryansMammoth")
_FIDDLE_TUNES = "fiddle-tunes"


def music21_entries() -> list[Entry]:
    """What music21's own corpus holds for the violin: quartets and trios, and books of fiddle tunes.

    The corpus comes with the package, so no other files are needed. Palestrina, chorales, piano
    music and songs are left out; so is the Essen collection, whose licence forbids commercial use.
    """
    package = find_spec("music21")
    if package is None or not package.submodule_search_locations:
        raise CorpusError("music21 is not installed; install it, or name a folder of scores")
    root = Path(package.submodule_search_locations[0]) / "corpus"
    entries = []
    for name, composer, work_group in _MUSIC21_WORKS:
        for file in _music21_files(root, name):
            movement = re.sub(r"\D", "", file.stem) if file.parent.name == Path(name).name else "all"
            entries.append(
                _music21_entry(root, file, composer, f"{work_group}:{movement}", work_group, MUSIC21_QUARTETS)
            )
    for name in _MUSIC21_TUNE_BOOKS:
        for file in _music21_files(root, name):
            work = f"{_FIDDLE_TUNES}:{name}-{file.stem}"
            entries.append(_music21_entry(root, file, f"other/{_FIDDLE_TUNES}", work, work, MUSIC21_TUNES))
    return entries


def _music21_files(root: Path, name: str) -> Iterator[Path]:
    place = root / name
    files = sorted(place.iterdir()) if place.is_dir() else sorted(place.parent.glob(f"{place.name}.*"))
    for file in files:
        if file.suffix.lower() in KNOWN_SUFFIXES - {".musx"}:
            yield file


def _music21_entry(root: Path, file: Path, composer: str, work: str, group: str, source: str) -> Entry:
    path = f"music21/{file.relative_to(root).as_posix()}"
    return Entry(file, path, composer, path, work, group, source, _MUSIC21_LICENCE_CLASS)


def installed_commit(source: Source) -> str:
    """Which version of a source is here: the package's for music21, else the recorded commit."""
    return f"music21 {version('music21')}" if source.name.startswith("music21") else source.commit
