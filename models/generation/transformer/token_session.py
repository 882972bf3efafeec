"""Batch generation with the flat model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY
from models.generation.sampling import Logits
from models.generation.transformer.rows import CachedRows, by_row
from models.generation.transformer.token_model import CachedTokenModel


class TokenSession:
    """A batch of rows of the flat model; see `models.generation.sampling.Session`."""

    def __init__(self, model: CachedTokenModel, prompts: Sequence[Encoded], guidance: float) -> None:
        self._model, self._prompts = model, prompts
        self.ready: NDArray[np.bool_] = np.ones(len(prompts), np.bool_)
        self._rows = CachedRows(model.trunk, [len(prompt) for prompt in prompts], guidance)

    def first_logits(self) -> Logits:
        read = self._rows.read(self._prompts, lambda prompt: self._embedded(prompt.tokens, prompt.channels))
        logits = [F.linear(row[None], self._model.head) for row in read.flatten(0, 1)]
        return self._guided_logits(torch.cat(logits).view(*read.shape[:2], -1))

    def next_logits(
        self, tokens: NDArray[np.int64], channels: NDArray[np.int16], active: NDArray[np.bool_]
    ) -> Logits:
        rows = np.flatnonzero(active)
        read = self._rows.step(rows, self._embedded(tokens[rows], channels[rows]))
        logits = by_row(lambda x: F.linear(x, self._model.head), read.flatten(0, 1))
        found = np.zeros((len(active), len(VOCABULARY)), np.float32)
        found[rows] = self._guided_logits(logits.view(*read.shape[:2], -1))
        return found

    def _embedded(self, tokens: NDArray[np.integer], channels: NDArray[np.int16]) -> Tensor:
        device = self._model.trunk.device
        wide = torch.from_numpy(channels.astype(np.int64)).to(device)
        return self._model.trunk.embedded(torch.from_numpy(tokens.astype(np.int64)).to(device), wide)

    def _guided_logits(self, both: Tensor) -> Logits:
        """float32[twins, N, tokens that the model knows] -> float32[N, V]."""
        guided = self._rows.guided(both).cpu().numpy()
        unknown = ((0, 0), (0, len(VOCABULARY) - guided.shape[1]))
        return np.pad(guided, unknown, constant_values=-np.inf)
