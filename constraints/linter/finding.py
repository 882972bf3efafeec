"""What a rule finds: a place in a file, how severe it is there, and whether it can be fixed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from violin.smf.track import Event


class Severity(IntEnum):
    """OFF rules do not run; findings of INFO leave the exit code 0."""

    OFF = 0
    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


OFF, INFO, WARNING, ERROR = Severity.OFF, Severity.INFO, Severity.WARNING, Severity.ERROR


class Profile(str, Enum):
    """What a file is: an answer to the challenge, one of its given pairs, or human repertoire."""

    SUBMISSION = "submission"
    PROMPT = "prompt"
    CORPUS = "corpus"


_PROFILE_INDEX = {profile: index for index, profile in enumerate(Profile)}


class FixKind(str, Enum):
    """A safe fix keeps what sounds (`constraints.linter.safety`); an unsafe one may change it."""

    NONE = "none"
    SAFE = "safe"
    UNSAFE = "unsafe"


def counted(number: int, word: str) -> str:
    """'1 note', '3 notes'."""
    return f"{number} {word}{'' if number == 1 else 's'}"


class Spot(NamedTuple):
    """One place that a rule objects to: what was found and what is legal, in one line.

    `tick` is in file ticks (None: the file as a whole). `event`, or `byte_offset` and `byte_length`,
    locate it in the bytes. `severity` and `fix_kind` override the rule's own if it has several cases.
    A spot may stand for several equal `places`; it then lies at the first of them.
    """

    message: str
    tick: int | None = None
    event: Event | None = None
    byte_offset: int | None = None
    byte_length: int | None = None
    severity: Severity | None = None
    fix_kind: FixKind | None = None
    places: int = 1


class Replacement(NamedTuple):
    """A change of a file: `length` bytes at `offset` become `data`."""

    offset: int
    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One spot in one file, the first of `places` equal ones.

    `bar` and `beat` (quarters) count from 1; offsets and lengths are in bytes. `replacement` is the fix
    of the rule for the whole file, if it was requested.
    """

    file: str
    code: str
    name: str
    severity: Severity
    message: str
    bar: int | None = None
    beat: float | None = None
    byte_offset: int | None = None
    byte_length: int | None = None
    fix_kind: FixKind = FixKind.NONE
    places: int = 1
    replacement: Replacement | None = None

    @property
    def place(self) -> str:
        """'bar 3 beat 2.5', or nothing for a finding about the file as a whole."""
        return "" if self.bar is None or self.beat is None else f"bar {self.bar} beat {self.beat:.4g}"

    def __str__(self) -> str:
        place = f" {self.place}:" if self.place else ""
        return f"{self.code} {self.name}:{place} {self.message}"
