"""Judges score phrases: the trained judge, or any class with the same interface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from violin.errors import SettingsError
from violin.music import Phrase

if TYPE_CHECKING:
    from models.judge import score
    from models.judge.features.canonical import Line
    from models.judge.features.table import Matrix
    from models.judge.weights import Parts


class Judge(Protocol):
    """Gives the probability that a human composed each phrase. It must pickle, and loads its
    weights on first use."""

    @property
    def identity(self) -> str:
        """A string of everything that determines the scores besides the phrases."""

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        """Human probabilities from 0 to 1, one per phrase, in order."""


@dataclass(frozen=True, slots=True)
class TrainedJudge:
    """The trained judge. `weights` None: the shipped weights.

    `mode` is a mode of the judge. With `official` the probability is rounded to 1 or 0, which is
    optimal under the organisers' linear score. A phrase that cannot be judged gets .5 in any case.
    """

    weights: Path | None = None
    mode: str | None = None
    official: bool = False

    @property
    def identity(self) -> str:
        from models.judge.score import identity

        output = "decisions" if self.official else "probabilities"
        return f"{identity(self.weights)}, mode {self.mode or 'default'}, {output}"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        from models.judge.score import UNREADABLE, decided

        judge = _loaded(self.weights, self.mode)
        values = [UNREADABLE] * len(phrases)
        lines, measured = _measured(self.weights, tuple(phrases), composer)
        if lines:
            chances = judge.probabilities_of(list(lines.values()), [composer] * len(lines), measured)
            for index, chance in zip(lines, chances, strict=True):
                values[index] = decided(float(chance)) if self.official else float(chance)
        return values


@lru_cache(maxsize=8)
def _loaded(weights: Path | None, mode: str | None) -> score.Judge:
    from models.judge.score import SELF_NEGATIVES, Judge

    try:
        return Judge(_parts(weights), mode or SELF_NEGATIVES)
    except ValueError as error:
        raise SettingsError(str(error)) from error


@lru_cache(maxsize=2)
def _parts(weights: Path | None) -> Parts:
    from models.judge.weights import load

    return load(weights)


@lru_cache(maxsize=1)
def _measured(
    weights: Path | None, phrases: tuple[Phrase, ...], composer: str
) -> tuple[dict[int, Line], Matrix]:
    """The canonical lines of the phrases that can be judged, by index, and their features.

    All modes and outputs of a judge share them. They take nearly all of the time, and the arena
    runs six judges in turn.
    """
    from models.judge.features.canonical import canonical_lines

    lines = canonical_lines(phrases)
    return lines, _loaded(weights, "positives-only").values(list(lines.values()), composer)
