"""What scores phrases: the trained judge, or anything else with the same one method."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from violin import __version__
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
    """The judge of `models`; `weights` None is the one that is shipped."""

    weights: Path | None = None

    @property
    def identity(self) -> str:
        from models.judge.weights import SHIPPED

        path = self.weights or SHIPPED
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "absent"
        return f"violin {__version__}, judge {digest}"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        return [float(value) for value in _loaded(self.weights).score(phrases, composer)]


@lru_cache(maxsize=1)
def _loaded(weights: Path | None) -> score.Judge:
    from models.judge.score import Judge

    return Judge.load(weights)
