"""A plan of a phrase: what each bar does, written down before its notes.

A `Plan` says for each bar its harmony (a chord a half bar, relative to the key), its relation to an
earlier bar or to a given bar of the ending, how dense and how high it is, and how the last bar leads into
the given ending. It has a text form that people can read and change, one line a bar:

    key A minor
    cadence authentic
    1: i i / new / density 4 / register 2
    2: V7 i / sequence of 1 up 1 / density 4 / register 3
    3: ? V / ? / density ? / register 3
    4: ?

`?` leaves something to the composer, in the last line a whole bar. `Plan.parse` reads what
`str(plan)` writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import NamedTuple

from violin.errors import PlanError
from violin.music import Key

DENSITIES = 6
REGISTERS = 7


class Open(Enum):
    """What a plan leaves to the composer."""

    OPEN = "?"

    def __str__(self) -> str:
        return "?"


OPEN = Open.OPEN


class Quality(Enum):
    """The kinds of chord that a plan distinguishes, with their tones in semitones above the root."""

    MAJOR = (0, 4, 7)
    MINOR = (0, 3, 7)
    DOMINANT_SEVENTH = (0, 4, 7, 10)
    DIMINISHED = (0, 3, 6)

    @property
    def tones(self) -> tuple[int, ...]:
        return self.value


class Chord(NamedTuple):
    """A chord relative to the key: `root` in semitones above the tonic, 0 to 11.

    >>> str(Chord(7, Quality.DOMINANT_SEVENTH)), str(Chord(2, Quality.MINOR))
    ('V7', 'ii')
    """

    root: int
    quality: Quality

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Pitch classes relative to the tonic."""
        return frozenset((self.root + tone) % 12 for tone in self.quality.tones)

    def __str__(self) -> str:
        numeral = _NUMERALS[self.root]
        if self.quality in (Quality.MINOR, Quality.DIMINISHED):
            numeral = numeral.lower()
        return numeral + {Quality.DOMINANT_SEVENTH: "7", Quality.DIMINISHED: "o"}.get(self.quality, "")

    @classmethod
    def parse(cls, text: str) -> Chord:
        """'V7' -> Chord(7, DOMINANT_SEVENTH); PlanError names what is legal."""
        match = _CHORD.fullmatch(text)
        name = match["accidental"] + match["degree"].upper() if match else ""
        if match is None or name not in _NUMERALS:
            raise PlanError(f"chord {text!r}; legal: a numeral such as I, ii, V7, viio, bVI")
        triad = Quality.MINOR if match["degree"].islower() else Quality.MAJOR
        marks = {"7": Quality.DOMINANT_SEVENTH, "o": Quality.DIMINISHED}
        return cls(_NUMERALS.index(name), marks.get(match["mark"], triad))


# Roots are spelt as above a major tonic in both modes: the third degree of a minor key is bIII.
_NUMERALS = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
_CHORD = re.compile(r"(?P<accidental>[b#]?)(?P<degree>[IV]+|[iv]+)(?P<mark>7|o)?")


class Relation(Enum):
    """How a bar relates to another one, the closest relation first."""

    SAME = "same as"
    VARIED = "varied from"
    SEQUENCE = "sequence of"
    INVERSION = "inversion of"
    RHYTHM = "rhythm of"
    NEW = "new"


class Cadence(Enum):
    """How the last composed half bar leads into the ending."""

    AUTHENTIC = "authentic"  # V or viio to I
    HALF = "half"  # anything to V
    DECEPTIVE = "deceptive"  # V to vi or bVI
    PLAGAL = "plagal"  # IV or iv to I
    NONE = "none"


PlannedChord = Chord | Open | None


@dataclass(frozen=True, slots=True)
class BarPlan:
    """One bar. `chords`: of its two halves, None for a half without notes. `other`: index from 0 of the
    bar that `relation` refers to, None for NEW; `steps`: scale steps up (down below 0) of a SEQUENCE.
    `density`: class of onsets a beat, 0 to 5; `register`: class of the mean top pitch, 0 to 6. Each may
    be OPEN."""

    chords: tuple[PlannedChord, PlannedChord]
    relation: Relation | Open = Relation.NEW
    other: int | None = None
    steps: int = 0
    density: int | Open = 0
    register: int | Open = 0

    def __post_init__(self) -> None:
        if (self.relation in (Relation.NEW, OPEN)) != (self.other is None):
            other = "no bar" if self.other is None else f"bar {self.other + 1}"
            raise PlanError(f"relation {self.relation.value!r} with {other}")
        if self.steps and self.relation is not Relation.SEQUENCE:
            raise PlanError(f"{self.steps} steps; legal only for a sequence")
        if not _is_class(self.density, DENSITIES) or not _is_class(self.register, REGISTERS):
            raise PlanError(
                f"density {self.density}, register {self.register}; legal: 0 to {DENSITIES - 1}, "
                f"0 to {REGISTERS - 1}"
            )

    def __str__(self) -> str:
        if self == OPEN_BAR:
            return str(OPEN)
        relation = self.relation.value
        if self.other is not None:
            relation += f" {self.other + 1}"
        if self.relation is Relation.SEQUENCE:
            relation += f" {'up' if self.steps > 0 else 'down'} {abs(self.steps)}"
        chords = " ".join("-" if chord is None else str(chord) for chord in self.chords)
        return f"{chords} / {relation} / density {self.density} / register {self.register}"


def _is_class(value: int | Open, count: int) -> bool:
    return isinstance(value, Open) or 0 <= value < count


OPEN_BAR = BarPlan((OPEN, OPEN), OPEN, density=OPEN, register=OPEN)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a whole phrase, given bars included, in a key."""

    key: Key
    bars: tuple[BarPlan, ...]
    cadence: Cadence | Open = Cadence.NONE

    def __post_init__(self) -> None:
        for index, bar in enumerate(self.bars):
            if bar.other is not None and not 0 <= bar.other < len(self.bars):
                raise PlanError(
                    f"bar {index + 1} relates to bar {bar.other + 1}; legal: 1 to {len(self.bars)}"
                )
            if self._origin(index) is None:
                raise PlanError(f"the relations of bar {index + 1} lead in a circle")

    def _origin(self, index: int) -> int | None:
        """The bar without a relation to which the relations of a bar lead; None if they lead in a circle."""
        for _ in self.bars:
            other = self.bars[index].other
            if other is None:
                return index
            index = other
        return None

    @property
    def form(self) -> str:
        """A letter a bar, the same letter for related bars: "a a' b a".

        A bar that returns exactly keeps the letter as it is; any other related bar gets a prime.
        """
        letters: dict[int | None, str] = {}
        for index in range(len(self.bars)):
            letters.setdefault(self._origin(index), _letter(len(letters)))
        return " ".join(
            letters[self._origin(index)] + ("" if self._returns_exactly(index) else "'")
            for index in range(len(self.bars))
        )

    def _returns_exactly(self, index: int) -> bool:
        """Whether every relation from a bar to its origin is SAME."""
        bar = self.bars[index]
        return bar.other is None or (bar.relation is Relation.SAME and self._returns_exactly(bar.other))

    def __str__(self) -> str:
        lines = [f"key {self.key}", f"cadence {self.cadence.value}"]
        return "\n".join(chain(lines, (f"{index}: {bar}" for index, bar in enumerate(self.bars, start=1))))

    @classmethod
    def parse(cls, text: str) -> Plan:
        """The plan in a text that `str` wrote or a person changed; PlanError names what is legal."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if len(lines) < 3 or not lines[0].startswith("key ") or not lines[1].startswith("cadence "):
            raise PlanError("a plan begins with a line 'key A minor' and a line 'cadence authentic'")
        key = _parsed_key(lines[0].removeprefix("key "))
        cadences: dict[str, Cadence | Open] = {one.value: one for one in (*Cadence, OPEN)}
        name = lines[1].removeprefix("cadence ")
        if name not in cadences:
            raise PlanError(f"cadence {name!r}; legal: {', '.join(cadences)}")
        return cls(key, tuple(_parsed_bar(line, at) for at, line in enumerate(lines[2:])), cadences[name])


# By mode (minor: True): the scale step at or below each semitone above the tonic, and the semitones
# of the seven steps.
_STEPS_OF_SEMITONES = {
    False: (0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6),
    True: (0, 0, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6),
}
_SCALES = {False: (0, 2, 4, 5, 7, 9, 11), True: (0, 2, 3, 5, 7, 8, 10)}


def scale_step(pitch: int, tonic: int, minor: bool) -> int:
    """The scale step of a MIDI pitch, seven to the octave; a chromatic pitch stands on the step below.

    >>> scale_step(64, 0, False) - scale_step(60, 0, False)
    2
    """
    octave, semitone = divmod(pitch - tonic, 12)
    return octave * 7 + _STEPS_OF_SEMITONES[minor][semitone]


def moved_by_steps(pitch: int, steps: int, tonic: int, minor: bool) -> int:
    """The pitch some scale steps above a MIDI pitch, on the natural scale of the key.

    >>> moved_by_steps(60, 1, tonic=0, minor=False), moved_by_steps(59, -2, tonic=0, minor=False)
    (62, 55)
    """
    octave, step = divmod(scale_step(pitch, tonic, minor) + steps, 7)
    return tonic + 12 * octave + _SCALES[minor][step]


_BAR = re.compile(
    r"(?P<bar>\d+):\s*(?P<first>\S+)\s+(?P<second>\S+)\s*/\s*(?P<relation>[a-z]+(?: [a-z]+)?|\?)"
    r"(?:\s+(?P<other>\d+))?(?:\s+(?P<way>up|down)\s+(?P<steps>\d+))?"
    r"\s*/\s*density\s+(?P<density>\d+|\?)\s*/\s*register\s+(?P<register>\d+|\?)"
)


def _parsed_bar(line: str, index: int) -> BarPlan:
    if re.fullmatch(rf"{index + 1}:\s*\?", line):
        return OPEN_BAR
    match = _BAR.fullmatch(line)
    relations: dict[str, Relation | Open] = {one.value: one for one in (*Relation, OPEN)}
    if match is None or int(match["bar"]) != index + 1 or match["relation"] not in relations:
        example = "1: I V7 / new / density 4 / register 2"
        raise PlanError(f"line of bar {index + 1}: {line!r}; legal, for example: {example}")
    first, second = (_parsed_chord(match[name]) for name in ("first", "second"))
    steps = int(match["steps"] or 0)
    return BarPlan(
        (first, second),
        relations[match["relation"]],
        None if match["other"] is None else int(match["other"]) - 1,
        -steps if match["way"] == "down" else steps,
        *(OPEN if match[name] == "?" else int(match[name]) for name in ("density", "register")),
    )


def _parsed_chord(text: str) -> PlannedChord:
    if text in ("-", "?"):
        return None if text == "-" else OPEN
    return Chord.parse(text)


def _parsed_key(text: str) -> Key:
    for minor in (False, True):
        for fifths in range(-7, 8):
            if str(Key(fifths, minor)) == text:
                return Key(fifths, minor)
    raise PlanError(f"key {text!r}; legal: a key such as D major or F# minor")


def _letter(count: int) -> str:
    return chr(ord("a") + count) if count < 26 else f"a{count}"
