"""A nested network whose small heads attend to the trunk.

After Ryu et al., "Nested Music Transformer" (ISMIR 2024, arXiv 2408.01180). The heads of
`models.composer.network` see the trunk's newest output only. Here the state of each choice also attends to
the trunk's outputs of the newest `WINDOW` events, and a feed-forward layer follows.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from constraints.language.vocabulary import VOCABULARY
from models.composer.batch import LENGTH_TOKENS, PITCH_TOKENS, EventBatch
from models.composer.config import ModelConfig
from models.composer.network import ComposerNetwork, NestedNetwork

WINDOW = 16


class CrossAttentionNetwork(NestedNetwork):
    """Place, pitch and length in turn; pitch and length by heads that attend to the trunk's outputs."""

    def __init__(
        self, config: ModelConfig, vocabulary_size: int, channel_sizes: Sequence[int], dropout: float = 0.0
    ) -> None:
        super().__init__(config, vocabulary_size, channel_sizes, dropout)
        del self.pitch, self.length
        self.pitch_choice = _AttendingChoice(config, len(PITCH_TOKENS), dropout)
        self.length_choice = _AttendingChoice(config, len(LENGTH_TOKENS), dropout)
        self.start_small()

    def forward(self, batch: EventBatch) -> tuple[Tensor, Tensor, Tensor]:
        outputs = self.read(self._embedded(batch))
        newest, known = newest_events(batch.at[batch.note], outputs.shape[1])
        outputs = outputs.flatten(0, 1)
        hidden = outputs[batch.at]
        token, longer = self.token_embedding, self.token_embedding.weight[VOCABULARY.LONGER]
        place = token(batch.place_token) + self.channels_embedded(batch.place_channels)
        state, pitches = self.pitch_choice(hidden[batch.note], place, outputs, newest, known)
        chosen = token(batch.pitch + int(PITCH_TOKENS[0])) + self.channels_embedded(batch.pitch_channels)
        of = batch.length_of
        before = chosen[of] + batch.longer_before[:, None] * longer
        _, lengths = self.length_choice(state[of], before, outputs, newest[of], known[of])
        return self.place_head(hidden), pitches, lengths

    def _names(self) -> dict[str, str]:
        heads = [name for name in self.state_dict() if name.startswith(("pitch_choice.", "length_choice."))]
        names = ComposerNetwork._names(self) | {"place_head": "place_head.weight"}
        return names | {name: name for name in heads}


class _AttendingChoice(nn.Module):
    """One choice: cross-attention with one key and value head, a feed-forward layer, logits."""

    def __init__(self, config: ModelConfig, choices: int, dropout: float) -> None:
        super().__init__()
        dim, self.head_size = config.dim, config.head_size
        self.attention_norm = nn.LayerNorm(dim, bias=False)
        self.query = nn.Linear(dim, config.heads * config.head_size, bias=False)
        self.key = nn.Linear(dim, config.head_size, bias=False)
        self.value = nn.Linear(dim, config.head_size, bias=False)
        self.to_out = nn.Linear(config.heads * config.head_size, dim, bias=False)
        self.feed_norm = nn.LayerNorm(dim, bias=False)
        self.up = nn.Linear(dim, 2 * dim)
        self.down = nn.Linear(2 * dim, dim, bias=False)
        self.norm = nn.LayerNorm(dim, bias=False)
        self.head = nn.Linear(dim, choices, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, state: Tensor, chosen: Tensor, outputs: Tensor, newest: Tensor, known: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The next state [N, dim] and logits [N, choices]. `outputs` [B * E, dim] are the trunk's;
        `newest` and `known` [N, WINDOW] say which of them each choice attends to."""
        state = state + chosen
        query = self.query(self.attention_norm(state)).unflatten(-1, (-1, self.head_size))
        keys, values = self.key(outputs)[newest], self.value(outputs)[newest]
        scores = torch.einsum("nhd,nwd->nhw", query, keys) * self.head_size**-0.5
        shares = scores.masked_fill(~known[:, None], -torch.inf).softmax(-1)
        state = state + self.to_out(torch.einsum("nhw,nwd->nhd", shares, values).flatten(1))
        state = state + self.down(self.dropout(F.gelu(self.up(self.feed_norm(state)))))
        return state, self.head(self.norm(state))


def newest_events(at: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """The newest `WINDOW` events up to each place of `at` int64[N], indices into rows of `length` events
    that are flattened: (indices int64[N, WINDOW], whether that event exists bool[N, WINDOW])."""
    back = torch.arange(WINDOW, device=at.device)
    return (at[:, None] - back).clamp(min=0), back <= (at % length)[:, None]
