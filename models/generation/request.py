"""Request and Answer: the two types used from the sampler to the archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from violin.music import Phrase
from violin.pair import Pair


@dataclass(frozen=True, slots=True)
class Request:
    """A request for one phrase.

    pair      the given bars; `violin.pair.free_pair` makes a pair without any
    composer  the style: a slug, "other", or None for no composer
    bars      length of the whole phrase
    key       the random key, used together with a seed; the answer does not depend on other requests
    """

    pair: Pair
    composer: str | None
    bars: int
    key: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole phrase, and the model's bits per note for its middle (None if unknown)."""

    phrase: Phrase
    bits_per_note: float | None = None


OnAnswer = Callable[[int, Answer], None]
"""A callback for each finished answer, with the index of its request; called in any order."""
