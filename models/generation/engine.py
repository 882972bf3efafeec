"""What answers a request: the trained composer, or anything else with the same one method."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from violin import __version__
from violin.music import Phrase
from violin.pair import Pair

if TYPE_CHECKING:
    from models.generation.infill import Answer
    from models.generation.model import ComposerModel


@dataclass(frozen=True, slots=True)
class Request:
    """One phrase that is wanted: the given bars, whose style, how many bars in all, and the key
    of its randomness, which alone (with the weights) decides what is answered."""

    pair: Pair
    composer: str
    bars: int
    key: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer, and how surprising its middle was to who wrote it: bits a note, None if unknown."""

    phrase: Phrase
    bits_per_note: float | None = None


OnDone = Callable[[int, Draft], None]


class Composer(Protocol):
    """Answers requests. It travels to worker processes, so it pickles; it loads what it needs on
    its first answer. An answer depends on its own request alone, not on what is asked beside it."""

    @property
    def identity(self) -> str:
        """Names everything that decides the answers besides the requests: weights, settings."""

    def answer(self, requests: Sequence[Request], on_done: OnDone | None = None) -> list[Draft]:
        """One whole phrase a request, the given notes in their place, in the same order.

        `on_done(index, draft)` may be called as each is finished, in any order.
        """


@dataclass(frozen=True, slots=True)
class TrainedComposer:
    """The transformer of `models`; `weights` None is the one that is shipped.

    The guards of `models.generation.guards` are on.
    """

    weights: Path | None = None
    temperature: float | None = None
    device: str = "cpu"  # another device rounds otherwise, and so writes other phrases

    @property
    def identity(self) -> str:
        from models.composer.checkpoint import SHIPPED_WEIGHTS
        from models.novelty import SHIPPED_INDEX

        weights, index = _digest(self.weights or SHIPPED_WEIGHTS), _digest(SHIPPED_INDEX)
        settings = f"temperature {self.temperature}, {self.device}"
        return f"violin {__version__}, weights {weights}, guard {index}, {settings}"

    def answer(self, requests: Sequence[Request], on_done: OnDone | None = None) -> list[Draft]:
        from models.generation.guards import guards_for
        from models.generation.infill import InfillRequest, infill_answers
        from models.generation.sampling import SamplingOptions

        options = SamplingOptions()
        if self.temperature is not None:
            options = SamplingOptions(temperature=self.temperature)
        rows = [InfillRequest(wish.pair, wish.composer, wish.bars, wish.key) for wish in requests]

        def finished(index: int, answer: Answer) -> None:
            if on_done is not None:
                on_done(index, Draft(answer.phrase, answer.bits_per_note))

        answers = infill_answers(_loaded(self.weights, self.device), rows, options, finished, guards_for)
        return [Draft(answer.phrase, answer.bits_per_note) for answer in answers]


@lru_cache(maxsize=1)
def _loaded(weights: Path | None, device: str) -> ComposerModel:
    """The model, once a process, computed by one thread: the last bit of a sum, and so now and
    then a note, would else depend on how many threads a machine has."""
    import torch

    from models.generation.model import ComposerModel

    torch.set_num_threads(1)
    return ComposerModel.load(weights, device)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "absent"
