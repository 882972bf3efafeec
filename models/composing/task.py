"""One answer to compose, and the answer when it is finished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.composer.blend import Blend
from models.generation.request import Answer, Request
from violin.music import Phrase
from violin.pair import Pair, Redo
from violin.plan import Plan

Given = Pair | Redo
"""The given music: a beginning and an ending, or a whole phrase of which some bars are to be new."""


@dataclass(frozen=True, slots=True)
class Task:
    """One answer to compose.

    name        the name of the given music
    variation   the number of the variation, from 1
    given       the given music
    style       a composer's slug, a blend's text, or the name of an own style
    composer    the slug whose token the model reads
    bars        length of the whole phrase
    key         the random key
    plan        a plan of the whole phrase; None: the plan writer's
    blend       a blend of composers, or None; its main one is `composer`
    """

    name: str
    variation: int
    given: Given
    style: str
    composer: str
    bars: int
    key: tuple[int, ...]
    plan: Plan | None = None
    blend: Blend | None = None

    @property
    def stages(self) -> int:
        """How many requests the answer takes: one for each span of new bars."""
        return len(self.given.spans) if isinstance(self.given, Redo) else 1

    @property
    def new_bars(self) -> tuple[int, ...]:
        """The bars to compose, counted from 0."""
        if isinstance(self.given, Redo):
            return self.given.new_bars
        return tuple(range(self.given.beginning_bars, self.bars - self.given.ending_bars))

    def request(self, stage: int, phrase: Phrase | None, attempt: int) -> Request:
        """The request of one stage. `phrase` is the result of the stage before it, None at the first;
        each `attempt`, from 0, has its own random key."""
        given = self.given
        pair = given.pair(phrase or given.phrase, stage) if isinstance(given, Redo) else given
        # Negative: unlike the bytes of names and the numbers of candidates that keys also contain.
        key = (*self.key, *((-stage,) if stage else ()), *((-1000 - attempt,) if attempt else ()))
        return Request(pair, self.composer, self.bars, key, self.plan, self.blend)


@dataclass(frozen=True, slots=True)
class Composed:
    """A finished answer.

    name        the name of the given music
    variation   the number of the variation, from 1
    given       the given music
    style       a composer's slug, a blend's text, or the name of an own style
    request     the request that it answers; of several spans, the last one's
    answer      the whole phrase, and the bits per note of its new bars
    new_bars    the composed bars, counted from 0
    difference  the difference (`models.generation.variations`) to the most similar earlier variation; None
                for the first
    scores      the measures by which it was chosen among its candidates; empty for a single candidate
    """

    name: str
    variation: int
    given: Given
    style: str
    request: Request
    answer: Answer
    new_bars: tuple[int, ...]
    difference: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def new_notes(self) -> int:
        """The number of notes that begin in the new bars, without kept ones."""
        phrase = self.answer.phrase
        kept = len(self.given.kept) if isinstance(self.given, Redo) else 0
        return sum(note.onset_ticks // phrase.bar_ticks in self.new_bars for note in phrase.notes) - kept

    @property
    def given_bars(self) -> tuple[int, ...]:
        """The bars that were given, counted from 0."""
        new = set(self.new_bars)
        return tuple(bar for bar in range(self.answer.phrase.bars) if bar not in new)
