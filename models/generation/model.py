"""The trained transformer as a language model: a session reads many rows at once from a key-value cache."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY
from models.composer.checkpoint import Weights, load_weights
from models.generation.kv_cache import ROW_MULTIPLE, Cache, CachedComposer
from models.generation.sampling import Logits

_COMPOSER_PLACE = 1  # index of the composer's token in the header
_ROOM = 256  # tokens that a cache is first given beyond its longest prompt
_WORTH_MOVING = 0.75  # finished rows are moved out when no more than this share is left


class ComposerModel:
    """The trained transformer, ready to write."""

    def __init__(self, weights: Weights, device: str | None = None, int8: bool = False) -> None:
        self.weights = weights
        device = device or ("cuda" if torch.cuda.is_available() and not int8 else "cpu")
        self.net = CachedComposer(weights.tensors, weights.config, len(CHANNEL_SIZES), device, int8)

    @classmethod
    def load(
        cls, path: Path | str | None = None, device: str | None = None, int8: bool = False
    ) -> ComposerModel:
        """Read a weight file; None: the shipped one. WeightsError where it does not fit."""
        return cls(load_weights(Path(path) if path is not None else None), device, int8)

    def session(self, prompts: Sequence[Encoded], guidance: float) -> TransformerSession:
        return TransformerSession(self.net, prompts, guidance)


class TransformerSession:
    """Rows of the transformer; with guidance every row has a second one under the null composer.

    The number of rows computed is always a multiple of `ROW_MULTIPLE`, see `models.generation.kv_cache`.
    """

    def __init__(self, net: CachedComposer, prompts: Sequence[Encoded], guidance: float) -> None:
        self._net, self._guidance = net, guidance
        self._twins = 1 if guidance == 1 else 2
        self._prompts = prompts
        self._lengths = np.array([len(prompt) for prompt in prompts], np.int64)
        # The place of each prompt's row in the cache, twins apart: rows of like length side by side.
        self._place = self._lengths.argsort(kind="stable").argsort()
        self._rows = _whole(len(prompts))
        capacity = int(self._lengths.max()) + _ROOM
        self._cache = Cache(net, self._rows * self._twins, capacity)

    def first_logits(self) -> Logits:
        first: list[NDArray[np.float32]] = []
        read: dict[bytes, int] = {}  # candidates for one answer share their prompt: it is read once
        for row, prompt in enumerate(self._prompts):
            known = read.setdefault(prompt.tokens.tobytes(), row)
            if known < row:
                for twin in range(self._twins):
                    source, place = self._place[[known, row]] + twin * self._rows
                    self._cache.copy(source, place, len(prompt))
                first.append(first[known])
                continue
            tokens = prompt.tokens.astype(np.int64)
            both = [self._read(tokens, prompt.channels, self._place[row])]
            if self._twins == 2:
                tokens[_COMPOSER_PLACE] = VOCABULARY.NULL_COMPOSER
                both.append(self._read(tokens, prompt.channels, self._rows + self._place[row]))
            first.append(np.stack(both))
        return self._guided(np.stack(first, axis=1))

    def next_logits(
        self, tokens: NDArray[np.int64], channels: NDArray[np.int16], active: NDArray[np.bool_]
    ) -> Logits:
        self._fit(active)
        wide = self._rows * self._twins
        rows = np.flatnonzero(active)
        place = np.concatenate([self._place[rows] + twin * self._rows for twin in range(self._twins)])
        shape = (wide, channels.shape[1])
        all_tokens, all_channels = np.zeros(wide, np.int64), np.zeros(shape, np.int64)
        lengths = np.zeros(wide, np.int64)
        all_tokens[place] = np.tile(tokens[rows], self._twins)
        all_channels[place] = np.tile(channels[rows], (self._twins, 1))
        lengths[place] = np.tile(self._lengths[rows], self._twins)
        device = self._net.device
        logits = self._net.step_logits(
            torch.from_numpy(all_tokens).to(device),
            torch.from_numpy(all_channels).to(device),
            torch.from_numpy(lengths).to(device),
            self._cache,
        )
        self._lengths[rows] += 1
        found = np.zeros((len(active), logits.shape[1]), np.float32)
        both = logits.cpu().numpy().reshape(self._twins, self._rows, -1)
        found[rows] = self._guided(both[:, self._place[rows]])
        return found

    def _read(self, tokens: NDArray[np.int64], channels: NDArray[np.int16], row: int) -> Logits:
        self._cache.row = row
        device = self._net.device
        logits: Logits = (
            self._net.sequence_logits(
                torch.from_numpy(tokens)[None].to(device),
                torch.from_numpy(channels.astype(np.int64))[None].to(device),
                self._cache,
            )[0, 0]
            .cpu()
            .numpy()
        )
        return logits

    def _guided(self, both: NDArray[np.float32]) -> Logits:
        """float32[twins, N, V] -> float32[N, V]."""
        if self._twins == 1:
            return both[0]
        guided: Logits = both[1] + np.float32(self._guidance) * (both[0] - both[1])
        return guided

    def _fit(self, active: NDArray[np.bool_]) -> None:
        """Move finished rows out of the cache when enough have gathered; give it room to grow."""
        rows = np.flatnonzero(active)
        longest = int(self._lengths[rows].max())
        full = longest >= self._cache.capacity
        wanted = _whole(len(rows))
        if not full and wanted > self._rows * _WORTH_MOVING:
            return
        rows = rows[self._place[rows].argsort()]  # those of like length stay side by side
        kept = self._place[rows]
        order = np.concatenate(
            [
                np.concatenate([kept + twin * self._rows, np.zeros(wanted - len(kept), np.int64)])
                for twin in range(self._twins)
            ]
        )
        capacity = longest + _ROOM if full else self._cache.capacity
        self._cache = self._cache.resized(order, wanted * self._twins, capacity, longest)
        self._rows = wanted
        self._place[rows] = np.arange(len(rows))


def _whole(rows: int) -> int:
    return -(-rows // ROW_MULTIPLE) * ROW_MULTIPLE
