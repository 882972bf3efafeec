"""Pitches to note names: which of C sharp and D flat a pitch is written as, and which sign it needs.

A note name is a place on the line of fifths (F is 0, C 1, G 2, …; F sharp is 7). Each key takes
twelve neighbours on that line: in major from three fifths below the tonic to eight above it (E flat
to G sharp in C), in minor two more to the sharp side (B flat to D sharp in A minor), so that leading notes
are raised. Reference for the line: Temperley, The Cognition of Basic Musical Structures, MIT Press 2001.
"""

from __future__ import annotations

from typing import NamedTuple

from violin.music import Key

_LINE = "FCGDAEB"
_PITCH_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_C_ON_LINE = 1  # the place of C


class Spelling(NamedTuple):
    """A written pitch: its letter, semitones raised (+) or lowered (-), and octave, middle C being 4."""

    step: str
    alter: int
    octave: int

    @property
    def staff_place(self) -> tuple[str, int]:
        """The line or space that it stands on: letter and octave."""
        return self.step, self.octave


def spell(pitch: int, key: Key) -> Spelling:
    """The note name of a MIDI pitch in a key.

    >>> spell(61, Key(2)), spell(61, Key(-4))
    (Spelling(step='C', alter=1, octave=4), Spelling(step='D', alter=-1, octave=4))
    >>> spell(71, Key(7)), spell(59, Key(-7))
    (Spelling(step='B', alter=0, octave=4), Spelling(step='C', alter=-1, octave=4))
    """
    lowest = _C_ON_LINE + key.fifths + (-2 if key.minor else -3)
    place = lowest + (7 * (pitch % 12) + 1 - lowest) % 12  # C is 1, and a fifth is 7 semitones
    step = _LINE[place % 7]
    alter = place // 7
    octave = (pitch - alter - _PITCH_CLASS[step]) // 12 - 1
    return Spelling(step, alter, octave)


def key_alter(step: str, key: Key) -> int:
    """What the key signature does to a letter: 1 sharp, -1 flat, 0 nothing."""
    place = _LINE.index(step)
    if key.fifths > 0:
        return int(place < key.fifths)
    return -int(6 - place < -key.fifths)


class BarAccidentals:
    """The accidentals in force within one bar."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._written: dict[tuple[str, int], int] = {}

    def sign(self, spelling: Spelling) -> int | None:
        """The alteration that must be written before a note, None if it is understood; the bar
        then remembers it."""
        understood = self._written.get(spelling.staff_place, key_alter(spelling.step, self._key))
        if spelling.alter == understood:
            return None
        self._written[spelling.staff_place] = spelling.alter
        return spelling.alter
