"""The flat model: one step of the layers per token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from constraints.language.tokenizer import Encoded
from models.composer.batch import token_batch
from models.composer.config import ModelConfig, TrainingConfig
from models.generation.transformer.kv_cache import Cache
from models.generation.transformer.trunk import CachedTrunk


class CachedTokenModel:
    """The weights of a `TokenNetwork`, prepared for decoding. With `int8` the layers' products are
    quantised."""

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        config: ModelConfig,
        channels: int,
        device: str = "cpu",
        int8: bool = False,
    ) -> None:
        self.config = config
        self.trunk = CachedTrunk(weights, config, channels, device, int8)
        self.head = weights["head"].to(self.trunk.device, torch.float32) * self.trunk.final_norm

    def sequence_logits(self, tokens: Tensor, channels: Tensor, cache: Cache | None = None) -> Tensor:
        """Logits float32[B, L, V] of whole rows: tokens int64[B, L], channels int64[B, L, C].

        With a cache (one row), its keys and values are kept there and only the last position's
        logits [1, 1, V] are computed.
        """
        return F.linear(self.trunk.sequence(self.trunk.embedded(tokens, channels), cache), self.head)

    def step_logits(self, tokens: Tensor, channels: Tensor, lengths: Tensor, cache: Cache) -> Tensor:
        """Logits float32[R, V] of one more token in each of the cache's rows.

        tokens int64[R], channels int64[R, C]; lengths int64[R] are the numbers of tokens cached so
        far, which is also the place of the new token.
        """
        return F.linear(self.trunk.step(self.trunk.embedded(tokens, channels), lengths, cache), self.head)

    @torch.no_grad()
    def middle_nats(self, rows: Sequence[Encoded]) -> Tensor:
        """float64[B]: negative log-likelihood of each row's middle bars, in nats."""
        batch = token_batch(rows, TrainingConfig()).to(self.trunk.device)
        logits = self.sequence_logits(batch.tokens, batch.channels)
        losses = F.cross_entropy(logits.transpose(1, 2), batch.targets, reduction="none")
        return (losses.double() * batch.middle).sum(1)
