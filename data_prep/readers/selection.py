"""Which parts of a score are for the violin.

A manifest may say so ("4|2": violin I is in spine 4, violin II in 2; "1:0+2:1" is one violin over
two tracks). If it says nothing, names decide first, whatever the program (an orchestra's violins
often play the program of strings or pizzicato), then the General MIDI program, then clef and range; a
score in which several unnamed parts might be violins gives none rather than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from data_prep.grid.raw_part import RawPart, ScoreError
from violin.challenge import VIOLIN_PROGRAM
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH

_VIOLIN_NAME = re.compile(
    r"violin|fiddle|\b(violon|violons|geigen?|skrzypce|скрипка|hegedű|viool)\b|"
    r"\b(vln|vlns|vlni|vlno|vni|vl|vn|viol)\s?(\d|i{1,3})?\b",
    re.IGNORECASE,
)
_OTHER_STRING = re.compile(
    r"\b(viola|violas|alto|bratsche|violoncell\w*|violincell\w*|violone|cello|bass viol|gamba|guitar)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\b(concerto?|sonatas?|partitas?|caprices?|suite|duets?)\b|\bfor\b", re.IGNORECASE)
_ORDER = re.compile(r"\b(1|2|3|4|i{1,3}|iv|erste|zweite|first|second|primo|secondo)\b\.?", re.IGNORECASE)
_ORDER_VALUE = {
    "1": 1, "i": 1, "erste": 1, "first": 1, "primo": 1,
    "2": 2, "ii": 2, "zweite": 2, "second": 2, "secondo": 2,
    "3": 3, "iii": 3, "4": 4, "iv": 4,
}  # fmt: skip
_LOWEST_SOLO_NOTE_SHARE = 0.98


def named_places(violin_tracks: str) -> list[list[str]]:
    """ "8:0|9:1+10:2" -> [["8:0"], ["9:1", "10:2"]]; empty for no entry."""
    return [part.split("+") for part in violin_tracks.split("|") if part]


def roles_for(roles: str, count: int) -> list[str]:
    """The roles of `count` parts: as named ("solo+acc" is the solo part), else violin1, violin2, …"""
    named = [role.removesuffix("+acc") for role in roles.split("|") if role]
    if len(named) == count:
        return named
    return ["solo"] if count == 1 else [f"violin{number}" for number in range(1, count + 1)]


def chosen_parts(
    parts: Sequence[RawPart], violin_tracks: str = "", roles: str = ""
) -> list[tuple[str, RawPart]]:
    """(role, part) of each violin. ScoreError if there is none, or a named one is missing."""
    if violin_tracks:
        found = {part.place: part for part in parts}
        groups = named_places(violin_tracks)
        missing = [place for place in chain.from_iterable(groups) if place not in found]
        if missing:
            raise ScoreError(f"no part {missing[0]}; found: {', '.join(found) or 'none'}")
        chosen = [merged([found[place] for place in group]) for group in groups]
        return list(zip(roles_for(roles, len(chosen)), chosen, strict=True))
    return _guessed(parts)


def merged(parts: Sequence[RawPart]) -> RawPart:
    """The notes of several parts as one violin's."""
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        place="+".join(part.place for part in parts),
        notes=sorted(set(chain.from_iterable(part.notes for part in parts))),
    )


def _guessed(parts: Sequence[RawPart]) -> list[tuple[str, RawPart]]:
    parts = [part for part in parts if part.notes and not part.percussion]
    if not parts:
        raise ScoreError("no notes")
    named = [part for part in parts if is_violin_name(part.name)]
    if named:
        return _with_roles(named)
    programmed = [part for part in parts if part.program == VIOLIN_PROGRAM and _is_in_range(part)]
    if programmed:
        return _with_roles(programmed)
    if len(parts) == 1 and _is_in_range(parts[0]) and parts[0].clef in ("", "G2"):
        return [("solo", parts[0])]
    names = ", ".join(sorted({part.name or f"part {part.place}" for part in parts}))
    raise ScoreError(f"no violin part among {names[:80]}")


def _with_roles(parts: Sequence[RawPart]) -> list[tuple[str, RawPart]]:
    if len(parts) == 1:
        return [("solo", parts[0])]
    numbers = [order_of(part.name) for part in parts]
    if len(set(numbers)) == len(numbers) and all(numbers):
        return sorted((f"violin{number}", part) for number, part in zip(numbers, parts, strict=True))
    return [(f"violin{number}", part) for number, part in enumerate(parts, 1)]


def is_violin_name(name: str) -> bool:
    """Whether a part's name is that of a violin and of no other string instrument.

    The title of a piece, such as "Concerto for 2 Violins", which some sequences write on every track,
    names no part.
    """
    return bool(_VIOLIN_NAME.search(name)) and not (_OTHER_STRING.search(name) or _TITLE.search(name))


def order_of(name: str) -> int:
    """1 for "Violin I", 2 for "Violino secondo", 0 where the name has no number."""
    found = _ORDER.search(name)
    return _ORDER_VALUE[found.group(1).lower()] if found else 0


def _is_in_range(part: RawPart) -> bool:
    inside = sum(LOWEST_PITCH <= note.pitch <= HIGHEST_PITCH for note in part.notes)
    return inside >= _LOWEST_SOLO_NOTE_SHARE * len(part.notes)
