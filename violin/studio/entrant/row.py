"""One file of a challenge archive: what was given, the versions of its answer, and their scores."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from submission.assignments import Assignment
from violin.errors import MidiError
from violin.midi import read_phrase
from violin.music import Phrase
from violin.pair import Pair, answer

OPENED, COMPOSED, REDONE = "opened", "composed", "redone"


def digest_of(data: bytes) -> str:
    """A hash that identifies some bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Version:
    """An answer's bytes and where they come from: the opened archive, or a seed of the composer."""

    data: bytes
    origin: str
    seed: int | None = None
    remarks: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The hash under which the score of the bytes is kept."""
        return digest_of(self.data)

    def as_json(self) -> dict[str, Any]:
        midi = base64.b64encode(self.data).decode("ascii")
        return {"midi": midi, "origin": self.origin, "seed": self.seed, "remarks": self.remarks}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Version:
        remarks = tuple(map(str, values["remarks"]))
        return cls(base64.b64decode(values["midi"]), str(values["origin"]), values["seed"], remarks)


@dataclass(frozen=True, slots=True)
class Score:
    """What was found about an answer's bytes: the judge's probability that a human composed it, errors in
    composed bars (`own`), and errors in given bars, which an answer must repeat (`inherited`)."""

    judge: float | None
    own: tuple[str, ...]
    inherited: tuple[str, ...]


@dataclass
class Row:
    """One file. `versions` are the answers so far, `shown` is the index of the one that goes into the
    archive."""

    assignment: Assignment
    versions: list[Version] = field(default_factory=list)
    shown: int = -1

    @property
    def name(self) -> str:
        return self.assignment.name

    @property
    def given(self) -> Pair | None:
        return self.assignment.given

    @property
    def version(self) -> Version | None:
        """The answer that goes into the archive, None if there is none yet."""
        return self.versions[self.shown] if self.versions else None

    def add(self, version: Version) -> None:
        """Keep a new version and show it."""
        self.versions.append(version)
        self.shown = len(self.versions) - 1

    def phrase(self) -> Phrase:
        """The answer's phrase, else the given bars around silence; MidiError if it cannot be read."""
        if self.version is not None:
            return read_phrase(self.version.data, self.name)
        if self.given is None:
            raise MidiError(f"{self.name}: there is no answer yet and nothing was given")
        return answer(self.given, self.assignment.bars, ())

    def given_bars(self, bars: int) -> tuple[int, ...]:
        """The indices, from 0, of the given bars in a phrase of `bars` bars."""
        if self.given is None:
            return ()
        first, last = self.given.beginning_bars, self.given.ending_bars
        return (*range(min(first, bars)), *range(max(bars - last, 0), bars))

    def summary(self, score: Score | None) -> dict[str, Any]:
        """The row of the table as JSON values."""
        composer = self.assignment.composer
        version = self.version
        row = {
            "name": self.name,
            "composer": composer.slug,
            "composer_name": composer.name,
            "number": self.assignment.number,
            "state": version.origin if version else "to compose",
            "versions": len(self.versions),
            "shown": self.shown,
            "digest": version.digest if version else "",
            "remarks": list(version.remarks if version else self.assignment.remarks),
            "judge": score.judge if score else None,
            "own": list(score.own) if score else None,
            "inherited": list(score.inherited) if score else None,
        }
        return row | (_facts(version.data, self.name) if version else self._asked())

    def _asked(self) -> dict[str, Any]:
        """The facts of a file without an answer: what is given, and the phrase that is requested."""
        pair = self.given or self.assignment.prompt
        return {
            "error": "",
            "has_score": self.given is not None,
            "bars": self.assignment.bars,
            "notes": len(pair.beginning) + len(pair.ending),
            "meter": str(pair.meter),
            "key": str(pair.key) if pair.key else "",
            "bpm": round(60e6 / pair.tempo_us_per_beat),
        }


@lru_cache(maxsize=8_192)
def _facts(data: bytes, name: str) -> dict[str, Any]:
    """The facts of an answer, or why it cannot be read."""
    try:
        phrase = read_phrase(data, name)
    except MidiError as error:
        nothing = {"bars": None, "notes": None, "meter": "", "key": "", "bpm": None}
        return {"error": str(error), "has_score": False, **nothing}
    return {
        "error": "",
        "has_score": True,
        "bars": phrase.bars,
        "notes": len(phrase.notes),
        "meter": str(phrase.meter),
        "key": str(phrase.key) if phrase.key else "",
        "bpm": round(phrase.tempo_bpm),
    }
