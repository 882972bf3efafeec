"""Request and Answer: the two types used from the sampler to the archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.composer.blend import Blend
from violin.music import Phrase
from violin.pair import Pair
from violin.plan import Plan


@dataclass(frozen=True, slots=True)
class Request:
    """A request for one phrase.

    pair      the given bars; `violin.pair.free_pair` makes a pair without any
    composer  the style: a slug, "other", or None for no composer
    bars      length of the whole phrase
    key       the random key, used together with a seed; the answer does not depend on other requests
    plan      a plan of the whole phrase, or None. The plan writer fills its open fields and all others
    blend     a blend of composers, or None: used by the plan writer. `composer` is its main one, whose
              embedding the model's blend replaces (`ComposerModel.blended`)
    """

    pair: Pair
    composer: str | None
    bars: int
    key: tuple[int, ...] = ()
    plan: Plan | None = None
    blend: Blend | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole phrase, the model's bits per note for its middle (None if unknown), and the plan that was
    followed (None: no plan; the bits do not include it)."""

    phrase: Phrase
    bits_per_note: float | None = None
    plan: Plan | None = None


OnAnswer = Callable[[int, Answer], None]
"""A callback for each finished answer, with the index of its request; called in any order."""
