"""Keys and values of many rows that are written side by side, and what each row sees of its own.

The sum over cached values, whose length would change the order of its terms, is made in blocks of
`KEY_BLOCK`, and blocks beyond a row's own length add exact zeros. So what a row sees does not
depend, bit by bit, on the rows beside it.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.composer.config import ModelConfig

ROW_MULTIPLE = 16
KEY_BLOCK = 64


class Cache:
    """Keys and values of `rows` rows with room for at least `capacity` tokens each, float32.

    keys [depth, rows, head size, capacity], values [depth, rows, capacity, head size]: each as the
    product that reads it likes best. Rows of like length should lie side by side, see `groups_of`.
    """

    def __init__(self, config: ModelConfig, rows: int, capacity: int, device: torch.device) -> None:
        self.capacity = -(-capacity // KEY_BLOCK) * KEY_BLOCK
        shape = (config.depth, rows, self.capacity, config.head_size)
        self.keys = torch.zeros(shape, device=device).transpose(2, 3).contiguous()
        self.values = torch.zeros(shape, device=device)
        self.row = 0  # the row that a whole sequence fills

    def copy(self, source: int, row: int, length: int) -> None:
        """Let a row hold what another one holds of its first tokens."""
        for held in self._by_place:
            held[:, row, :length] = held[:, source, :length]

    def resized(self, rows: NDArray[np.int64], count: int, capacity: int, longest: int) -> Cache:
        """A cache of `count` rows and another capacity: the given rows, of which none is longer than
        `longest` tokens, come first, the rest is free."""
        other = object.__new__(Cache)
        other.capacity, other.row = -(-capacity // KEY_BLOCK) * KEY_BLOCK, 0
        depth, _, head_size, _ = self.keys.shape
        other.keys = self.keys.new_zeros((depth, count, head_size, other.capacity))
        other.values = self.values.new_zeros((depth, count, other.capacity, head_size))
        index = torch.from_numpy(rows).to(self.keys.device)
        for new, old in zip(other._by_place, self._by_place, strict=True):
            for layer in range(depth):
                new[layer, : len(index), :longest] = old[layer, :, :longest].index_select(0, index)
        return other

    @property
    def _by_place(self) -> tuple[Tensor, Tensor]:
        """Keys and values as [depth, rows, capacity, head size]."""
        return self.keys.transpose(2, 3), self.values


def groups_of(lengths: Tensor) -> list[tuple[slice, int]]:
    """(rows, width): neighbouring rows and how many cached places, in whole blocks, the longest of
    them fills with the token that is being read. Nobody reads the longest row's places for all."""
    longest = lengths.view(-1, ROW_MULTIPLE).amax(1).tolist()
    groups: list[tuple[slice, int]] = []
    for index, length in enumerate(longest):
        width = (length // KEY_BLOCK + 1) * KEY_BLOCK
        first = index * ROW_MULTIPLE
        if groups and groups[-1][1] == width:
            first = groups.pop()[0].start
        groups.append((slice(first, (index + 1) * ROW_MULTIPLE), width))
    return groups


def attended(query: Tensor, keys: Tensor, values: Tensor, hidden: Tensor, rows: slice, width: int) -> Tensor:
    """What each head of some rows sees in the first `width` places, [rows, heads, size]: query
    [R, heads, size], keys [R, size, W], values [R, W, size], hidden [R, 1, W]. Values are added
    up block by block, see above."""
    shares = torch.baddbmm(hidden[rows, :, :width], query[rows], keys[rows, :, :width]).softmax(-1)
    values = values[rows]
    seen = torch.bmm(shares[:, :, :KEY_BLOCK], values[:, :KEY_BLOCK])
    for start in range(KEY_BLOCK, width, KEY_BLOCK):
        block = slice(start, start + KEY_BLOCK)
        seen.baddbmm_(shares[:, :, block], values[:, block])
    return seen
