"""Training rows as tensors: one step per token for the flat network, one per event for the nested one.

Both kinds of batch hold, for each token to be predicted, the weight of its loss and whether it lies
in the middle bars. So training and evaluation code is the same for both networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from constraints.language.events import SAME_ONSET, Events, events_of
from constraints.language.grammar import CHANNEL_SIZES, ENDING_PART, MIDDLE_PART
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY, Kind
from models.composer.config import ModelConfig, TrainingConfig

# The classes of the nested network's heads: token ids, in the order of the outputs.
_IDS = np.arange(len(VOCABULARY))
PLACE_TOKENS = np.array(
    [VOCABULARY.BAR, VOCABULARY.EOS, SAME_ONSET, *_IDS[VOCABULARY.span(Kind.POSITION)]], np.int64
)
SAME_PLACE = 2  # the index of SAME_ONSET in PLACE_TOKENS
PITCH_TOKENS = _IDS[VOCABULARY.span(Kind.PITCH)]
LENGTH_TOKENS = np.append(_IDS[VOCABULARY.span(Kind.DURATION)], VOCABULARY.LONGER)

_MARKS = np.isin(VOCABULARY.kind, (Kind.END, Kind.BEGIN, Kind.MID))  # inputs only, never predicted
_IS_PITCH = VOCABULARY.kind == Kind.PITCH
_PLACE_OF = np.zeros(len(VOCABULARY), np.int64)  # index of a token in PLACE_TOKENS
_PLACE_OF[PLACE_TOKENS] = np.arange(len(PLACE_TOKENS))

AnyBatch = TypeVar("AnyBatch", "TokenBatch", "EventBatch")


def _moved(batch: AnyBatch, device: torch.device) -> AnyBatch:
    if device.type == "cpu":
        return batch
    values: dict[str, Any] = {field.name: getattr(batch, field.name) for field in fields(batch)}
    moved: dict[str, Any] = {
        name: value.to(device) for name, value in values.items() if isinstance(value, Tensor)
    }
    return replace(batch, **moved)


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """Rows padded to one length; L is one less than the longest row.

    tokens int64[B, L], channels int64[B, L, C], targets int64[B, L] (the next tokens), weights
    float32[B, L] of the targets' losses, middle bool[B, L] (the target is in the middle bars), notes int64[B]
    (in the middle of each row). `real_tokens` counts the tokens without padding.
    """

    tokens: Tensor
    channels: Tensor
    targets: Tensor
    weights: Tensor
    middle: Tensor
    notes: Tensor
    real_tokens: int

    def to(self, device: torch.device) -> TokenBatch:
        return _moved(self, device)


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Rows of events padded to one length E, and the prediction targets, token by token.

    places, pitches, longer, durations   int64[B, E]: the input events (token ids; longer: a count),
                  see `constraints.language.events`
    channels      int64[B, E, C], side channels of each event's last token
    at            int64[P]: indices into the flattened [B * E] after which an event is predicted
    place         int64[P]: index in PLACE_TOKENS of the predicted event's first token
    note          int64[N]: which of those P events are notes
    place_token, place_channels   int64[N], int64[N, C]: the notes' place, an input of the next head
    pitch, pitch_channels         int64[N], int64[N, C]: index in PITCH_TOKENS, and its channels
    length_of     int64[D]: the note (index among the N) of each LONGER and Duration
    longer_before int64[D]: how many LONGERs precede it in that note
    length        int64[D]: index in LENGTH_TOKENS
    weights, middle   float32 and bool [P + N + D], in this order
    rows          int64[P + N + D]: the row of each of them
    notes int64[B]: number of notes in the middle of each row
    real_tokens   number of tokens without padding
    """

    places: Tensor
    pitches: Tensor
    longer: Tensor
    durations: Tensor
    channels: Tensor
    at: Tensor
    place: Tensor
    note: Tensor
    place_token: Tensor
    place_channels: Tensor
    pitch: Tensor
    pitch_channels: Tensor
    length_of: Tensor
    longer_before: Tensor
    length: Tensor
    weights: Tensor
    middle: Tensor
    rows: Tensor
    notes: Tensor
    real_tokens: int

    def to(self, device: torch.device) -> EventBatch:
        return _moved(self, device)


Batch = TokenBatch | EventBatch


def batch_of(rows: Sequence[Encoded], training: TrainingConfig, model: ModelConfig) -> Batch:
    """The batch of encoded phrases, padded on the right, for a network of shape `model`."""
    return event_batch(rows, training) if model.nested else token_batch(rows, training)


def without_plan(batch: Batch) -> Batch:
    """The batch without the channels of plans."""
    columns = {
        field.name: getattr(batch, field.name)[..., : len(CHANNEL_SIZES)]
        for field in fields(batch)
        if field.name.endswith("channels")
    }
    return replace(batch, **columns)


def token_batch(rows: Sequence[Encoded], training: TrainingConfig) -> TokenBatch:
    """A batch with one step per token."""
    length = max(len(row.tokens) for row in rows) - 1
    shape = (len(rows), length)
    tokens = np.full(shape, VOCABULARY.PAD, np.int64)
    targets = np.full(shape, VOCABULARY.PAD, np.int64)
    rows = _equally_wide(rows)
    channels = np.zeros((*shape, rows[0].channels.shape[1]), np.int64)
    weights = np.zeros(shape, np.float32)
    middle = np.zeros(shape, np.bool_)
    for index, row in enumerate(rows):
        count = len(row.tokens) - 1
        tokens[index, :count] = row.tokens[:-1]
        targets[index, :count] = row.tokens[1:]
        channels[index, :count] = row.channels[:-1]
        weights[index, :count] = token_weights(row, training)[1:]
        middle[index, :count] = in_middle(row)[1:]
    return TokenBatch(
        torch.from_numpy(tokens),
        torch.from_numpy(channels),
        torch.from_numpy(targets),
        torch.from_numpy(weights),
        torch.from_numpy(middle),
        middle_notes(rows),
        real_tokens=sum(len(row.tokens) - 1 for row in rows),
    )


def event_batch(rows: Sequence[Encoded], training: TrainingConfig) -> EventBatch:
    """A batch with one step per event."""
    all_events = [events_of(row.tokens) for row in rows]
    length = max(map(len, all_events)) - 1
    read = np.zeros((4, len(rows), length), np.int64)
    rows = _equally_wide(rows)
    channels = np.zeros((len(rows), length, rows[0].channels.shape[1]), np.int64)
    parts = []
    for index, (row, events) in enumerate(zip(rows, all_events, strict=True)):
        count = len(events) - 1
        columns = (events.place, events.pitch, events.longer, events.duration)
        read[:, index, :count] = [column[:-1] for column in columns]
        channels[index, :count] = row.channels[events.last[:-1]]
        part = _targets(row, events, training)
        part["at"] += index * length
        part["rows"] = np.full(len(part["weights"]), index)
        parts.append(part)
    _count_on(parts, "note", "at")
    _count_on(parts, "length_of", "pitch")
    joined: dict[str, Any] = {
        name: torch.from_numpy(np.concatenate([part[name] for part in parts])) for name in parts[0]
    }
    # The order of the losses: all places, then all pitches, then all lengths.
    order = torch.from_numpy(np.argsort(np.concatenate([part["step"] for part in parts]), kind="stable"))
    del joined["step"]
    for name in ("weights", "middle", "rows"):
        joined[name] = joined[name][order]
    places, pitches, longer, durations = map(torch.from_numpy, read)
    return EventBatch(
        places,
        pitches,
        longer,
        durations,
        channels=torch.from_numpy(channels),
        **joined,
        notes=middle_notes(rows),
        real_tokens=sum(len(row.tokens) - 1 for row in rows),
    )


def _equally_wide(rows: Sequence[Encoded]) -> list[Encoded]:
    """The rows padded with zeros to the same number of channels. Rows without a plan have fewer."""
    widest = max(row.channels.shape[1] for row in rows)
    return [
        row
        if row.channels.shape[1] == widest
        else replace(row, channels=np.pad(row.channels, ((0, 0), (0, widest - row.channels.shape[1]))))
        for row in rows
    ]


def _targets(row: Encoded, events: Events, training: TrainingConfig) -> dict[str, NDArray[Any]]:
    """The prediction targets of one row, under the names of `EventBatch`, with indices within the row."""
    weight, middle = token_weights(row, training), in_middle(row)
    target = np.flatnonzero(weight[events.first] > 0)
    note = np.flatnonzero(events.is_note[target])
    event = target[note]
    same = events.place[event] == SAME_ONSET
    pitch_at = events.first[event] + ~same
    longer = events.longer[event]
    length_of = np.repeat(np.arange(len(event)), longer + 1)
    longer_before = np.arange(len(length_of)) - np.repeat(np.cumsum(longer + 1) - longer - 1, longer + 1)
    length = np.where(
        longer_before < longer[length_of],
        len(LENGTH_TOKENS) - 1,
        events.duration[event][length_of] - LENGTH_TOKENS[0],
    )
    token_of = np.concatenate([events.first[target], pitch_at, pitch_at[length_of]])
    return {
        "at": target - 1,
        "place": _PLACE_OF[events.place[target]],
        "note": note,
        "place_token": events.place[event],
        "place_channels": _wide(row.channels[np.where(same, events.last[event - 1], events.first[event])]),
        "pitch": events.pitch[event] - PITCH_TOKENS[0],
        "pitch_channels": _wide(row.channels[pitch_at]),
        "length_of": length_of,
        "longer_before": longer_before,
        "length": length,
        "weights": weight[token_of],
        "middle": middle[token_of],
        "step": np.repeat([0, 1, 2], [len(target), len(event), len(length)]),
    }


def _count_on(parts: Sequence[dict[str, NDArray[Any]]], name: str, among: str) -> None:
    """Shift indices within each row's `among` to indices within the batch, in place."""
    before = 0
    for part in parts:
        part[name] += before
        before += len(part[among])


def _wide(channels: NDArray[np.int16]) -> NDArray[np.int64]:
    return channels.astype(np.int64)


def token_weights(row: Encoded, training: TrainingConfig) -> NDArray[np.float32]:
    """float32[L]: the weight of each token's loss; 0 for the header and the marks END, BEGIN and MID."""
    given, wanted = training.given_weight, training.middle_weight
    weights = np.array([0.0, given, given, wanted], np.float32)[row.part]
    if row.part[row.tokens == VOCABULARY.BAR].min(initial=MIDDLE_PART) == ENDING_PART:
        weights[(row.part == MIDDLE_PART) & (row.channels[:, 1] == 1)] *= training.last_bar_weight
    weights[_MARKS[row.tokens]] = 0.0
    return weights


def in_middle(row: Encoded) -> NDArray[np.bool_]:
    """bool[L]: true for the tokens of the middle bars, EOS included."""
    return (row.part == MIDDLE_PART) & ~_MARKS[row.tokens]


def middle_notes(rows: Sequence[Encoded]) -> Tensor:
    """int64[B]: the number of notes in the middle bars of each row."""
    return torch.tensor([int((_IS_PITCH[row.tokens] & in_middle(row)).sum()) for row in rows])
