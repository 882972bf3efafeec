"""How a set of notes is held, or the smallest reason why it cannot be, from the model of `violin.hand`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import combinations

from violin.hand import (
    CAPS,
    HAND_MM,
    MAX_STOPS,
    OPEN_STRINGS,
    STRING_NAMES,
    Fingering,
    easiest_fingering,
    fingerings,
    placements,
    span_mm,
)
from violin.instrument.table import LOWEST_PITCH
from violin.music import pitch_name

_ELEVENTH = 17
"""For an impossible double stop of at most this many semitones the reason is the span of the hand, for a
wider one the skipped string: two stopped notes on neighbouring strings are never further apart."""


class Obstacle(Enum):
    """What keeps a set of notes from sounding together."""

    RANGE = "range"
    STRINGS = "strings"
    BOW = "bow"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a set cannot be played: the obstacle, the fewest notes that meet it, and one line."""

    obstacle: Obstacle
    pitches: tuple[int, ...]
    reason: str

    def __str__(self) -> str:
        return self.reason


@lru_cache(maxsize=4096)
def _witness(pitches: tuple[int, ...]) -> Fingering | Conflict:
    found = easiest_fingering(pitches)
    return found if found else _conflict(pitches)


def witness(pitches: Iterable[int]) -> Fingering | Conflict:
    """How notes are held together, with the smallest span of the hand, or the smallest reason why not.

    `str()` of it reads "A3=G2/1 C#5=D11/4, span 118.5 mm" (string, fret / finger; an open
    string without finger), or "A3 and B3 both need the G string".
    """
    return _witness(tuple(sorted(set(pitches))))


def _conflict(pitches: tuple[int, ...]) -> Conflict:
    names = [pitch_name(pitch) for pitch in pitches]
    for pitch, name in zip(pitches, names, strict=True):
        if not _is_held((pitch,)):
            edge = (
                f"below G{LOWEST_PITCH // 12 - 1}, the open G string"
                if pitch < LOWEST_PITCH
                else (f"above {pitch_name(OPEN_STRINGS[-1] + CAPS[1][-1])}, the end of the fingerboard")
            )
            return Conflict(Obstacle.RANGE, (pitch,), f"{name} is {edge}")
    for count in range(2, min(len(pitches), MAX_STOPS + 1) + 1):
        for some in combinations(pitches, count):
            if not _has_strings(some):
                return Conflict(Obstacle.STRINGS, some, _string_reason(some))
    for count in range(2, len(pitches) + 1):  # the fewest notes that cannot be held
        for some in combinations(pitches, count):
            if not _is_held(some) and (count == len(pitches) or _stays_impossible(some)):
                return _hand_conflict(some)
    raise AssertionError(f"{pitches} has neither a fingering nor a conflict")


@lru_cache(maxsize=4096)
def _has_strings(pitches: tuple[int, ...]) -> bool:
    """Whether each note can have its own string, with stops at any distance."""
    return next(placements(pitches, caps=CAPS[1], contiguous=False), None) is not None


@lru_cache(maxsize=4096)
def _is_held(pitches: tuple[int, ...]) -> bool:
    """Whether `easiest_fingering` finds a fingering."""
    return any(_holds(placed) for placed in placements(pitches) if span_mm(placed) <= HAND_MM)


@lru_cache(maxsize=4096)
def _stays_impossible(some: tuple[int, ...]) -> bool:
    """Whether the notes stay unplayable with any added note. One on a skipped string may help."""
    return not any(_holds(placed) for placed in placements(some, contiguous=False))


def _holds(placed: tuple[tuple[int, int], ...]) -> bool:
    return next(fingerings(placed), None) is not None


def _string_reason(some: tuple[int, ...]) -> str:
    if len(some) > MAX_STOPS:
        return f"{len(some)} notes for {MAX_STOPS} strings"
    strings = [
        name
        for name, low, cap in zip(STRING_NAMES, OPEN_STRINGS, CAPS[1], strict=True)
        if any(low <= pitch <= low + cap for pitch in some)
    ]
    if len(strings) == 1:
        need = f"need the {strings[0]} string"
        return f"{_listed(some)} {'both' if len(some) == 2 else 'all'} {need}"
    return f"{_listed(some)} need {len(some)} strings and only {_joined(strings)} have them"


@lru_cache(maxsize=4096)
def _hand_conflict(some: tuple[int, ...]) -> Conflict:
    laid = list(placements(some)) or list(placements(some, contiguous=False))
    nearest = min(laid, key=span_mm, default=None)
    is_double_stop = len(some) == 2 and some[1] - some[0] <= _ELEVENTH
    if not (is_double_stop and nearest and span_mm(nearest) > HAND_MM) and any(
        _holds(placed) for placed in placements(some, contiguous=False)
    ):
        return Conflict(
            Obstacle.BOW, some, f"{_listed(some)} leave a string between them unused: the bow cannot skip it"
        )
    if nearest is None:
        return Conflict(Obstacle.HAND, some, f"{_listed(some)}: {_cap_reason(some)}")
    places = " ".join(
        f"{pitch_name(OPEN_STRINGS[string] + fret)}={STRING_NAMES[string]}{fret}" for string, fret in nearest
    )
    span = span_mm(nearest)
    why = f"the hand spans at most {HAND_MM:g}" if span > HAND_MM else "four fingers cannot hold this"
    return Conflict(Obstacle.HAND, some, f"{places} span {span:.1f} mm: {why}")


def _cap_reason(some: tuple[int, ...]) -> str:
    """The stop that lies too high when the notes are placed as close to the caps as possible."""
    caps = CAPS[len(some)]

    def excess(placed: Iterable[tuple[int, int]]) -> tuple[int, int]:
        over = [max(0, fret - caps[string]) for string, fret in placed]
        return sum(over), max(over)

    laid = list(placements(some, caps=CAPS[1])) or list(placements(some, caps=CAPS[1], contiguous=False))
    string, fret = max(min(laid, key=excess), key=lambda place: place[1] - caps[place[0]])
    note, name = pitch_name(OPEN_STRINGS[string] + fret), STRING_NAMES[string]
    return f"{note}={name}{fret} lies above {name}{caps[string]}, the limit in chords of {len(some)}"


def _listed(pitches: Iterable[int]) -> str:
    return _joined([pitch_name(pitch) for pitch in pitches])


def _joined(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
