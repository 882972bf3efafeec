"""What a further generator is: how it is trained and how it writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from data_prep.corpus.store import StoredPhrase
from models.judge.features.canonical import Line, canonical, tidied
from models.judge.training.negatives.family import Random, playable

LEAST_NOTES = 16


class Generator(Protocol):
    """A trained generator."""

    def write(self, lines: Sequence[Line], random: Random) -> list[Line | None]:
        """The lines with their inner bars written anew, one or two outer bars kept at each end; None
        where the given bars are no ground for it."""


class Recipe(NamedTuple):
    """How to make a generator: `train` on human lines with a seed; it comes back under a name for
    each way of sampling it. `words` say what it is."""

    cluster: str
    words: str
    train: Callable[[Sequence[Line], int], Mapping[str, Generator]]


def usable(stored: StoredPhrase) -> Line | None:
    """The canonical, playable line of a stored phrase; None for one with too little in it."""
    line = tidied(playable(canonical(stored.phrase)))
    return line if line.bars >= 8 and len(line) >= LEAST_NOTES else None
