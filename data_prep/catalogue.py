"""Where the music comes from: each source with its licence, and each file as an entry to be read."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data_prep.scores import KNOWN_SUFFIXES
from violin.errors import CorpusError

MANIFEST_NAME = "manifest.csv"


@dataclass(frozen=True)
class Entry:
    """A file to read. `file` is where it lies, `path` how it is called in reports and stores.

    `violin_tracks` and `roles` say which parts are violins, "" where that must be found out.
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


def manifest_entries(folder: Path) -> list[Entry]:
    """The files of a folder that holds a manifest.csv; CorpusError where it has none or lacks columns."""
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
    )


def folder_entries(folder: Path, composer: str) -> list[Entry]:
    """Every score below a folder, all by one composer; a file is a work, named after its path.

    CorpusError where the folder is missing or holds no file whose kind is known.
    """
    if not folder.is_dir():
        raise CorpusError(f"{folder}: no such folder")
    entries = [
        Entry(
            file=file,
            path=file.relative_to(folder).as_posix(),
            composer=composer,
            title=file.stem,
            work_id=f"{composer}:{file.relative_to(folder).with_suffix('').as_posix()}",
            work_group=f"{composer}:{file.relative_to(folder).with_suffix('').as_posix()}",
            source=f"own folder {folder.resolve().name}",
            licence_class="own",
        )
        for file in _scores_below(folder)
    ]
    if not entries:
        raise CorpusError(f"{folder}: no score; legal: {', '.join(sorted(KNOWN_SUFFIXES))}")
    return entries


def _scores_below(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in KNOWN_SUFFIXES and file.is_file() and not file.name.startswith("."):
            yield file


def music21_entries() -> list[Entry]:
    return []
