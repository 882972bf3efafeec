"""What the violins' spines of a Humdrum file strike together.

A row of **kern is one moment, so no duration has to be read: the notes in one row of a spine and
its splits begin together. Layout codes (`!LO:`) are notes to the engraver in the row above.

Source: Huron, The Humdrum Toolkit: Reference Manual (1995), **kern; Sapp, Verovio Humdrum Viewer
documentation, layout parameters of notes (`!LO:N:head=rhombus`) and text (`!LO:TX:t=...`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from data_prep.grid.raw_part import ScoreError
from data_prep.readers.humdrum import rows, spines
from data_prep.readers.selection import is_violin_name, named_places, roles_for
from data_prep.repertoire.strokes import Stroke, is_for_a_passage, notated, says_harmonics

_PITCH = re.compile(r"([a-g])\1*|([A-G])\2*")
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_HARMONIC_HEAD = re.compile(r"!LO:N:.*(head=(rhombus|diam)|harmonic)")
_WORDS = re.compile(r"!LO:TX:(?:.*:)?t=(.*)")


def violin_columns(text: str, violin_tracks: str) -> list[int]:
    """The columns of the violins' spines: as named, else by instrument or label, else all."""
    if violin_tracks:
        return [int(place) for group in named_places(violin_tracks) for place in group]
    known = spines(text)
    violins = [spine.column for spine in known if spine.instrument == "violn" or is_violin_name(spine.label)]
    return violins[::-1] or [spine.column for spine in known[::-1]]


def humdrum_strokes(text: str, violin_tracks: str = "", roles: str = "") -> list[tuple[str, list[Stroke]]]:
    """(role, strokes) of each violin's spine; ScoreError if the text is not Humdrum."""
    columns = violin_columns(text, violin_tracks)
    if not columns:
        raise ScoreError("no **kern spine")
    return [
        (role, list(_strokes(text, column)))
        for role, column in zip(roles_for(roles, len(columns)), columns, strict=True)
    ]


def _strokes(text: str, column: int) -> Iterator[Stroke]:
    bar = 0
    in_harmonics = goes_on = is_cue = is_new_section = in_harmonic_section = False
    diamonds: set[int] = set()  # which of the spine's splits a diamond head stands above
    for tokens, roots in rows(text):
        mine = [token for token, root in zip(tokens, roots, strict=True) if root == column]
        if not mine:
            continue
        first = mine[0][:1]
        if first == "!":
            diamonds |= {index for index, token in enumerate(mine) if _HARMONIC_HEAD.match(token)}
            for token in mine:
                words = _WORDS.match(token)
                if words:
                    in_harmonics, goes_on = says_harmonics(words[1]), is_for_a_passage(words[1])
                    in_harmonic_section |= is_new_section and in_harmonics and goes_on
        elif first == "=":
            number = re.match(r"=+(\d+)", mine[0])
            bar = int(number[1]) if number else bar + 1
            is_new_section = "||" in mine[0]
            in_harmonics = in_harmonics and goes_on and not is_new_section
            in_harmonic_section = in_harmonic_section and not is_new_section
        elif first == "*":
            if "*cue" in mine or "*Xcue" in mine:
                is_cue = "*cue" in mine
        else:
            notes = [
                (index, note) for index, token in enumerate(mine) for note in token.split() if _begins(note)
            ]
            is_new_section = False
            if notes and not is_cue:
                harmonic = in_harmonics or in_harmonic_section
                harmonic |= any(index in diamonds or "o" in note for index, note in notes)
                arpeggio = any(":" in note for _, note in notes)
                pitches = tuple(sorted({_pitch(note) for _, note in notes}))
                yield Stroke(f"bar {bar}", pitches, notated(harmonic=harmonic, arpeggio=arpeggio))
            diamonds = {index for index in diamonds if mine[index : index + 1] == ["."]}


def _begins(note: str) -> bool:
    """Whether a note is struck here: not a rest, grace, hidden note or continuation of a tie."""
    return not any(sign in note for sign in ("r", "q", "Q", "yy", "]", "_")) and bool(_PITCH.search(note))


def _pitch(note: str) -> int:
    """The MIDI number of a **kern note: 'c' is C4, 'cc' C5, 'C' C3, 'CC' C2."""
    found = _PITCH.search(note)
    assert found is not None  # `_begins` has checked it
    letters = found[0]
    octave = 3 + len(letters) if letters.islower() else 4 - len(letters)
    return 12 * (octave + 1) + _STEPS[letters[0].lower()] + note.count("#") - note.count("-")
