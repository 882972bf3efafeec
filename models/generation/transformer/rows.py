"""Assigns the rows of the cache to prompts, while some rows finish and others grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY
from models.generation.transformer.kv_cache import ROW_MULTIPLE, Cache
from models.generation.transformer.trunk import CachedTrunk

Embedded = Callable[[Encoded], Tensor]

_COMPOSER_PLACE = 1  # index of the composer's token in the header
# Extra places of a cache beyond its longest row, initially and whenever it is full.
_TOKENS_OF_ROOM, _EVENTS_OF_ROOM = 256, 128
_WORTH_MOVING = 0.75  # finished rows are removed when at most this share is still active


class CachedRows:
    """N prompts of different length and their continuations in one cache.

    With guidance (classifier-free, Ho & Salimans 2022) each prompt has a twin with the null
    composer that is computed in the same steps; `guided` combines the logits of both. The number of
    rows computed is always a multiple of `ROW_MULTIPLE`, see `kv_cache`.
    """

    def __init__(self, trunk: CachedTrunk, lengths: Sequence[int], guidance: float) -> None:
        self._trunk, self._guidance = trunk, guidance
        self._twins = 1 if guidance == 1 else 2
        self._lengths = np.array(lengths, np.int64)
        # The index of each prompt's row in the cache, per twin; rows of similar length are adjacent.
        self._place = self._lengths.argsort(kind="stable").argsort()
        self._rows = whole(len(lengths))
        self._room = _EVENTS_OF_ROOM if trunk.config.nested else _TOKENS_OF_ROOM
        capacity = int(self._lengths.max()) + self._room
        self._cache = Cache(trunk.config, self._rows * self._twins, capacity, trunk.device)

    def read(self, prompts: Sequence[Encoded], embedded: Embedded) -> Tensor:
        """The layers' output at each prompt's last place, float32[twins, N, dim]. `embedded` maps a
        prompt to float32[length, dim]. Equal prompts are computed once."""
        read: dict[bytes, int] = {}
        states: list[Tensor] = []
        for row, prompt in enumerate(prompts):
            known = read.setdefault(prompt.tokens.tobytes(), row)
            if known < row:
                self._copy(known, row)
                states.append(states[known])
                continue
            twins = [prompt, _with_null_composer(prompt)][: self._twins]
            states.append(
                torch.stack([self._read_one(row, twin, embedded(one)) for twin, one in enumerate(twins)])
            )
        return torch.stack(states, 1)

    def guided(self, both: Tensor) -> Tensor:
        """Logits of the twins, float32[twins, N, choices], as float32[N, choices]."""
        return both[0] if self._twins == 1 else both[1] + self._guidance * (both[0] - both[1])

    def _read_one(self, row: int, twin: int, embedded: Tensor) -> Tensor:
        self._cache.row = int(self._place[row]) + twin * self._rows
        return self._trunk.sequence(embedded[None], self._cache)[0, 0]

    def _copy(self, known: int, row: int) -> None:
        for twin in range(self._twins):
            source, place = self._place[[known, row]] + twin * self._rows
            self._cache.copy(source, place, int(self._lengths[row]))

    def step(self, rows: NDArray[np.int64], embedded: Tensor) -> Tensor:
        """One more place in some rows: float32[len(rows), dim] to float32[twins, len(rows), dim]."""
        self._fit(rows)
        wide = self._rows * self._twins
        place = np.concatenate([self._place[rows] + twin * self._rows for twin in range(self._twins)])
        at = torch.from_numpy(place).to(embedded.device)
        everything = embedded.new_zeros(wide, embedded.shape[-1])
        everything[at] = embedded.repeat(self._twins, 1)
        lengths = np.zeros(wide, np.int64)
        lengths[place] = np.tile(self._lengths[rows], self._twins)
        read = self._trunk.step(everything, torch.from_numpy(lengths).to(embedded.device), self._cache)
        self._lengths[rows] += 1
        return read[at].view(self._twins, len(rows), -1)

    def _fit(self, rows: NDArray[np.int64]) -> None:
        """Remove finished rows from the cache when there are enough of them, and enlarge it if it
        is full."""
        longest = int(self._lengths[rows].max())
        full = longest >= self._cache.capacity
        wanted = whole(len(rows))
        if not full and wanted > self._rows * _WORTH_MOVING:
            return
        rows = rows[self._place[rows].argsort()]  # rows of similar length stay adjacent
        kept = self._place[rows]
        order = np.concatenate(
            [
                np.concatenate([kept + twin * self._rows, np.zeros(wanted - len(kept), np.int64)])
                for twin in range(self._twins)
            ]
        )
        capacity = longest + self._room if full else self._cache.capacity
        self._cache = self._cache.resized(order, wanted * self._twins, capacity, longest)
        self._rows = wanted
        self._place[rows] = np.arange(len(rows))


def whole(rows: int) -> int:
    """The next multiple of `ROW_MULTIPLE`."""
    return -(-rows // ROW_MULTIPLE) * ROW_MULTIPLE


def by_row(function: Callable[..., Tensor], *rows: Tensor) -> Tensor:
    """Apply a function to rows [N, ...] padded to a multiple of `ROW_MULTIPLE`, so that a row's
    result does not depend on the batch."""
    missing = whole(len(rows[0])) - len(rows[0])
    if not missing:
        return function(*rows)
    padded = [torch.cat([each, each.new_zeros(missing, *each.shape[1:])]) for each in rows]
    return function(*padded)[: len(rows[0])]


def _with_null_composer(prompt: Encoded) -> Encoded:
    tokens = prompt.tokens.copy()
    tokens[_COMPOSER_PLACE] = VOCABULARY.NULL_COMPOSER
    return replace(prompt, tokens=tokens)
