"""The composing transformer: the one file that knows x-transformers (2.31.10).

A decoder-only transformer over REMI tokens. Each token's embedding is the sum of its own and of
the side channels (bar index, bars left, position in the bar, sounding voices), which the
constraint decoder's automaton computes alike in training and in decoding.

Weights leave this file under plain names (`layer.0.query`, …), so that decoding
(`models.generation.kv_cache`) needs no x-transformers at all and a new version of it cannot break a shipped
model. Two things differ between the two forms: x-transformers stores a norm's gain minus one,
and numbers layers 2i (attention) and 2i+1 (feed-forward).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from models.composer.config import ModelConfig

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it scripts a function as torch no longer likes
    from x_transformers import AutoregressiveWrapper, Decoder, TransformerWrapper

_EMBEDDING_SPREAD = 0.02
_LAYERS = "attn_layers.layers"


class ComposerNetwork(nn.Module):
    """tokens int64[B, L] and channels int64[B, L, C] -> logits float[B, L, V]."""

    def __init__(
        self, config: ModelConfig, vocabulary_size: int, channel_sizes: tuple[int, ...], dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.config = config
        self.channels = tuple(f"channel{index}" for index in range(len(channel_sizes)))
        self.net = TransformerWrapper(
            num_tokens=vocabulary_size,
            max_seq_len=config.max_tokens,
            use_abs_pos_emb=False,
            emb_dropout=dropout,
            embed_num_tokens=dict(zip(self.channels, channel_sizes, strict=True)),
            attn_layers=Decoder(
                dim=config.dim,
                depth=config.depth,
                heads=config.heads,
                attn_dim_head=config.head_size,
                attn_one_kv_head=True,
                rotary_pos_emb=True,
                rotary_emb_dim=config.rotary_size,
                attn_flash=True,
                attn_dropout=0.0,  # any other value leaves the flash kernel: 1.4 times the time on a CPU
                ff_mult=config.feed_forward,
                ff_dropout=dropout,
            ),
        )
        self._start_small()

    def _start_small(self) -> None:
        """Embeddings of one small spread, and layers that start as nearly the identity.

        The library starts a channel's embedding with a spread of 1, which drowns the token's own.
        """
        shrink = (2 * self.config.depth) ** -0.5
        with torch.no_grad():
            nn.init.normal_(self.net.token_emb.emb.weight, std=_EMBEDDING_SPREAD)
            for embedding in (self.net.embeds or {}).values():
                nn.init.normal_(embedding.weight, std=_EMBEDDING_SPREAD)
            for name, parameter in self.net.named_parameters():
                if name.endswith(("to_out.weight", "ff.2.weight")):
                    parameter.mul_(shrink)
            self.net.to_logits.weight.mul_(0.1)

    def forward(self, tokens: Tensor, channels: Tensor) -> Tensor:
        embed_ids = {name: channels[..., index] for index, name in enumerate(self.channels)}
        logits: Tensor = self.net(tokens, embed_ids=embed_ids)
        return logits

    def matrices(self) -> list[nn.Parameter]:
        """The weight matrices inside the layers: what Muon trains."""
        return [
            parameter
            for name, parameter in self.net.named_parameters()
            if name.startswith(_LAYERS) and parameter.ndim == 2
        ]

    def others(self) -> list[nn.Parameter]:
        """Every other parameter: embeddings, norms, biases and the output head."""
        matrices = {id(parameter) for parameter in self.matrices()}
        return [parameter for parameter in self.parameters() if id(parameter) not in matrices]

    def plain_weights(self) -> dict[str, Tensor]:
        """The weights under plain names, float32, norms with their true gain."""
        state = self.net.state_dict()
        return {
            plain: (state[name].float() + 1.0 if plain.endswith("norm") else state[name].float()).contiguous()
            for plain, name in self._names().items()
        }

    def load_plain_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Take weights in the form of `plain_weights`; KeyError where one is missing."""
        state = self.net.state_dict()
        with torch.no_grad():
            for plain, name in self._names().items():
                value = weights[plain].to(state[name].dtype)
                state[name].copy_(value - 1.0 if plain.endswith("norm") else value)

    def _names(self) -> dict[str, str]:
        """Plain name -> name in x-transformers."""
        names = {
            "token_embedding": "token_emb.emb.weight",
            "final_norm": "attn_layers.final_norm.gamma",
            "head": "to_logits.weight",
        }
        for index, channel in enumerate(self.channels):
            names[f"channel_embedding.{index}"] = f"embeds.{channel}_embed.weight"
        for layer in range(self.config.depth):
            attention, feed = f"{_LAYERS}.{2 * layer}", f"{_LAYERS}.{2 * layer + 1}"
            names |= {
                f"layer.{layer}.attention_norm": f"{attention}.0.0.gamma",
                f"layer.{layer}.query": f"{attention}.1.to_q.weight",
                f"layer.{layer}.key": f"{attention}.1.to_k.weight",
                f"layer.{layer}.value": f"{attention}.1.to_v.weight",
                f"layer.{layer}.output": f"{attention}.1.to_out.weight",
                f"layer.{layer}.feed_norm": f"{feed}.0.0.gamma",
                f"layer.{layer}.up": f"{feed}.1.ff.0.0.weight",
                f"layer.{layer}.up_bias": f"{feed}.1.ff.0.0.bias",
                f"layer.{layer}.down": f"{feed}.1.ff.2.weight",
                f"layer.{layer}.down_bias": f"{feed}.1.ff.2.bias",
            }
        return names


def library_tokens(config: ModelConfig, vocabulary_size: int, rows: int, prompt: int, tokens: int) -> None:
    """Write `tokens` tokens after a prompt in each of `rows` rows with the library's own `generate`,
    for its speed alone: a trunk of the same shape, untrained, without side channels, which
    `generate` does not carry."""
    net = ComposerNetwork(config, vocabulary_size, ()).net.eval()
    start = torch.zeros(rows, prompt, dtype=torch.long)
    AutoregressiveWrapper(net).generate(start, tokens, cache_kv=True)
