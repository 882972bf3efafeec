"""MusicXML and ABC files where a verb takes MIDI files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constraints.linter.files import Source
    from data_prep.readers.score_file import ScorePart
    from violin.music import Phrase

SCORE_SUFFIXES = (".musicxml", ".mxl", ".xml", ".abc")


def is_score(path: str | Path) -> bool:
    """Whether a path is that of a score, by its suffix."""
    return str(path).lower().endswith(SCORE_SUFFIXES)


def score_part(path: str | Path, part: str | None = None) -> ScorePart:
    """The part of a score; NotationError or MidiError in one line where it cannot be read."""
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


def read_music(path: str | Path, part: str | None = None) -> Phrase:
    """The phrase in a MIDI file or a score."""
    if is_score(path):
        return score_part(path, part).phrase()
    from violin.midi import read_phrase

    return read_phrase(Path(path))


def split_scores(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """The paths of scores, and all others."""
    return [path for path in paths if is_score(path)], [path for path in paths if not is_score(path)]
