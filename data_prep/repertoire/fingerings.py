"""Fingerings that violinists wrote, and how far the search of `constraints.hand.fingering` agrees with them.

Source: the TNUA violin fingering dataset (Jen, Lin, Tsai and Su, "Positioning left-hand movement in
violin performance", IUI 2021): pitch, string (1 is G), position and finger of every note, by ten
violinists. It has no chords, and its beats count from the bar, so notes that seem simultaneous are not.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from constraints.hand.fingering import Costs, find_path
from violin.errors import CorpusError
from violin.hand import LAST_FRET
from violin.instrument import OPEN_STRINGS

_HIGHEST = OPEN_STRINGS[-1] + LAST_FRET
_COLUMNS = ("pitch", "string", "position", "finger")
FITTED_PIECES = frozenset({"bach2", "beeth1", "mozart1", "mend1", "mend2", "elgar"})
"""The pieces on which scripts/fit_fingering.py fits the shipped weights."""


class FingeredNote(NamedTuple):
    """One note as a violinist played it; string 0 is G, finger 0 an open string."""

    pitch: int
    string: int
    position: int
    finger: int


class Agreement(NamedTuple):
    """The number of notes, and on how many of them the search agrees with the violinist on string, finger and
    position."""

    notes: int = 0
    strings: int = 0
    fingers: int = 0
    positions: int = 0

    def __str__(self) -> str:
        share = [count / max(self.notes, 1) for count in self[1:]]
        return "strings {:.3f}, fingers {:.3f}, positions {:.3f}".format(*share)


def piece_of(path: str | Path) -> str:
    """The piece of a file: `bach1` of `vio1_bach1.csv`."""
    path = Path(path)
    return path.stem.partition("_")[2]


def fingering_files(corpus: str | Path) -> list[Path]:
    """The dataset's files in a corpus, ordered by name: `vio1_bach1.csv`, ..."""
    corpus = Path(corpus)
    return sorted(corpus.glob("**/tnua-fingering/*.csv"), key=lambda path: path.name)


def read_fingering(path: str | Path) -> list[FingeredNote]:
    """The notes of one file in order, only those on the fingerboard.

    CorpusError if the file is not a list of fingered notes.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [[int(row[name]) for name in _COLUMNS] for row in csv.DictReader(stream)]
    except (KeyError, TypeError, ValueError) as error:
        legal = f"columns {', '.join(_COLUMNS)} with whole numbers"
        raise CorpusError(f"{path}: not a fingering of the TNUA dataset ({error}); legal: {legal}") from error
    return [FingeredNote(p, s - 1, place, f) for p, s, place, f in rows if OPEN_STRINGS[0] <= p <= _HIGHEST]


def agreement(notes: Sequence[FingeredNote], costs: Costs | None = None) -> Agreement:
    """How often the cheapest path agrees with the violinist, by the shipped costs or others."""
    path = find_path([(index, (note.pitch,)) for index, note in enumerate(notes)], costs)
    pairs = [(note, step, step.stops[0]) for note, step in zip(notes, path.steps, strict=True)]
    return Agreement(
        len(notes),
        sum(note.string == stop.string for note, _, stop in pairs),
        sum(note.finger == stop.finger for note, _, stop in pairs),
        sum(note.position == step.position for note, step, _ in pairs),
    )


def total(found: Iterable[Agreement]) -> Agreement:
    """The counts of several pieces added up."""
    return Agreement(*map(sum, zip(Agreement(), *found, strict=True)))
