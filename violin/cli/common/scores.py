"""MusicXML and ABC files where a verb takes MIDI files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constraints.linter.files import Source
    from data_prep.readers.score_file import ScorePart

SCORE_SUFFIXES = (".musicxml", ".mxl", ".xml", ".abc")


def is_score(path: str | Path) -> bool:
    """Whether a path is that of a score, by its suffix."""
    return str(path).lower().endswith(SCORE_SUFFIXES)


def score_part(path: str | Path, part: str | None = None) -> ScorePart:
    """The part of a score; NotationError or MidiError in one line if it cannot be read."""
    from data_prep.readers.score_file import read_score_part
    from violin.midi import load

    return read_score_part(load(Path(path)), str(path), part)


def score_parts(paths: Sequence[str], part: str | None) -> dict[str, ScorePart]:
    """The chosen part of each score, by path."""
    return {path: score_part(path, part) for path in paths}


def score_sources(parts: Mapping[str, ScorePart]) -> list[Source]:
    """The parts as MIDI files in memory, for the verbs that take files."""
    from constraints.linter.files import Source

    if not parts:
        return []
    from data_prep.readers.score_midi import part_bytes

    return [Source(path, None, part_bytes(part)) for path, part in parts.items()]


def standard_input_source(part: str | None = None) -> tuple[Source, ScorePart | None]:
    """The MIDI file on standard input; if it is a score, one of its parts as a MIDI file."""
    from constraints.linter.files import Source
    from violin.api.reading import STDIN, kind_of, read_bytes
    from violin.api.reading import score_part as part_of

    data, name = read_bytes(STDIN)
    if (kind := kind_of(data)) == "midi":
        return Source(name, None, data), None
    from data_prep.readers.score_midi import part_bytes

    found: ScorePart = part_of(data, name, kind, part)
    return Source(name, None, part_bytes(found)), found


def split_scores(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """The paths of scores, and all others."""
    return [path for path in paths if is_score(path)], [path for path in paths if not is_score(path)]
