"""Reads MIDI files from a folder, an archive or a path, in numeric order."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from violin.archives import read_members
from violin.challenge import COMPOSERS, SLUGS
from violin.errors import ArchiveError, MidiError
from violin.midi import read_phrase
from violin.music import Phrase
from violin.smf import read_limited

_NUMBERED = re.compile(r"composer[ _-]?([1-8])\Z", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")
_MIDI_ENDINGS = (".mid", ".midi")


class Found(NamedTuple):
    """A file: its display name, the composer that its folder names (if any), its bytes.

    `problem` says why the file could not be read; then its data are b"".
    """

    name: str
    composer: str | None
    data: bytes
    problem: str = ""

    def phrase(self) -> Phrase:
        """The phrase in the file; MidiError if none can be read."""
        if self.problem:
            raise MidiError(f"{self.name}: {self.problem}")
        return read_phrase(self.data, name=self.name)

    def phrase_on_grid(self) -> Phrase:
        """The phrase on the grid of 48 ticks per beat; MidiError also if its bars do not fit the grid."""
        phrase = self.phrase()
        try:
            return phrase.on_grid()
        except ValueError as error:
            raise MidiError(f"{self.name}: {error}") from error


def midi_files(place: str | Path) -> list[Found]:
    """The MIDI files of a zip or a folder, or a single file, in numeric order: 2.mid before 10.mid.

    Raises ArchiveError if the path does not exist, a zip is unsafe or damaged, or a folder cannot
    be listed.
    """
    place = Path(place)
    if place.is_file() and place.suffix.lower() == ".zip":
        members = [member for member in read_members(place, is_midi) if is_midi(member.name)]
        return [
            Found(f"{place}/{member.name}", composer_of(member.name.split("/")[:-1]), member.data)
            for member in sorted(members, key=lambda member: numeric_order(member.name))
        ]
    if not place.exists():
        raise ArchiveError(f"{place}: no such file or folder")
    paths = _below(place) if place.is_dir() else [place]
    return [_read(path) for path in sorted(paths, key=lambda one: numeric_order(str(one)))]


def _below(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder, onerror=_refuse_unlisted):
        yield from (Path(where) / name for name in names if is_midi(name))


def _refuse_unlisted(error: OSError) -> None:
    raise ArchiveError(f"{error.filename}: cannot be listed: {error.strerror or error}") from error


def _read(path: Path) -> Found:
    composer = composer_of(path.parts)
    try:
        return Found(str(path), composer, read_limited(path))
    except OSError as error:
        return Found(str(path), composer, b"", f"cannot be read: {error.strerror or error}")


def is_midi(name: str) -> bool:
    return name.lower().endswith(_MIDI_ENDINGS)


def numeric_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that compares numbers within names as numbers."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in _DIGITS.split(name) if part
    )


def composer_of(folders: Iterable[str]) -> str | None:
    """The slug of the innermost folder that names a composer, as 'paganini' or 'composer4'."""
    for folder in reversed(list(folders)):
        numbered = _NUMBERED.match(folder)
        if numbered:
            return COMPOSERS[int(numbered[1]) - 1].slug
        if folder.lower() in SLUGS:
            return folder.lower()
    return None
