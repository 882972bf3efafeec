"""The KV cache of a batch of rows, and each row's attention over its own cached values.

The order of the terms of a sum over cached values would depend on its length. So it is computed in
blocks of `KEY_BLOCK`, and blocks beyond a row's own length add exact zeros. A row's result is
therefore bit-identical whatever the other rows are.
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

    keys [depth, rows, head size, capacity], values [depth, rows, capacity, head size]: each in the
    layout that is fastest for its product. Rows of similar length should be adjacent, see
    `groups_of`.
    """

    def __init__(self, config: ModelConfig, rows: int, capacity: int, device: torch.device) -> None:
        self.capacity = -(-capacity // KEY_BLOCK) * KEY_BLOCK
        shape = (config.depth, rows, self.capacity, config.head_size)
        self.keys = torch.zeros(shape, device=device).transpose(2, 3).contiguous()
        self.values = torch.zeros(shape, device=device)
        self.row = 0  # the row that `sequence` fills

    def copy(self, source: int, row: int, length: int) -> None:
        """Copy the first `length` tokens of row `source` to `row`."""
        for held in self._by_place:
            held[:, row, :length] = held[:, source, :length]

    def resized(self, rows: NDArray[np.int64], count: int, capacity: int, longest: int) -> Cache:
        """A cache of `count` rows and another capacity. The given rows (of at most `longest`
        tokens) come first; the others are free."""
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
    """(rows, width): adjacent rows, and the number of cached places in whole blocks that the
    longest of them fills, including the current token. So the width of the longest row is not
    computed for all rows."""
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
    """The attention output of some rows over the first `width` places, [rows, heads, size]: query
    [R, heads, size], keys [R, size, W], values [R, W, size], hidden [R, 1, W]. Values are summed
    block by block, see the module docstring."""
    shares = torch.baddbmm(hidden[rows, :, :width], query[rows], keys[rows, :, :width]).softmax(-1)
    values = values[rows]
    seen = torch.bmm(shares[:, :, :KEY_BLOCK], values[:, :KEY_BLOCK])
    for start in range(KEY_BLOCK, width, KEY_BLOCK):
        block = slice(start, start + KEY_BLOCK)
        seen.baddbmm_(shares[:, :, block], values[:, block])
    return seen
