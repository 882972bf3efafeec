"""The phrases that a verb was given: MIDI files, folders and zips of them, scores, or standard input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from violin.cli.common.scores import is_score
from violin.errors import ViolinError

if TYPE_CHECKING:
    from models.judge.files import Found

PIPED = "<stdin>"


def phrase_files(paths: Sequence[Path], part: str | None = None) -> list[Found]:
    """Every phrase file that the paths name, in their order; `-` is standard input.

    A score gives one of its parts, as a MIDI file in memory. A file that cannot be read comes back with its
    `problem`; the others are still read.
    """
    from models.judge.files import midi_files

    found: list[Found] = []
    for path in paths:
        if str(path) == "-" or is_score(path):
            found.append(_one(path, part))
        else:
            found += midi_files(path)
    return found


def _one(path: Path, part: str | None) -> Found:
    """A score, or standard input."""
    from models.judge.files import Found, composer_of
    from violin.api.reading import kind_of, read, read_bytes
    from violin.midi import phrase_bytes

    name = PIPED if str(path) == "-" else str(path)
    composer = composer_of(path.parts[:-1])
    try:
        data, _ = read_bytes(str(path))
        if kind_of(data) != "midi":
            data = phrase_bytes(read(data, part=part, name=name))
    except ViolinError as error:
        return Found(name, composer, b"", str(error).removeprefix(f"{name}: "))
    return Found(name, composer, data)
