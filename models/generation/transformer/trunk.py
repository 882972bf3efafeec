"""The layers of the trained composer as plain tensor operations with a static cache.

No x-transformers here: it re-rotates and re-joins its whole cache at every step, which costs two to
three times the time. Four of its conventions are handled once, when the weights are loaded: (1) a
norm's gain is folded into the next matrix; (2) only a part of each head is rotated; (3) the rotated
pairs are interleaved, and are reordered into halves for both queries and keys, which keeps every
product unchanged; (4) all query heads share one key and value head, so they are stacked on the
query axis of one product and keys and values are read once.

**Rows are independent.** A row's results are bit-identical in any batch, at any index and
beside rows of any length. So the composed bytes do not depend on the batch size or on the number of
workers. Three conditions ensure this: (1) a matrix product sums a row's terms in the same order
whatever the other rows are, as long as there are enough rows that the library does not switch to
its matrix-vector kernel (`ROW_MULTIPLE`); (2) the sum over cached values is computed in blocks of
`KEY_BLOCK`, and blocks beyond a row's own length add exact zeros; (3) each prompt is computed
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from models.composer.config import ModelConfig
from models.generation.transformer.int8 import Product, int8_product
from models.generation.transformer.kv_cache import Cache, attended, groups_of

LONGEST_TOKENS = 16_384  # more than any legal phrase of 16 bars has
_ROTARY_BASE = 10_000.0
_MASKED = float("-inf")


class Layer(NamedTuple):
    """The matrix products of a layer: queries, keys and values together, the attention output, the
    feed-forward."""

    joined: Product
    output: Product
    up: Product
    down: Product


class CachedTrunk:
    """Embeddings and layers, prepared for decoding. The state of a batch is in `Cache`.

    With `int8` the layers' products are quantised (see `int8`); CPU only.
    """

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        config: ModelConfig,
        channels: int,
        device: str = "cpu",
        int8: bool = False,
    ) -> None:
        self.config, self.device = config, torch.device(device)
        tensors = {name: tensor.to(self.device, torch.float32) for name, tensor in weights.items()}
        self.token_embedding = tensors["token_embedding"]
        self.channel_embeddings = [tensors[f"channel_embedding.{index}"] for index in range(channels)]
        sizes = torch.tensor([0, *[len(table) for table in self.channel_embeddings]], device=self.device)
        self._first_rows = sizes.cumsum(0)[:-1]
        self._channel_table = torch.cat(self.channel_embeddings) if channels else self.token_embedding[:0]
        self.final_norm = tensors["final_norm"]
        order = _halves(config)
        self.layers: list[Layer] = []
        prepared = int8_product if int8 else _plain_product
        for layer in range(config.depth):
            part = {name: tensors[f"layer.{layer}.{name}"] for name in _LAYER_PARTS}
            query = part["query"].view(config.heads, config.head_size, -1)[:, order].reshape(-1, config.dim)
            joined = torch.cat([query * config.head_size**-0.5, part["key"][order], part["value"]])
            self.layers.append(
                Layer(
                    prepared(joined * part["attention_norm"]),
                    prepared(part["output"]),
                    prepared(part["up"] * part["feed_norm"], part["up_bias"]),
                    prepared(part["down"], part["down_bias"]),
                )
            )
        half = config.rotary_size // 2
        speeds = _ROTARY_BASE ** (-torch.arange(half, dtype=torch.float32) / half)
        angles = torch.arange(LONGEST_TOKENS, dtype=torch.float32)[:, None] * speeds
        self.cos, self.sin = angles.cos().to(self.device), angles.sin().to(self.device)

    def embedded(self, tokens: Tensor, channels: Tensor) -> Tensor:
        """float32[..., dim]: the token's embedding and those of the first channels, int64[..., C];
        channels that the rows lack are 0."""
        x = self.token_embedding[tokens]
        channels = F.pad(channels, (0, max(len(self.channel_embeddings) - channels.shape[-1], 0)))
        if self.config.plan:  # many channels: one sum over all tables, row by row
            wide = channels[..., : len(self.channel_embeddings)] + self._first_rows
            summed = F.embedding_bag(wide.flatten(0, -2), self._channel_table, mode="sum")
            return x + summed.view(x.shape)
        for index, table in enumerate(self.channel_embeddings):
            x = x + table[channels[..., index]]
        return x

    @torch.no_grad()
    def sequence(self, embedded: Tensor, cache: Cache | None = None) -> Tensor:
        """The layers' output for whole rows, float32[B, L, dim] to [B, L, dim], normalised without gain.

        With a cache (one row), keys and values are stored there and only the last place is
        returned, [1, 1, dim].
        """
        config = self.config
        x = embedded
        rows, length, _ = x.shape
        cos, sin = self.cos[:length, None], self.sin[:length, None]
        for layer, part in enumerate(self.layers):
            query, key, value = self._projected(x, part)
            query = _rotated(query.view(rows, length, config.heads, -1), cos, sin)
            key = _rotated(key[:, :, None], cos, sin)[:, :, 0]
            if cache is not None:
                cache.keys[layer, cache.row, :, :length] = key[0].T
                cache.values[layer, cache.row, :length] = value[0]
            seen = F.scaled_dot_product_attention(
                query.transpose(1, 2),
                key[:, None].expand(-1, config.heads, -1, -1),
                value[:, None].expand(-1, config.heads, -1, -1),
                is_causal=True,
                scale=1.0,
            )
            x = self._mixed(x, seen.transpose(1, 2).reshape(rows, length, -1), part)
        return F.layer_norm(x[:, -1:] if cache is not None else x, (config.dim,))

    @torch.no_grad()
    def step(self, embedded: Tensor, lengths: Tensor, cache: Cache) -> Tensor:
        """One more place in each of the cache's rows, float32[R, dim] to [R, dim], normalised
        without gain.

        `lengths` int64[R] are the numbers of places cached so far, which is also the index of the
        new place.
        """
        config = self.config
        x = embedded
        rows = len(x)
        cos, sin = self.cos[lengths][:, None], self.sin[lengths][:, None]
        groups = groups_of(lengths)
        places = torch.arange(max(width for _, width in groups), device=self.device)
        hidden = torch.zeros(rows, 1, len(places), device=self.device)
        hidden.masked_fill_((places > lengths[:, None])[:, None], _MASKED)
        at = torch.arange(rows, device=self.device)
        for layer, part in enumerate(self.layers):
            query, key, value = self._projected(x, part)
            query = _rotated(query.view(rows, config.heads, -1), cos, sin)
            keys, values = cache.keys[layer], cache.values[layer]
            keys[at, :, lengths] = _rotated(key[:, None], cos, sin)[:, 0]
            values[at, lengths] = value
            seen = torch.cat([attended(query, keys, values, hidden, *group) for group in groups])
            x = self._mixed(x, seen.view(rows, -1), part)
        return F.layer_norm(x, (config.dim,))

    def _projected(self, x: Tensor, part: Layer) -> tuple[Tensor, Tensor, Tensor]:
        size = self.config.head_size
        joined = part.joined(F.layer_norm(x, (self.config.dim,)))
        query, key, value = joined.split([self.config.heads * size, size, size], -1)
        return query, key, value

    def _mixed(self, x: Tensor, seen: Tensor, part: Layer) -> Tensor:
        x = x + part.output(seen)
        inner = F.gelu(part.up(F.layer_norm(x, (self.config.dim,))))
        return x + part.down(inner)


_LAYER_PARTS = (
    "attention_norm",
    "query",
    "key",
    "value",
    "output",
    "feed_norm",
    "up",
    "up_bias",
    "down",
    "down_bias",
)


def _plain_product(weight: Tensor, bias: Tensor | None = None) -> Product:
    return partial(F.linear, weight=weight, bias=bias)


def _halves(config: ModelConfig) -> Tensor:
    """The order of a head's dimensions that puts the first of every rotated pair before all second
    ones."""
    size = config.rotary_size
    rest = torch.arange(size, config.head_size)
    return torch.cat([torch.arange(0, size, 2), torch.arange(1, size, 2), rest])


def _rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the first dimensions of each head [..., heads, size] by the angles of their place."""
    half = cos.shape[-1]
    first, second = x[..., :half], x[..., half : 2 * half]
    turned = (first * cos - second * sin, second * cos + first * sin, x[..., 2 * half :])
    return torch.cat(turned, -1)
