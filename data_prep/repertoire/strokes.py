"""The notes that a score strikes together in its violin parts, and how they are notated.

Only what one bow stroke can strike together is a chord for the hand. Scores also write notes above each other
that are not such chords, and mark them. Each `Stroke` carries this mark (`Notated`):

* a harmonic is written as the stopped and the touched note, sometimes with the sounding note, with a diamond
  head, a harmonic's sign, or words such as "sons harmoniques" or "flag.",
* an arpeggio sign means that the chord is broken.

Graces, cues, hidden notes and notes tied to an earlier note are not part of a stroke. The readers are
`strokes_humdrum` and `strokes_musicxml` beside this file; they read only notation, which is some
thirty times as fast as reading a whole score.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple


class Notated(Enum):
    """How a score writes the notes of one stroke."""

    STRUCK = "struck together"
    HARMONIC = "a harmonic"
    ARPEGGIO = "under an arpeggio sign"


class Stroke(NamedTuple):
    """The pitches that begin together in one part, ascending and distinct; `place` as 'bar 12'."""

    place: str
    pitches: tuple[int, ...]
    notated: Notated


_HARMONICS = re.compile(r"\b(sons?\s+harm\w*|fla[gż]\w*|armonic[io]|harmonics?|harm\.)", re.IGNORECASE)


def says_harmonics(words: str) -> bool:
    """Whether words over the staff ask for harmonics, the editor's remark in Polish included."""
    return bool(_HARMONICS.search(words))


def is_for_a_passage(words: str) -> bool:
    """Whether such words hold until the next words or double bar; an abbreviation holds for its bar.

    At the beginning of a section they hold for all of it.
    """
    return bool(re.search(r"\bsons?\s+harm|harmonics\b", words, re.IGNORECASE))


def notated(*, harmonic: bool, arpeggio: bool) -> Notated:
    """How a stroke is notated; a harmonic under an arpeggio sign is a harmonic."""
    return Notated.HARMONIC if harmonic else Notated.ARPEGGIO if arpeggio else Notated.STRUCK
