"""What scores phrases: the trained judge, or anything else with the same one method."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from violin import __version__
from violin.errors import SettingsError
from violin.music import Phrase

if TYPE_CHECKING:
    from models.judge import score


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
        from models.judge.weights import SHIPPED

        path = self.weights or SHIPPED
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "absent"
        return f"violin {__version__}, judge {digest}, {self.mode}, official {self.official}"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        from models.judge.score import decided

        values = [float(value) for value in _loaded(self.weights, self.mode).score(phrases, composer)]
        return [decided(value) for value in values] if self.official else values


@lru_cache(maxsize=3)
def _loaded(weights: Path | None, mode: str | None) -> score.Judge:
    from models.judge.score import Judge

    try:
        return Judge.load(weights) if mode is None else Judge.load(weights, mode)
    except ValueError as error:
        raise SettingsError(str(error)) from error
