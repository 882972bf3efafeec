"""Fingerings that violinists wrote, and how far the search of `constraints.hand.fingering` agrees with them.

Source: the TNUA violin fingering dataset (Jen, Lin, Tsai and Su, "Positioning left-hand movement in
violin performance", IUI 2021): pitch, string (1 is G) and finger of every note, by ten violinists.
It has no chords; its beats are counted from the bar, so notes that seem simultaneous are not.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from constraints.hand.fingering import find_path
from violin.instrument import OPEN_STRINGS

_HIGHEST = OPEN_STRINGS[-1] + 30


class FingeredNote(NamedTuple):
    """One note as a violinist played it; string 0 is G, finger 0 an open string."""

    pitch: int
    string: int
    finger: int


class Agreement(NamedTuple):
    """Of so many notes of a piece, how many the search gives the violinist's string, and finger."""

    piece: str
    notes: int
    strings: int
    fingers: int


def fingering_files(corpus: Path) -> list[Path]:
    """The dataset's files in a corpus, one violinist's, by name of piece."""
    return sorted(corpus.glob("**/tnua-fingering/*.csv"), key=lambda path: path.name)


def read_fingering(path: Path) -> list[FingeredNote]:
    """The notes of one file in order, those on the fingerboard alone."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [(int(row["pitch"]), int(row["string"]), int(row["finger"])) for row in csv.DictReader(stream)]
    return [FingeredNote(p, s - 1, f) for p, s, f in rows if OPEN_STRINGS[0] <= p <= _HIGHEST]


def agreement(piece: str, notes: Sequence[FingeredNote]) -> Agreement:
    """How far the cheapest path through the notes is the violinist's."""
    path = find_path([(index, (note.pitch,)) for index, note in enumerate(notes)])
    chosen = [step.stops[0] for step in path.steps]
    pairs = list(zip(notes, chosen, strict=True))
    return Agreement(
        piece,
        len(notes),
        sum(note.string == stop.string for note, stop in pairs),
        sum(note.finger == stop.finger for note, stop in pairs),
    )
