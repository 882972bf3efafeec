"""Parts of other instruments, moved into the violin's range: more music to train on.

A viola's strings lie a fifth below the violin's, a cello's an octave and a fifth, so their music is as easy
to reach after that transposition. Winds and voices are moved by as little as brings them into range.
Keyboards, plucked instruments, organs and drums have parts that no violin plays and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from data_prep.grid.raw_part import RawPart, known_key
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH

MOVED = "moved"
"""The prefix of the role of a moved part: "moved+7:2" is part 2 a fifth higher."""

_FIFTH, _TWELFTH = 7, 19
_TENOR = re.compile(
    r"\b(violas?|violetta|altos?|altówk\w*|bratsche\w*|vlas?|tenor\w*|horns?|corn[io])\b", re.IGNORECASE
)
_BASS = re.compile(
    r"\b(violonc\w*|violinc\w*|violone|cell[io]s?|vcl?s?|wiolonczel\w*|bass\w*|bassoons?|fagot\w*|trombon\w*)\b",
    re.IGNORECASE,
)
_TREBLE = re.compile(
    r"\b(flut\w*|flet\w*|flaut\w*|flöt\w*|obo\w*|obój|hautbois|clarin\w*|klarin\w*|recorder|sopran\w*|canto|voice|"
    r"discant|trump\w*|tromb[ae])\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"piano|forte|harpsi|cembalo|organ|continuo|guitar|harp|timp|perc|drum|\blute\b|klavier|keyboard|celesta|bells?\b",
    re.IGNORECASE,
)
_MOVES_BY_PROGRAM = {
    **dict.fromkeys((40, 44, 45, 48), 0),  # violin and strings
    **dict.fromkeys((41, 60, 69), _FIFTH),  # viola, horn, English horn
    **dict.fromkeys((42, 43, 70), _TWELFTH),  # cello, double bass, bassoon
    **dict.fromkeys((52, 53, 56, 68, 71, 72, 73, 74), 0),  # voices, trumpet, oboe, clarinet, flutes
}
_MOVES = (0, 7, 12, 19, 24, -12)
_LOWEST_SHARE_IN_RANGE = 0.99
_HEIGHT_LEFT = 6  # semitones below the highest pitch, so that the music can be transposed upwards
_FEWEST_NOTES = 60


def is_other_instrument(name: str) -> bool:
    """Whether a part's name is that of another instrument, or a voice, whose music a violin can play.

    >>> [is_other_instrument(name) for name in ("Viola", "Violoncello", "Piano", "Violin I")]
    [True, True, False, False]
    """
    return _usual_move(name, None) is not None


def moved_parts(parts: Sequence[RawPart], violins: Iterable[RawPart]) -> list[tuple[str, RawPart]]:
    """(role, part) of the parts that are none of `violins`, each in the violin's range."""
    used = {place for part in violins for place in part.place.split("+")}
    found = []
    for part in parts:
        if part.place in used or part.percussion or len(part.notes) < _FEWEST_NOTES:
            continue
        usual = _usual_move(part.name, part.program if part.performed else None)
        if usual is None:
            continue
        for move in dict.fromkeys((usual, *_MOVES)):
            if _fits(part, move):
                found.append((f"{MOVED}{move:+d}:{part.place}", _moved(part, move)))
                break
    return found


def is_moved(role: str) -> bool:
    """Whether a role is that of a moved part.

    >>> is_moved("moved+7:2"), is_moved("violin1")
    (True, False)
    """
    return role.startswith(MOVED)


def _usual_move(name: str, program: int | None) -> int | None:
    """The usual move in semitones, by name, else by General MIDI program; None for an instrument that is left
    out or unknown."""
    if _OTHER.search(name):
        return None
    for pattern, move in ((_BASS, _TWELFTH), (_TENOR, _FIFTH), (_TREBLE, 0)):
        if pattern.search(name):
            return move
    return None if program is None else _MOVES_BY_PROGRAM.get(program)


def _fits(part: RawPart, move: int) -> bool:
    inside = sum(LOWEST_PITCH <= note.pitch + move <= HIGHEST_PITCH - _HEIGHT_LEFT for note in part.notes)
    return inside >= _LOWEST_SHARE_IN_RANGE * len(part.notes)


def _moved(part: RawPart, move: int) -> RawPart:
    return replace(
        part,
        notes=[note._replace(pitch=note.pitch + move) for note in part.notes],
        keys=[
            (beats, known_key(fifths, minor).transposed(move).fifths, minor)
            for beats, fifths, minor in part.keys
        ],
    )
