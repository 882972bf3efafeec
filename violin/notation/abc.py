"""A phrase as ABC notation 2.1, written from the grid.

One voice is one line of bars; further voices are overlays (`&`) of the same bar. Lengths are in eighth notes
(L:1/8). Reference: the abc music standard 2.1, abcnotation.com.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

from violin.music import Key, Phrase
from violin.notation.measures import Bar, Item, Voice, written_bars
from violin.notation.musicxml import tempo_text
from violin.notation.spelling import Spelling, key_alter, spell

_EIGHTH_TICKS = 24
_SIGNS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}


def abc_text(phrase: Phrase, title: str = "") -> str:
    """The phrase as one ABC tune.

    >>> from violin.music import Meter, Note
    >>> print(abc_text(Phrase((Note(0, 67, 72), Note(72, 66, 24), Note(96, 69, 48)), 1, Meter(3, 4), Key(1))))
    X:1
    T:Violin
    M:3/4
    L:1/8
    Q:1/4=120
    K:G clef=treble
    G3 F A2 |]
    <BLANKLINE>
    """
    key = phrase.key or Key()
    tonic, _, mode = str(key).partition(" ")
    head = [
        "X:1",
        f"T:{' '.join(title.split()) or 'Violin'}",
        f"M:{phrase.meter}",
        "L:1/8",
        f"Q:1/4={tempo_text(phrase.tempo_us_per_beat)}",
        f"K:{tonic}{'m' if mode == 'minor' else ''} clef=treble",
    ]
    written = written_bars(phrase)
    # Readers differ on whether a sign in one voice applies to others, so with overlays all are written.
    has_overlays = any(len(bar.voices) > 1 for bar in written)
    bars = [_bar(bar, key, is_explicit=has_overlays) for bar in written]
    lines = [" | ".join(bars[start : start + 4]) for start in range(0, len(bars), 4)]
    return "\n".join([*head, *(f"{line} |" for line in lines[:-1]), f"{lines[-1]} |]"]) + "\n"


def _bar(bar: Bar, key: Key, is_explicit: bool) -> str:
    """The voices of one bar; `is_explicit` gives every note its sign."""
    by_number = {voice.number: voice for voice in bar.voices}
    voices = []
    for number in range(max(by_number) + 1):
        if number in by_number:
            voices.append(_voice(by_number[number], _Accidentals(key, is_explicit), key))
        else:  # so that a voice is the same overlay in each bar, and its ties find their notes
            voices.append(f"x{_length(Fraction(bar.ticks, _EIGHTH_TICKS))}")
    return " & ".join(voices)


def _voice(voice: Voice, accidentals: _Accidentals, key: Key) -> str:
    groups: list[str] = []
    for _, beamed in groupby(voice.items, key=_BeamGroups()):
        groups.append("".join(_item(item, voice, accidentals, key) for item in beamed))
    return " ".join(groups)


class _Accidentals:
    """The signs of one voice of one bar. An accidental holds in all octaves for some readers (ABC 2.1's
    default) and in its own octave for others; a sign is written wherever one of them would misread a note."""

    def __init__(self, key: Key, is_explicit: bool) -> None:
        self._key, self._is_explicit = key, is_explicit
        self._by_step: dict[str, int] = {}
        self._by_place: dict[tuple[str, int], int] = {}

    def sign(self, spelling: Spelling) -> str:
        plain = key_alter(spelling.step, self._key)
        here = self._by_step.get(spelling.step, plain), self._by_place.get(spelling.staff_place, plain)
        if here == (spelling.alter, spelling.alter) and not self._is_explicit:
            return ""
        self._by_step[spelling.step] = self._by_place[spelling.staff_place] = spelling.alter
        return _SIGNS[spelling.alter]


class _BeamGroups:
    """Numbers items so that those under one beam have one number."""

    def __init__(self) -> None:
        self._number = 0

    def __call__(self, item: Item) -> int:
        if not item.beams or item.beams[0] not in ("continue", "end"):
            self._number += 1
        return self._number


def _item(item: Item, voice: Voice, accidentals: _Accidentals, key: Key) -> str:
    prefix = ""
    if item.opens_tuplet:
        inside = voice.items[voice.items.index(item) :]
        count = next(number for number, one in enumerate(inside, 1) if one.closes_tuplet)
        prefix = f"(3:2:{count}"
    ticks = Fraction(item.ticks * 3, 2) if item.in_tuplet else Fraction(item.ticks)
    length = _length(ticks / _EIGHTH_TICKS)
    if item.is_rest:
        return f"{prefix}{'z' if item.is_visible else 'x'}{length}"
    tie = "-" if item.is_tied_to else ""
    names = [_name(spell(pitch, key), accidentals) for pitch in item.pitches]
    if len(names) == 1:
        return f"{prefix}{names[0]}{length}{tie}"
    return f"{prefix}[{''.join(names)}]{length}{tie}"


def _name(spelling: Spelling, accidentals: _Accidentals) -> str:
    """The letter with its sign and octave: C is middle C's, c the next, c' the one above."""
    letter = spelling.step if spelling.octave < 5 else spelling.step.lower()
    marks = "'" * (spelling.octave - 5) if spelling.octave >= 5 else "," * (4 - spelling.octave)
    return f"{accidentals.sign(spelling)}{letter}{marks}"


def _length(length: Fraction) -> str:
    """ABC's multiple of an eighth: '' for one, '3', '/2', '3/2'."""
    number = str(length.numerator) if length.numerator != 1 else ""
    return number if length.denominator == 1 else f"{number}/{length.denominator}"
