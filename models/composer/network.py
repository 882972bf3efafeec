"""The composer's networks for training. This is the only module that uses x-transformers (2.31.10).

Both networks have a decoder-only trunk over the REMI language. `TokenNetwork` makes one step per
token. `NestedNetwork` makes one step per event (`constraints.language.events`); three small heads
choose the event's place, pitch and length in turn, each conditioned on the previous choices. An
input is embedded as the sum of the embeddings of its tokens and of its side channels
(`constraints.language.grammar`). The constraint decoder computes the side channels in the same way
for training and for decoding.

Weights leave this file under plain names (`layer.0.query`, …), so that decoding
(`models.generation.transformer`) does not need x-transformers, and a new version of it cannot break
a shipped model. The two forms differ in two ways: x-transformers stores a norm's gain minus
one, and numbers layers 2i (attention) and 2i+1 (feed-forward).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.vocabulary import VOCABULARY
from models.composer.batch import LENGTH_TOKENS, PITCH_TOKENS, PLACE_TOKENS, Batch, EventBatch, TokenBatch
from models.composer.config import ModelConfig

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # x-transformers uses a deprecated torch.jit call
    from x_transformers import AutoregressiveWrapper, Decoder, TransformerWrapper

_EMBEDDING_SPREAD = 0.02


class ComposerNetwork(nn.Module):
    """Embeddings and trunk, with access to the weights under plain names."""

    def __init__(
        self, config: ModelConfig, vocabulary_size: int, channel_sizes: Sequence[int], dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.config = config
        self.token_embedding = nn.Embedding(vocabulary_size, config.dim)
        self.channel_embeddings = nn.ModuleList(nn.Embedding(size, config.dim) for size in channel_sizes)
        self.dropout = nn.Dropout(dropout)
        self.trunk = _trunk(config, dropout)

    def losses(self, batch: Batch) -> Tensor:
        """Cross-entropy in nats of each predicted token, in the shape of the batch's `weights`."""
        raise NotImplementedError

    def start_small(self) -> None:
        """Initialise embeddings and output heads with a small spread, and layers close to the
        identity."""
        shrink = (2 * self.config.depth) ** -0.5
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if name.startswith(self._plan_embeddings()):
                    parameter.zero_()  # a network that starts from weights without plans computes the same
                elif "embedding" in name:
                    nn.init.normal_(parameter, std=_EMBEDDING_SPREAD)
                elif name.endswith(("to_out.weight", "ff.2.weight", "down.weight")):
                    parameter.mul_(shrink)
                elif name.endswith("head.weight"):
                    parameter.mul_(0.1)

    def channels_embedded(self, channels: Tensor) -> Tensor:
        """The sum of the channel embeddings of int64[..., C]. A network may use only the first
        channels; channels that the rows lack are 0."""
        tables = [cast(Tensor, embedding.weight) for embedding in self.channel_embeddings]
        if not tables:
            return torch.zeros((), device=channels.device)
        channels = F.pad(channels, (0, max(len(tables) - channels.shape[-1], 0)))[..., : len(tables)]
        firsts = torch.tensor([0, *[len(table) for table in tables[:-1]]], device=channels.device).cumsum(0)
        summed = F.embedding_bag((channels + firsts).flatten(0, -2), torch.cat(tables), mode="sum")
        return summed.view(*channels.shape[:-1], -1)

    def _plan_embeddings(self) -> tuple[str, ...]:
        """The prefixes of the parameter names of the plan channels' embeddings."""
        first = len(CHANNEL_SIZES)
        return tuple(f"channel_embeddings.{index}." for index in range(first, len(self.channel_embeddings)))

    def read(self, embedded: Tensor) -> Tensor:
        """The trunk's normalised output for float[B, L, dim], with causal attention."""
        hidden: Tensor = self.trunk(self.dropout(embedded))
        return hidden

    def matrices(self) -> list[nn.Parameter]:
        """The weight matrices inside the layers and the small heads, which Muon trains."""
        return [
            parameter
            for name, parameter in self.named_parameters()
            if parameter.ndim == 2 and not name.endswith("head.weight") and "embedding" not in name
        ]

    def others(self) -> list[nn.Parameter]:
        """Every other parameter: embeddings, norms, biases and the output heads."""
        matrices = {id(parameter) for parameter in self.matrices()}
        return [parameter for parameter in self.parameters() if id(parameter) not in matrices]

    def plain_weights(self) -> dict[str, Tensor]:
        """The weights under plain names, float32, norms with their true gain."""
        state = self.state_dict()
        return {
            plain: (state[name].float() + _stored_less(name)).contiguous()
            for plain, name in self._names().items()
        }

    def load_plain_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Load weights in the form of `plain_weights`; KeyError if one is missing."""
        state = self.state_dict()
        with torch.no_grad():
            for plain, name in self._names().items():
                state[name].copy_(weights[plain].to(state[name].dtype) - _stored_less(name))

    def _names(self) -> dict[str, str]:
        """Plain name -> name in the state dict."""
        names = {"token_embedding": "token_embedding.weight", "final_norm": "trunk.final_norm.gamma"}
        for index in range(len(self.channel_embeddings)):
            names[f"channel_embedding.{index}"] = f"channel_embeddings.{index}.weight"
        for layer in range(self.config.depth):
            attention, feed = f"trunk.layers.{2 * layer}", f"trunk.layers.{2 * layer + 1}"
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


class TokenNetwork(ComposerNetwork):
    """One trunk step per token: tokens int64[B, L], channels int64[B, L, C] -> logits [B, L, V]."""

    def __init__(
        self, config: ModelConfig, vocabulary_size: int, channel_sizes: Sequence[int], dropout: float = 0.0
    ) -> None:
        super().__init__(config, vocabulary_size, channel_sizes, dropout)
        self.head = nn.Linear(config.dim, vocabulary_size, bias=False)
        self.start_small()

    def forward(self, tokens: Tensor, channels: Tensor) -> Tensor:
        logits: Tensor = self.head(self.read(self.token_embedding(tokens) + self.channels_embedded(channels)))
        return logits

    def losses(self, batch: Batch) -> Tensor:
        assert isinstance(batch, TokenBatch)
        logits = self(batch.tokens, batch.channels)
        return F.cross_entropy(logits.float().transpose(1, 2), batch.targets, reduction="none")

    def _names(self) -> dict[str, str]:
        return super()._names() | {"head": "head.weight"}


class NestedNetwork(ComposerNetwork):
    """One trunk step per event; place, pitch and length are chosen in turn."""

    def __init__(
        self, config: ModelConfig, vocabulary_size: int, channel_sizes: Sequence[int], dropout: float = 0.0
    ) -> None:
        super().__init__(config, vocabulary_size, channel_sizes, dropout)
        self.place_head = nn.Linear(config.dim, len(PLACE_TOKENS), bias=False)
        self.pitch = Choice(config.dim, len(PITCH_TOKENS), dropout)
        self.length = Choice(config.dim, len(LENGTH_TOKENS), dropout)
        self.start_small()

    def forward(self, batch: EventBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the places [P, 195], pitches [N, 54] and lengths [D, 193] to be predicted."""
        hidden = self.read(self._embedded(batch)).flatten(0, 1)
        return self.choices(hidden[batch.at], batch)

    def choices(self, hidden: Tensor, batch: EventBatch) -> tuple[Tensor, Tensor, Tensor]:
        """The logits of `forward` from the trunk's output before each place, float[P, dim]."""
        places = self.place_head(hidden)
        token, longer = self.token_embedding, self.token_embedding.weight[VOCABULARY.LONGER]
        state, pitches = self.pitch(
            hidden[batch.note], token(batch.place_token) + self.channels_embedded(batch.place_channels)
        )
        chosen = token(batch.pitch + int(PITCH_TOKENS[0])) + self.channels_embedded(batch.pitch_channels)
        _, lengths = self.length(
            state[batch.length_of], chosen[batch.length_of] + batch.longer_before[:, None] * longer
        )
        return places, pitches, lengths

    def losses(self, batch: Batch) -> Tensor:
        assert isinstance(batch, EventBatch)
        return choice_losses(self(batch), (batch.place, batch.pitch, batch.length))

    def _embedded(self, batch: EventBatch) -> Tensor:
        token = self.token_embedding
        note = token(batch.pitches) + token(batch.durations)
        note = note + batch.longer[..., None] * token.weight[VOCABULARY.LONGER]
        is_note = (batch.pitches > 0)[..., None]
        return token(batch.places) + note * is_note + self.channels_embedded(batch.channels)

    def _names(self) -> dict[str, str]:
        names = super()._names() | {"place_head": "place_head.weight"}
        for choice in ("pitch", "length"):
            names |= {
                f"{choice}.up": f"{choice}.up.weight",
                f"{choice}.up_bias": f"{choice}.up.bias",
                f"{choice}.down": f"{choice}.down.weight",
                f"{choice}.norm": f"{choice}.norm.weight",
                f"{choice}.head": f"{choice}.head.weight",
            }
        return names


class Choice(nn.Module):
    """A head conditioned on the previous choice: it updates the state with that choice, then gives
    logits."""

    def __init__(self, dim: int, choices: int, dropout: float) -> None:
        super().__init__()
        self.up = nn.Linear(2 * dim, 2 * dim)
        self.down = nn.Linear(2 * dim, dim, bias=False)
        self.norm = nn.LayerNorm(dim, bias=False)
        self.head = nn.Linear(dim, choices, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, state: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The next state [N, dim] and logits [N, choices]."""
        inner = self.dropout(F.gelu(self.up(torch.cat([state, chosen], -1))))
        state = state + self.down(inner)
        return state, self.head(self.norm(state))


def choice_losses(logits: Sequence[Tensor], targets: Sequence[Tensor]) -> Tensor:
    """The cross-entropies in nats of one head after the other, float32[P + N + D]."""
    pairs = zip(logits, targets, strict=True)
    return torch.cat([F.cross_entropy(each.float(), target, reduction="none") for each, target in pairs])


def network(
    config: ModelConfig, channel_sizes: Sequence[int] | None = None, dropout: float = 0.0
) -> ComposerNetwork:
    """The untrained network of a shape; `channel_sizes` None: those of the config."""
    kind = NestedNetwork if config.nested else TokenNetwork
    sizes = config.channel_sizes if channel_sizes is None else channel_sizes
    return kind(config, VOCABULARY.size_of(config.language), sizes, dropout)


def _trunk(config: ModelConfig, dropout: float) -> Decoder:
    return Decoder(
        dim=config.dim,
        depth=config.depth,
        heads=config.heads,
        attn_dim_head=config.head_size,
        attn_one_kv_head=True,
        rotary_pos_emb=True,
        rotary_emb_dim=config.rotary_size,
        # The flash kernel is 1.4 times faster for rows of 500 tokens, but slower for rows of 150 events.
        attn_flash=not config.nested,
        attn_dropout=0.0,  # any other value disables the flash kernel
        ff_mult=config.feed_forward,
        ff_dropout=dropout,
    )


def _stored_less(name: str) -> float:
    """The offset that the library subtracts from a stored parameter."""
    return 1.0 if name.endswith("gamma") else 0.0


def library_tokens(config: ModelConfig, vocabulary_size: int, rows: int, prompt: int, tokens: int) -> None:
    """Generate `tokens` tokens after a prompt in each of `rows` rows with the library's own
    `generate`, only to measure its speed. The trunk has the same shape, but is untrained and has no
    side channels, which `generate` does not support."""
    net = TransformerWrapper(
        num_tokens=vocabulary_size,
        max_seq_len=config.max_tokens,
        use_abs_pos_emb=False,
        attn_layers=_trunk(config, 0.0),
    ).eval()
    start = torch.zeros(rows, prompt, dtype=torch.long)
    AutoregressiveWrapper(net).generate(start, tokens, cache_kv=True)
