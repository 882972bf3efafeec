"""The critic of a mixture. It is sent to worker processes, so it loads its weights on first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from models.generation.request import Request
from violin.files import file_digest
from violin.music import Phrase

if TYPE_CHECKING:
    from models.reranking import critic


class Critic(Protocol):
    """Scores answers to requests. It must pickle."""

    @property
    def identity(self) -> str:
        """A string of everything that determines the scores besides the answers."""

    def score(self, requests: Sequence[Request], phrases: Sequence[Phrase]) -> list[float]:
        """The human probability of each phrase, from 0 to 1. `phrases[i]` answers `requests[i]`."""


@dataclass(frozen=True, slots=True)
class TrainedCritic:
    """The trained critic. None: the shipped weights."""

    weights: Path | None = None

    @property
    def identity(self) -> str:
        from models.reranking.critic import SHIPPED_CRITIC

        return f"critic {file_digest(self.weights or SHIPPED_CRITIC)}"

    @property
    def shares(self) -> tuple[tuple[str, float], ...]:
        """The shares of the mixture that were tuned with it."""
        return _loaded(self.weights).shares

    def score(self, requests: Sequence[Request], phrases: Sequence[Phrase]) -> list[float]:
        from models.reranking.critic import rows_of

        if not phrases:
            return []
        return [float(value) for value in _loaded(self.weights).score(rows_of(requests, phrases))]


@lru_cache(maxsize=1)
def _loaded(weights: Path | None) -> critic.Critic:
    from models.reranking import critic

    return critic.Critic.load(weights)
