"""The nested model: one step of the layers per event, whose tokens three heads choose in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from constraints.language.events import Events, events_of
from constraints.language.grammar import MIDDLE_PART
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY
from models.composer.batch import (
    LENGTH_TOKENS,
    PITCH_TOKENS,
    PLACE_TOKENS,
    SAME_PLACE,
    EventBatch,
    event_batch,
)
from models.composer.config import ModelConfig, TrainingConfig
from models.generation.transformer.trunk import CachedTrunk

_EXCLUDED = float("-inf")
_LEAST_LOG = -1e4  # instead of -inf, whose product with 0 is not a number


class Choice(NamedTuple):
    """A head conditioned on the previous choice, as trained in `models.composer.network`. The
    norm's gain is folded into the head."""

    up_state: Tensor
    up_chosen: Tensor
    up_bias: Tensor
    down: Tensor
    head: Tensor

    def next_state(self, state: Tensor, chosen: Tensor) -> Tensor:
        """float32[N, dim]: the state updated with the previous choice."""
        inner = F.linear(state, self.up_state, self.up_bias) + F.linear(chosen, self.up_chosen)
        return state + F.linear(F.gelu(inner), self.down)

    def logits(self, state: Tensor) -> Tensor:
        """float32[N, choices] from a state of `next_state`."""
        return F.linear(F.layer_norm(state, state.shape[-1:]), self.head)


class MiddleReading(NamedTuple):
    """The C choices that one row's middle consists of, and the S events that were read there.

    nats       float64[C]: the surprise of what was chosen
    entropy    float64[C]: its expectation
    field      int64[C]: 0 a place or the close, 1 a pitch, 2 a length
    bar        int64[C]: the bar, from 1; the close is in the last one
    states     float64[S, dim]: the network's state after each event
    state_bar  int64[S]: the event's bar
    """

    nats: NDArray[np.float64]
    entropy: NDArray[np.float64]
    field: NDArray[np.int64]
    bar: NDArray[np.int64]
    states: NDArray[np.float64]
    state_bar: NDArray[np.int64]


class CachedNestedModel:
    """The weights of a `NestedNetwork`, prepared for decoding. With `int8` the layers' products are
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
        tensors = {name: tensor.to(self.trunk.device, torch.float32) for name, tensor in weights.items()}
        self.place_head = tensors["place_head"]
        self.pitch, self.length = (_choice(tensors, name, config.dim) for name in ("pitch", "length"))
        self._longer = self.trunk.token_embedding[VOCABULARY.LONGER]

    def events_embedded(self, events: Events, channels: NDArray[np.int16]) -> Tensor:
        """float32[E, dim] of some events; int16[E, C] are the channels of their last tokens."""
        device = self.trunk.device
        place, pitch, longer, duration = (
            torch.from_numpy(column).to(device)
            for column in (events.place, events.pitch, events.longer, events.duration)
        )
        token = self.trunk.token_embedding
        note = token[pitch] + token[duration] + longer[:, None] * self._longer
        wide = torch.from_numpy(channels.astype(np.int64)).to(device)
        return self.trunk.embedded(place, wide) + note * (pitch > 0)[:, None]

    def normed(self, read: Tensor) -> Tensor:
        """The input of the heads: the layers' output, normalised."""
        return read * self.trunk.final_norm

    @torch.no_grad()
    def place_logits(self, state: Tensor, after_note: Tensor, pitch_state: Tensor) -> Tensor:
        """float32[N, V], normalised: log-probabilities of the next BAR, EOS or Position and, after
        a note (bool[N]), of the pitches at the same onset. `pitch_state` is the state after
        SAME_ONSET."""
        places = F.linear(state, self.place_head).log_softmax(-1)
        pitches = self.pitch.logits(pitch_state).log_softmax(-1) + places[:, SAME_PLACE, None]
        found = places.new_full((len(places), len(VOCABULARY)), _EXCLUDED)
        found[:, PLACE_TOKENS] = places
        found[:, PLACE_TOKENS[SAME_PLACE]] = _EXCLUDED
        found[:, PITCH_TOKENS] = pitches.masked_fill(~after_note[:, None], _EXCLUDED)
        return found

    @torch.no_grad()
    def pitch_state(self, state: Tensor, place: Tensor, channels: Tensor) -> Tensor:
        """The state after a Position or SAME_ONSET, int64[N], with its channels int64[N, C]."""
        return self.pitch.next_state(state, self.trunk.embedded(place, channels))

    @torch.no_grad()
    def pitch_logits(self, pitch_state: Tensor) -> Tensor:
        """float32[N, V]: the pitch of an onset's first note."""
        return _spread(self.pitch.logits(pitch_state), PITCH_TOKENS)

    @torch.no_grad()
    def length_logits(self, pitch_state: Tensor, pitch: Tensor, channels: Tensor, longer: Tensor) -> Tensor:
        """float32[N, V]: LONGER or the Duration, after `longer` LONGERs, int64[N]."""
        chosen = self.trunk.embedded(pitch, channels) + longer[:, None] * self._longer
        return _spread(self.length.logits(self.length.next_state(pitch_state, chosen)), LENGTH_TOKENS)

    @torch.no_grad()
    def middle_nats(self, rows: Sequence[Encoded]) -> Tensor:
        """float64[B]: negative log-likelihood of each row's middle bars, in nats."""
        batch, states = self._read(rows)
        steps = self._choices(batch, states)
        losses = torch.cat([F.cross_entropy(*step, reduction="none") for step in steps]).double()
        return torch.zeros(len(rows), dtype=torch.float64, device=losses.device).index_add_(
            0, batch.rows, losses * batch.middle
        )

    @torch.no_grad()
    def middle_reading(self, row: Encoded) -> MiddleReading:
        """The choices and states of a row's middle bars."""
        batch, states = self._read([row])
        steps = self._choices(batch, states)
        logs = [logits.log_softmax(-1).double() for logits, _ in steps]
        chosen = [log.gather(1, step[1][:, None])[:, 0] for log, step in zip(logs, steps, strict=True)]
        entropy = torch.cat([-(log.exp() * log.clamp(min=_LEAST_LOG)).sum(-1) for log in logs])
        field = torch.repeat_interleave(torch.tensor([len(log) for log in logs]))
        at = torch.cat([batch.at, batch.at[batch.note], batch.at[batch.note][batch.length_of]])
        last = events_of(row.tokens).last
        bar = row.channels[last, 0].astype(np.int64)
        some = batch.middle.cpu().numpy()
        in_middle = np.flatnonzero(row.part[last[:-1]] == MIDDLE_PART)
        return MiddleReading(
            -torch.cat(chosen).cpu().numpy()[some],
            entropy.cpu().numpy()[some],
            field.numpy()[some],
            bar[at.cpu().numpy()[some] + 1],
            states[0].double().cpu().numpy()[in_middle],
            bar[in_middle],
        )

    def _read(self, rows: Sequence[Encoded]) -> tuple[EventBatch, Tensor]:
        """The batch of some rows, and the state after each of its events, float32[B, E, dim]."""
        batch = event_batch(rows, TrainingConfig()).to(self.trunk.device)
        embedded = torch.zeros(*batch.places.shape, self.config.dim, device=self.trunk.device)
        for index, row in enumerate(rows):
            events = events_of(row.tokens)
            embedded[index, : len(events) - 1] = self.events_embedded(events, row.channels[events.last])[:-1]
        return batch, self.normed(self.trunk.sequence(embedded))

    def _choices(self, batch: EventBatch, states: Tensor) -> tuple[tuple[Tensor, Tensor], ...]:
        """The logits and the chosen class of each place, pitch and length."""
        state = states.flatten(0, 1)[batch.at]
        pitch_state = self.pitch_state(state[batch.note], batch.place_token, batch.place_channels)
        of = batch.length_of
        pitch = batch.pitch + int(PITCH_TOKENS[0])
        lengths = self.length_logits(
            pitch_state[of], pitch[of], batch.pitch_channels[of], batch.longer_before
        )
        return (
            (F.linear(state, self.place_head), batch.place),
            (self.pitch.logits(pitch_state), batch.pitch),
            (lengths[:, LENGTH_TOKENS], batch.length),
        )


def _choice(tensors: Mapping[str, Tensor], name: str, dim: int) -> Choice:
    up = tensors[f"{name}.up"]
    return Choice(
        up[:, :dim].contiguous(),
        up[:, dim:].contiguous(),
        tensors[f"{name}.up_bias"],
        tensors[f"{name}.down"],
        tensors[f"{name}.head"] * tensors[f"{name}.norm"],
    )


def _spread(logits: Tensor, tokens: NDArray[np.int64]) -> Tensor:
    """Normalised logits of some tokens, spread over the whole vocabulary."""
    found = logits.new_full((len(logits), len(VOCABULARY)), _EXCLUDED)
    found[:, tokens] = logits.log_softmax(-1)
    return found
