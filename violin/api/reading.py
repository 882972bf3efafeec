"""Read phrases and given pairs from MIDI, MusicXML and ABC, by path, bytes or open file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, Any

from violin.errors import NotationError, optional_libraries
from violin.midi import load, read_phrase
from violin.music import Phrase
from violin.pair import Pair, pair_of
from violin.pair import read_pair as read_midi_pair

Source = str | os.PathLike[str] | bytes | IO[bytes]
STDIN = "-"


def read(source: Source, *, part: str | None = None, name: str | None = None) -> Phrase:
    """The phrase in a MIDI, MusicXML (plain or .mxl) or ABC file.

    `source` is a path, the bytes themselves, an open binary file, or "-" for standard input; the first bytes
    show the kind of file. `part` names the part of a score, by its name or its number from 1. Raises
    MidiError or NotationError (both ViolinError) if no phrase can be read.

    >>> import violin
    >>> tune = violin.Phrase((violin.Note(0, 69, 48),), bars=1)
    >>> violin.read(tune.to_midi()).notes == tune.notes
    True
    """
    data, name = read_bytes(source, name)
    if (kind := kind_of(data)) == "midi":
        _refuse_part(part, name)
        return read_phrase(data, name)
    return score_part(data, name, kind, part).phrase()


def read_pair(
    source: Source | Phrase,
    *,
    part: str | None = None,
    split: tuple[int, int] | None = None,
    name: str | None = None,
) -> Pair:
    """The given beginning and ending in a file or a phrase; see `violin.pair` for the two layouts.

    `split` gives the bars of the beginning and of the ending. PairError if the pair cannot be answered;
    other errors as in `read`.
    """
    if isinstance(source, Phrase):
        return pair_of(source, name or "phrase", split)
    data, name = read_bytes(source, name)
    if (kind := kind_of(data)) == "midi":
        _refuse_part(part, name)
        return read_midi_pair(data, name, split)
    return pair_of(score_part(data, name, kind, part).phrase(), name, split)


def read_bytes(source: Source, name: str | None = None) -> tuple[bytes, str]:
    """The bytes of a source and its name for messages."""
    if isinstance(source, bytes):
        return source, name or "<bytes>"
    if isinstance(source, str) and source == STDIN:
        return sys.stdin.buffer.read(), name or "<stdin>"
    if isinstance(source, str | os.PathLike):
        return load(Path(source)), name or os.fspath(source)
    return source.read(), name or str(getattr(source, "name", "<file>"))


def kind_of(data: bytes) -> str:
    """ "midi", "musicxml", "mxl" or "abc", by the first bytes of a file. Any other bytes count as "midi",
    because the MIDI reader has the best messages."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data[:4] == b"PK\x03\x04":
        return "mxl"
    if head[:1] == b"<" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "musicxml"
    if head[:2] == b"X:" or b"\nX:" in head:
        return "abc"
    return "midi"


@optional_libraries()
def score_part(data: bytes, name: str, kind: str, part: str | None) -> Any:
    """One part of a score, a `data_prep.readers.score_file.ScorePart`."""
    from data_prep.readers.score_file import read_score_part

    return read_score_part(data, name, part, kind)


def _refuse_part(part: str | None, name: str) -> None:
    if part is not None:
        raise NotationError(f"{name}: a MIDI file is read whole; a part can be chosen in MusicXML")
