"""The interface of a further generator: training and generation."""

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
        """The lines with newly composed inner bars; one or two outer bars are kept at each end.
        None if the given bars are not sufficient."""


class Recipe(NamedTuple):
    """How to make a generator: `train` takes human lines and a seed and returns one generator per
    sampling setting, by name. `words` describe it."""

    cluster: str
    words: str
    train: Callable[[Sequence[Line], int], Mapping[str, Generator]]


def usable(stored: StoredPhrase) -> Line | None:
    """The canonical, playable line of a stored phrase; None if it has too few notes or bars."""
    line = tidied(playable(canonical(stored.phrase)))
    return line if line.bars >= 8 and len(line) >= LEAST_NOTES else None
