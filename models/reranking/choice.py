"""The interface for choosing one of several candidates for a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.generation.request import Answer, Request


@dataclass(frozen=True, slots=True)
class Pick:
    """The index of the chosen candidate and the scores to report with it."""

    index: int
    scores: dict[str, float] = field(default_factory=dict)


class Choice(Protocol):
    """Chooses among candidates. It is sent to worker processes, so it must pickle."""

    @property
    def candidates(self) -> int:
        """The number of candidates per request."""

    @property
    def identity(self) -> str:
        """A string of everything that determines the choice."""

    def pick(self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]) -> list[Pick]:
        """One pick per request, from its candidates in order of their numbers."""


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """Composes one candidate and keeps it."""

    candidates: int = 1
    identity: str = "plain"

    def pick(self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]) -> list[Pick]:
        return [Pick(0) for _ in requests]
