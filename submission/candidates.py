"""Which of several answers to one pair is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from submission.assignments import Assignment
from submission.composers import Draft


@dataclass(frozen=True, slots=True)
class Pick:
    """The index of the candidate kept, and the scores to be reported with it."""

    index: int
    scores: dict[str, float] = field(default_factory=dict)


class Choice(Protocol):
    """Chooses among candidates; it travels to worker processes, so it pickles."""

    @property
    def candidates(self) -> int:
        """How many answers are written for each assignment."""

    @property
    def identity(self) -> str:
        """Names everything that decides the choice."""

    def pick(self, part: Sequence[Assignment], drafts: Sequence[Sequence[Draft]]) -> list[Pick]:
        """One pick an assignment, out of its candidates in the order of their numbers."""


@dataclass(frozen=True, slots=True)
class Plain:
    """One candidate, and that is it."""

    candidates: int = 1
    identity: str = "plain"

    def pick(self, part: Sequence[Assignment], drafts: Sequence[Sequence[Draft]]) -> list[Pick]:
        return [Pick(0) for _ in part]
