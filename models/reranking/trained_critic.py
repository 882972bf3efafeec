"""The critic of a mixture. It is sent to worker processes, so it loads its weights on first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from violin.files import file_digest
from violin.music import Phrase

if TYPE_CHECKING:
    from models.judge import score
    from models.reranking import critic


class Critic(Protocol):
    """Scores phrases by judge and critic in one call, because both use the same features. It must
    pickle."""

    @property
    def identity(self) -> str:
        """A string of everything that determines the scores besides the phrases."""

    def appraise(self, phrases: Sequence[Phrase], composer: str) -> tuple[list[float], list[float]]:
        """(the judge's human probabilities, the critic's), from 0 to 1, in the order of the phrases."""


@dataclass(frozen=True, slots=True)
class TrainedCritic:
    """The trained critic with the trained judge. None: the shipped weights."""

    weights: Path | None = None
    judge: Path | None = None

    @property
    def identity(self) -> str:
        from models.judge.weights import SHIPPED
        from models.reranking.critic import SHIPPED_CRITIC

        files = (self.weights or SHIPPED_CRITIC, self.judge or SHIPPED)
        critic_digest, judge_digest = map(file_digest, files)
        return f"critic {critic_digest} beside judge {judge_digest}"

    def appraise(self, phrases: Sequence[Phrase], composer: str) -> tuple[list[float], list[float]]:
        loaded_critic, loaded_judge = _loaded(self.weights, self.judge)
        return loaded_critic.appraise(loaded_judge, phrases, composer)


@lru_cache(maxsize=1)
def _loaded(weights: Path | None, judge: Path | None) -> tuple[critic.Critic, score.Judge]:
    from models.judge import score
    from models.reranking import critic

    return critic.Critic.load(weights), score.Judge.load(judge)
