"""What scores phrases: the trained judge, or anything else with the same one method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """Tells the probability that a human composed each phrase; it pickles and loads late."""

    @property
    def identity(self) -> str:
        """Names everything that decides the scores besides the phrases."""

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        """Human probabilities from 0 to 1, one a phrase, in the same order."""


@dataclass(frozen=True, slots=True)
class TrainedJudge:
    """The judge of `models`; `weights` None is the one that is shipped.

    `mode` is a mode of the judge, None its default; with `official` the probability is decided to
    1 or 0, which is the best that the organisers' linear score can get.
    """

    weights: Path | None = None
    mode: str | None = None
    official: bool = False

    @property
    def identity(self) -> str:
        from models.judge.score import identity

        return f"{identity(self.weights)}, {self.mode}, official {self.official}"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        from models.judge.score import UNREADABLE, decided

        judge = _loaded(self.weights, self.mode)
        sounding = tuple(phrase for phrase in phrases if phrase.notes)
        chances: Iterator[float] = iter(())
        if sounding:
            lines, measured = _measured(self.weights, sounding, composer)
            chances = map(float, judge.probabilities_of(lines, [composer] * len(lines), measured))
        values = [next(chances) if phrase.notes else UNREADABLE for phrase in phrases]
        return [decided(value) for value in values] if self.official else values


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
def _measured(weights: Path | None, phrases: tuple[Phrase, ...], composer: str) -> tuple[list[Line], Matrix]:
    """Phrases with notes in canonical form and their features, which every mode and output of a judge
    shares: they are nearly all of its work, and the arena asks six of them in turn."""
    from models.judge.features.canonical import canonical

    lines = [canonical(phrase) for phrase in phrases]
    return lines, _loaded(weights, "positives-only").values(lines, composer)
