"""What a reader returns: one part of a score in beats, before the grid and the instrument.

Times are quarter notes from the first event of the score, as floats. A part of a score that was
engraved has its bars; a sequence has only meters, and `bars` is empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from violin.errors import CorpusError
from violin.music import Key, Meter


class ScoreError(CorpusError):
    """A file that gives no violin part; the message is the reason, without the file's name."""


class RawNote(NamedTuple):
    """A note with its ties joined; graces are left out where the source marks them."""

    onset_beats: float
    end_beats: float
    pitch: int


class RawBar(NamedTuple):
    """A bar as engraved; `closing` if it ends with a double bar or a repeat sign."""

    start_beats: float
    end_beats: float
    meter: Meter
    closing: bool


@dataclass
class RawPart:
    """One part. `place` is its address in the file: a spine, a part or "track:channel".

    `keys` hold (beat, fifths, minor or None if the source gives no mode). `performed` says
    that the times come from a sequence, where notes may lie off the grid.
    """

    place: str
    name: str
    notes: list[RawNote]
    meters: list[tuple[float, Meter]]
    keys: list[tuple[float, int, bool | None]]
    tempos: list[tuple[float, int]]
    bars: list[RawBar] = field(default_factory=list)
    closings_beats: list[float] = field(default_factory=list)
    program: int | None = None
    percussion: bool = False  # on the drum channel of a sequence, with any name and program
    clef: str = ""
    performed: bool = False
    pickup_beats: float | None = None  # of a sequence, if the catalogue gives it
    title: str = ""
    carried_accidentals: int = 0  # of an ABC tune: notes altered by a sign earlier in the bar
    context: list[list[RawNote]] = field(default_factory=list)  # all parts of a sequence, to find the bars


def known_key(fifths: int, minor: bool | None) -> Key:
    """A key signature as a Key; a signature of more than seven signs is read as none."""
    return Key(fifths if -7 <= fifths <= 7 else 0, bool(minor))
