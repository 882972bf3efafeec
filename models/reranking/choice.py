"""Which of several candidates for one request is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.generation.request import Answer, Request


@dataclass(frozen=True, slots=True)
class Pick:
    """The index of the candidate kept, and the scores to be reported with it."""

    index: int
    scores: dict[str, float] = field(default_factory=dict)


class Choice(Protocol):
    """Chooses among candidates; it travels to worker processes, so it pickles."""

    @property
    def candidates(self) -> int:
        """How many answers are written for each request."""

    @property
    def identity(self) -> str:
        """Names everything that decides the choice."""

    def pick(self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]) -> list[Pick]:
        """One pick a request, out of its candidates in the order of their numbers."""


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """One candidate, which is kept."""

    candidates: int = 1
    identity: str = "plain"

    def pick(self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]) -> list[Pick]:
        return [Pick(0) for _ in requests]
