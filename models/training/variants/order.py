"""Nested networks that choose place, pitch and length in another order.

Each event's probability is the product of the same three choices, so their bits per note compare with those
of `models.composer.network.NestedNetwork` (place, pitch, length). A choice reads only what is chosen before
it: the side channels after a Position need the place, those after a Pitch need place and pitch.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from constraints.language.vocabulary import VOCABULARY
from models.composer.batch import LENGTH_TOKENS, PITCH_TOKENS, PLACE_TOKENS, SAME_PLACE, Batch, EventBatch
from models.composer.config import ModelConfig
from models.composer.network import Choice, ComposerNetwork, NestedNetwork, choice_losses


class LengthBeforePitch(NestedNetwork):
    """Place, then length, then pitch."""

    def choices(self, hidden: Tensor, batch: EventBatch) -> tuple[Tensor, Tensor, Tensor]:
        token, longer = self.token_embedding, self.token_embedding.weight[VOCABULARY.LONGER]
        of, before = batch.length_of, batch.longer_before[:, None]
        place = token(batch.place_token) + self.channels_embedded(batch.place_channels)
        state, lengths = self.length(hidden[batch.note][of], place[of] + before * longer)
        last = durations_of(batch)
        chosen = token(batch.length[last] + int(LENGTH_TOKENS[0])) + before[last] * longer
        _, pitches = self.pitch(state[last], chosen)
        return self.place_head(hidden), pitches, lengths

    def _names(self) -> dict[str, str]:
        return {f"length_before_{plain}": name for plain, name in super()._names().items()}


class PitchBeforePlace(NestedNetwork):
    """Pitch (or a BAR, or the end), then place, then length."""

    def __init__(
        self, config: ModelConfig, vocabulary_size: int, channel_sizes: Sequence[int], dropout: float = 0.0
    ) -> None:
        super().__init__(config, vocabulary_size, channel_sizes, dropout)
        del self.place_head, self.pitch
        self.first_head = nn.Linear(config.dim, SAME_PLACE + len(PITCH_TOKENS), bias=False)
        self.place = Choice(config.dim, len(PLACE_TOKENS) - SAME_PLACE, dropout)
        self.start_small()

    def choices(self, hidden: Tensor, batch: EventBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of BAR, EOS and the pitches [P, 56], of the notes' places [N, 193] and lengths [D, 193]."""
        token, longer = self.token_embedding, self.token_embedding.weight[VOCABULARY.LONGER]
        state, places = self.place(hidden[batch.note], token(batch.pitch + int(PITCH_TOKENS[0])))
        chosen = token(batch.place_token) + self.channels_embedded(batch.pitch_channels)
        of = batch.length_of
        _, lengths = self.length(state[of], chosen[of] + batch.longer_before[:, None] * longer)
        return self.first_head(hidden), places, lengths

    def losses(self, batch: Batch) -> Tensor:
        assert isinstance(batch, EventBatch)
        _, of_notes, _ = batch.weights.split([len(batch.place), len(batch.pitch), len(batch.length)])
        real = of_notes > 0  # the others are padding
        first = batch.place.index_put((batch.note[real],), batch.pitch[real] + SAME_PLACE)
        places = (batch.place[batch.note] - SAME_PLACE).clamp(min=0)
        return choice_losses(self(batch), (first, places, batch.length))

    def _names(self) -> dict[str, str]:
        heads = [name for name in self.state_dict() if name.startswith(("first_head", "place.", "length."))]
        return ComposerNetwork._names(self) | {name: name for name in heads}


def durations_of(batch: EventBatch) -> Tensor:
    """int64[N]: the index of each note's Duration, with which its length ends, among the D lengths; 0 for
    padding."""
    counts = [len(batch.place), len(batch.pitch), len(batch.length)]
    real = batch.weights.split(counts)[2] > 0
    ends = (real & (batch.length < len(LENGTH_TOKENS) - 1)).nonzero().flatten()
    return torch.zeros_like(batch.note).index_put((batch.length_of[ends],), ends)
