"""What a composer is asked and what it answers: the two types from the sampler to the archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from violin.music import Phrase
from violin.pair import Pair


@dataclass(frozen=True, slots=True)
class Request:
    """One phrase that is wanted.

    pair      the given bars; `violin.pair.free_pair` gives none
    composer  whose style: a slug, "other", or None for no one's
    bars      length of the whole phrase
    key       decides the randomness, together with a seed; an answer depends on nothing else, so that it
              is the same whatever is asked beside it
    """

    pair: Pair
    composer: str | None
    bars: int
    key: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole phrase, and how surprising its middle was to the model: bits a note, None if unknown."""

    phrase: Phrase
    bits_per_note: float | None = None


OnAnswer = Callable[[int, Answer], None]
"""Called with the index of a request and its answer, as soon as that is finished, in any order."""
