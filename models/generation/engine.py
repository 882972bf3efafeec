"""Engines answer requests: the trained composer, or any class with the same interface."""

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
    """Answers requests. An engine is sent to worker processes, so it must pickle; it loads its
    weights on its first answer. An answer depends only on its own request, not on the others in the
    call."""

    @property
    def identity(self) -> str:
        """A string of everything that determines the answers besides the requests: weights, settings."""

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        """One answer per request, in the same order, with the given notes unchanged.

        `on_done(index, answer)` is called as each answer is finished, in any order. An engine may
        skip it.
        """


@dataclass(frozen=True, slots=True)
class TrainedComposer:
    """The trained transformer with the standard guards. `weights` None: the shipped weights."""

    weights: Path | None = None
    temperature: float | None = None
    device: str = "cpu"  # another device rounds differently, so its answers may differ

    @property
    def identity(self) -> str:
        from models.composer.checkpoint import SHIPPED_WEIGHTS
        from models.novelty import SHIPPED_INDEX
        from models.planning.weights import SHIPPED_PLANNER

        weights = file_digest(self.weights or SHIPPED_WEIGHTS)
        index, planner = file_digest(SHIPPED_INDEX), file_digest(SHIPPED_PLANNER)
        settings = f"temperature {self.temperature}, {self.device}"
        return f"violin {__version__}, weights {weights}, guard {index}, planner {planner}, {settings}"

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        from models.generation.infill import infill
        from models.generation.model import one_thread
        from models.generation.sampling import SamplingOptions

        options = SamplingOptions()
        if self.temperature is not None:
            options = SamplingOptions(temperature=self.temperature)
        with one_thread():
            return infill(loaded_model(self.weights, self.device), requests, options, on_done=on_done)


@lru_cache(maxsize=2)
def loaded_model(weights: Path | None = None, device: str = "cpu") -> ComposerModel:
    """The composer of some weights (None: the shipped ones), loaded once per process."""
    from models.generation.model import ComposerModel

    return ComposerModel.load(weights, device)
