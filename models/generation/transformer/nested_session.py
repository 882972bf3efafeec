"""Batch generation with the nested model, token by token within an event.

A row whose event is complete waits until the events of all rows are complete. Then all rows take
one step of the layers together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from constraints.language.events import SAME_ONSET, Events, events_of
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY, Kind
from models.generation.sampling import Logits
from models.generation.transformer.nested_model import CachedNestedModel
from models.generation.transformer.rows import CachedRows, by_row

Ints = NDArray[np.int64]


class NestedSession:
    """Rows of the nested network; see `models.generation.sampling.Session`.

    `_state` float32[twins, N, dim] is the layers' output for the last complete event;
    `_pitch_state` is the state after the place of the current note.
    """

    def __init__(self, model: CachedNestedModel, prompts: Sequence[Encoded], guidance: float) -> None:
        self._model, self._prompts = model, prompts
        self._events = [events_of(prompt.tokens) for prompt in prompts]
        self._rows = CachedRows(model.trunk, [len(events) for events in self._events], guidance)
        rows = len(prompts)
        self.ready: NDArray[np.bool_] = np.ones(rows, np.bool_)
        self._complete = np.ones(rows, np.bool_)
        self._place = np.full(rows, SAME_ONSET)  # the current event, or the last complete one
        self._pitch, self._longer, self._duration = (np.zeros(rows, np.int64) for _ in range(3))
        self._channels = np.stack([prompt.channels[-1] for prompt in prompts])
        self._pitch_channels = self._channels.copy()

    def first_logits(self) -> Logits:
        def embedded(prompt: Encoded) -> Tensor:
            events = events_of(prompt.tokens)
            return self._model.events_embedded(events, prompt.channels[events.last])

        self._state = self._model.normed(self._rows.read(self._prompts, embedded))
        self._pitch_state = torch.zeros_like(self._state)
        return self._placed(np.arange(len(self._prompts)))

    def next_logits(self, tokens: Ints, channels: NDArray[np.int16], active: NDArray[np.bool_]) -> Logits:
        rows = np.flatnonzero(active)
        kind = VOCABULARY.kind[tokens]
        drawn = rows[self.ready[rows]]
        self._channels[drawn] = channels[drawn]
        self._take(drawn, tokens, kind)
        found = np.full((len(active), len(VOCABULARY)), -np.inf, np.float32)
        inside = rows[~self._complete[rows]]
        self.ready[:] = False
        if len(inside):
            self.ready[inside] = True
            opened = inside[kind[inside] == Kind.POSITION]
            if len(opened):
                self._pitch_state[:, opened] = self._after_place(opened)
                found[opened] = self._pitches(opened)
            struck = inside[kind[inside] != Kind.POSITION]
            if len(struck):
                found[struck] = self._lengths(struck)
            return found
        self.ready[rows] = True
        columns = (self._place[rows], self._pitch[rows], self._longer[rows], self._duration[rows])
        events = Events(*columns, first=rows, last=rows)
        embedded = self._model.events_embedded(events, self._channels[rows])
        self._state[:, rows] = self._model.normed(self._rows.step(rows, embedded))
        found[rows] = self._placed(rows)
        return found

    def _take(self, rows: Ints, tokens: Ints, kind: Ints) -> None:
        """Extend the current event of some rows by their newest tokens."""
        token, is_kind = tokens[rows], kind[rows]
        begins = rows[self._complete[rows]]
        self._place[begins] = np.where(kind[begins] == Kind.PITCH, SAME_ONSET, tokens[begins])
        self._pitch[begins] = self._longer[begins] = self._duration[begins] = 0
        struck, ends = rows[is_kind == Kind.PITCH], rows[is_kind == Kind.DURATION]
        self._pitch[struck] = tokens[struck]
        self._pitch_channels[struck] = self._channels[struck]
        self._longer[rows[is_kind == Kind.LONGER]] += 1
        self._duration[ends] = tokens[ends]
        self._complete[rows] = (token == VOCABULARY.BAR) | (is_kind == Kind.DURATION)

    def _placed(self, rows: Ints) -> Logits:
        """The logits after complete events, including pitches at the same onset."""
        after_note = self._tensor(self._duration[rows] > 0)
        self._place[rows] = SAME_ONSET
        self._pitch_state[:, rows] = self._after_place(rows)
        return self._guided_logits(
            [
                by_row(self._model.place_logits, state[rows], after_note, pitch_state[rows])
                for state, pitch_state in zip(self._state, self._pitch_state, strict=True)
            ]
        )

    def _after_place(self, rows: Ints) -> Tensor:
        place, channels = self._tensor(self._place[rows]), self._tensor(self._channels[rows])
        return torch.stack(
            [by_row(self._model.pitch_state, state[rows], place, channels) for state in self._state]
        )

    def _pitches(self, rows: Ints) -> Logits:
        return self._guided_logits(
            [by_row(self._model.pitch_logits, state[rows]) for state in self._pitch_state]
        )

    def _lengths(self, rows: Ints) -> Logits:
        chosen = [self._tensor(column[rows]) for column in (self._pitch, self._pitch_channels, self._longer)]
        return self._guided_logits(
            [by_row(self._model.length_logits, state[rows], *chosen) for state in self._pitch_state]
        )

    def _tensor(self, column: NDArray[Any]) -> Tensor:
        if column.dtype == np.int16:
            column = column.astype(np.int64)
        return torch.from_numpy(column).to(self._model.trunk.device)

    def _guided_logits(self, twins: Sequence[Tensor]) -> Logits:
        both = torch.stack(list(twins))
        guided = torch.where(both[0].isinf(), both[0], self._rows.guided(both))
        logits: Logits = guided.cpu().numpy()
        return logits
