"""The trained transformer as a language model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch

from constraints.language.tokenizer import Encoded
from models.composer.blend import Blend
from models.composer.blending import blended_weights
from models.composer.checkpoint import SHIPPED_WEIGHTS, Weights, load_weights
from models.composer.style import Style
from models.generation.device import check_device
from models.generation.sampling import Session
from models.generation.transformer.nested_model import CachedNestedModel
from models.generation.transformer.nested_session import NestedSession
from models.generation.transformer.token_model import CachedTokenModel
from models.generation.transformer.token_session import TokenSession


@contextmanager
def one_thread() -> Iterator[None]:
    """A context that limits PyTorch to one thread. Otherwise the last bit of a sum, and
    occasionally a note, would depend on the machine's number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class ComposerModel:
    """The trained transformer, ready for generation."""

    def __init__(self, weights: Weights, device: str | None = None, int8: bool = False) -> None:
        self.weights = weights
        device = device or ("cuda" if torch.cuda.is_available() and not int8 else "cpu")
        kind = CachedNestedModel if weights.config.nested else CachedTokenModel
        self.net = kind(weights.tensors, weights.config, len(weights.channel_sizes), device, int8)

    @classmethod
    def load(
        cls,
        path: Path | str | None = None,
        device: str | None = None,
        int8: bool = False,
        style: Style | None = None,
    ) -> ComposerModel:
        """Read a weight file; None: the shipped one. A `style` must belong to it and is applied.

        Raises WeightsError if it is missing or damaged, or if its tensors do not fit its config, and
        SettingsError if the device is not available.
        """
        if device is not None:
            check_device(device)
        file = Path(path) if path is not None else SHIPPED_WEIGHTS
        if style is None:
            return cls(load_weights(file), device, int8)
        style.require_weights(file)
        return cls(style.applied(load_weights(file)), device, int8)

    def blended(self, blend: Blend, device: str | None = None, int8: bool = False) -> ComposerModel:
        """The model in which a blend replaces the embedding of its main composer."""
        return ComposerModel(blended_weights(self.weights, blend), device, int8)

    @property
    def language(self) -> int:
        """The version of the token language that prompts must use."""
        return self.weights.config.language

    @property
    def follows_plans(self) -> bool:
        """Whether the channels of a plan are read."""
        return self.weights.config.plan

    def session(self, prompts: Sequence[Encoded], guidance: float) -> Session:
        if isinstance(self.net, CachedNestedModel):
            return NestedSession(self.net, prompts, guidance)
        return TokenSession(self.net, prompts, guidance)
