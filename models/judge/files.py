"""MIDI files of a folder, an archive or by name, in the order of their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from violin.archives import read_members
from violin.challenge import COMPOSERS, SLUGS

_NUMBERED = re.compile(r"composer[ _-]?([1-8])\Z", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")
_MIDI_ENDINGS = (".mid", ".midi")


class Found(NamedTuple):
    """A file: its name for people, its folder's composer if that tells one, its bytes."""

    name: str
    composer: str | None
    data: bytes


def midi_files(place: Path) -> list[Found]:
    """All MIDI files in a folder or a zip, or a single file, in numeric order: 2.mid before 10.mid."""
    if place.suffix.lower() == ".zip" and not place.is_dir():
        members = [member for member in read_members(place, is_midi) if is_midi(member.name)]
        return [
            Found(f"{place}/{member.name}", composer_of(member.name.split("/")[:-1]), member.data)
            for member in sorted(members, key=lambda member: numeric_order(member.name))
        ]
    paths = [place] if place.is_file() else [one for one in place.rglob("*") if is_midi(one.name)]
    ordered = sorted(paths, key=lambda one: numeric_order(str(one)))
    return [
        Found(str(path), composer_of(path.parts), path.read_bytes()) for path in ordered if path.is_file()
    ]


def is_midi(name: str) -> bool:
    return name.lower().endswith(_MIDI_ENDINGS)


def numeric_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key under which numbers within names count as numbers."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in _DIGITS.split(name) if part
    )


def composer_of(folders: Iterable[str]) -> str | None:
    """The slug that the innermost telling folder names, as 'paganini' or 'composer4'."""
    for folder in reversed(list(folders)):
        numbered = _NUMBERED.match(folder)
        if numbered:
            return COMPOSERS[int(numbered[1]) - 1].slug
        if folder.lower() in SLUGS:
            return folder.lower()
    return None
