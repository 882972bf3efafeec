"""What scores phrases: the trained judge, or anything else with the same one method."""

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
        values = [UNREADABLE] * len(phrases)
        lines, measured = _measured(self.weights, tuple(phrases), composer)
        if lines:
            chances = judge.probabilities_of(list(lines.values()), [composer] * len(lines), measured)
            for index, chance in zip(lines, chances, strict=True):
                values[index] = float(chance)
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
def _measured(
    weights: Path | None, phrases: tuple[Phrase, ...], composer: str
) -> tuple[dict[int, Line], Matrix]:
    """The phrases that can be judged, by index in canonical form, and their features.

    Every mode and output of a judge shares them. They are nearly all of its work, and the arena asks
    six judges in turn.
    """
    from models.judge.features.canonical import canonical_lines

    lines = canonical_lines(phrases)
    return lines, _loaded(weights, "positives-only").values(list(lines.values()), composer)
