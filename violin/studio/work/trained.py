"""The shipped judge, read once by the composing process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.judge.score import Judge


@lru_cache(maxsize=1)
def shipped_judge() -> Judge:
    """The judge with its weights."""
    from models.judge.score import Judge

    return Judge.load()
