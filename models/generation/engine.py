"""What answers requests: the trained composer, or anything else with the same one method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from models.generation.request import Answer, OnAnswer, Request
from violin import __version__
from violin.files import file_digest

if TYPE_CHECKING:
    from models.generation.model import ComposerModel


class Engine(Protocol):
    """Answers requests. It travels to worker processes, so it pickles; it loads what it needs on
    its first answer. An answer depends on its own request alone, not on what is asked beside it."""

    @property
    def identity(self) -> str:
        """Names everything that decides the answers besides the requests: weights, settings."""

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        """One answer a request, in the same order, the given notes in their place.

        `on_done(index, answer)` may be called as each is finished, in any order.
        """


@dataclass(frozen=True, slots=True)
class TrainedComposer:
    """The trained transformer under the standard guards; `weights` None: the shipped ones."""

    weights: Path | None = None
    temperature: float | None = None
    device: str = "cpu"  # another device rounds otherwise, and so writes other phrases

    @property
    def identity(self) -> str:
        from models.composer.checkpoint import SHIPPED_WEIGHTS
        from models.novelty import SHIPPED_INDEX

        weights = file_digest(self.weights or SHIPPED_WEIGHTS)
        index = file_digest(SHIPPED_INDEX)
        settings = f"temperature {self.temperature}, {self.device}"
        return f"violin {__version__}, weights {weights}, guard {index}, {settings}"

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        from models.generation.infill import infill
        from models.generation.model import one_thread
        from models.generation.sampling import SamplingOptions

        options = SamplingOptions()
        if self.temperature is not None:
            options = SamplingOptions(temperature=self.temperature)
        with one_thread():
            return infill(_loaded(self.weights, self.device), requests, options, on_done=on_done)


@lru_cache(maxsize=1)
def _loaded(weights: Path | None, device: str) -> ComposerModel:
    from models.generation.model import ComposerModel

    return ComposerModel.load(weights, device)
