"""The network that writes plans: a GRU over bars, whose fields are chosen in turn.

A bar is seven choices (`constraints.language.plan_codes.BAR_SIZES`), in the order relation, distance, steps,
first chord, second chord, density, register. Each choice depends on the previous ones and, once the relation
is chosen, on the row of the related bar. The GRU reads the previous bar, the first bar of the ending,
composer, meter, mode, and the distance to the ending. Chords are relative to the key, so a
transposition changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from constraints.language.plan_codes import (
    BAR_SIZES,
    DENSITY,
    DISTANCE,
    DISTANCES,
    FIRST,
    REGISTER,
    RELATION,
    SECOND,
    STEPS,
    WIDEST_STEPS,
    PlanCodes,
    distance_code,
)
from constraints.language.vocabulary import COMPOSER_NAMES
from violin.challenge import MAX_BARS, METERS
from violin.music import Meter
from violin.plan import Relation

ORDER = (RELATION, DISTANCE, STEPS, FIRST, SECOND, DENSITY, REGISTER)
WIDTH = 128
_NEW = 1 + tuple(Relation).index(Relation.NEW)
_SEQUENCE = 1 + tuple(Relation).index(Relation.SEQUENCE)
_NO_STEPS = WIDEST_STEPS + 1  # the code of a sequence by 0 steps, which does not exist
_CONTEXT_SIZES = (len(COMPOSER_NAMES) + 1, len(METERS), 2, MAX_BARS + 1, MAX_BARS + 1)
_EXCLUDED = -1e9


@dataclass(frozen=True, slots=True)
class PlanBatch:
    """N plans, padded with zeros to 16 bars: all int64 except `may_relate`.

    rows       [N, 16, 7] the codes of `PlanCodes.bars`
    ending     [N, 7] the row of the ending's first bar, zeros without an ending
    context    [N, 16, 5] composer (null: 9), meter, mode, bars up to the ending, index of the bar
    is_middle  [N, 16] 1 for the bars of the middle
    may_relate [N, 16, 31] bool: the distances of the bars that each bar may relate to
    """

    rows: Tensor
    ending: Tensor
    context: Tensor
    is_middle: Tensor
    may_relate: Tensor

    def some(self, at: Tensor | slice) -> PlanBatch:
        """The plans at some indices."""
        return PlanBatch(*(getattr(self, field.name)[at] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class PlanTask:
    """A plan to learn or to complete, and the network's other inputs. `composer` is a slug, "other" or
    None."""

    codes: PlanCodes
    beginning_bars: int
    ending_bars: int
    meter: Meter
    composer: str | None


def plan_batch(tasks: Sequence[PlanTask]) -> PlanBatch:
    """The batch of some tasks."""
    count = len(tasks)
    rows = np.zeros((count, MAX_BARS, len(BAR_SIZES)), np.int64)
    ending = np.zeros((count, len(BAR_SIZES)), np.int64)
    context = np.zeros((count, MAX_BARS, len(_CONTEXT_SIZES)), np.int64)
    is_middle = np.zeros((count, MAX_BARS), np.int64)
    may_relate = np.zeros((count, MAX_BARS, DISTANCES), bool)
    for index, task in enumerate(tasks):
        bars = len(task.codes.bars)
        first_given = bars - task.ending_bars
        rows[index, :bars] = task.codes.bars
        if task.ending_bars:
            ending[index] = task.codes.bars[first_given]
        composer = len(COMPOSER_NAMES) if task.composer is None else COMPOSER_NAMES.index(task.composer)
        context[index, :, :3] = composer, METERS.index(task.meter), task.codes.minor
        context[index, :, 3] = np.clip(first_given - np.arange(MAX_BARS), 0, MAX_BARS)
        context[index, :, 4] = np.arange(MAX_BARS)
        is_middle[index, task.beginning_bars : first_given] = 1
        for bar in range(first_given):
            others = (*range(bar), *range(first_given, bars))
            may_relate[index, bar, [distance_code(bar, other) for other in others]] = True
    return PlanBatch(*map(torch.from_numpy, (rows, ending, context, is_middle, may_relate)))


class PlanNetwork(nn.Module):
    """The network of the module docstring. `forward` gives the log-probability of each bar's row, float32[N,
    16]."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()

        def tables(sizes: Sequence[int]) -> nn.ModuleList:
            return nn.ModuleList(nn.Embedding(size, width) for size in sizes)

        self.before, self.related, self.ending, self.chosen = (tables(BAR_SIZES) for _ in range(4))
        self.context = tables(_CONTEXT_SIZES)
        self.gru = nn.GRU(width, width, batch_first=True)
        self.inner = nn.ModuleList(nn.Linear(width, width) for _ in BAR_SIZES)
        self.out = nn.ModuleList(nn.Linear(width, size) for size in BAR_SIZES)
        for name, parameter in self.named_parameters():
            if not name.startswith(("gru", "inner", "out")):
                nn.init.normal_(parameter, std=0.1)

    def forward(self, batch: PlanBatch) -> Tensor:
        before = F.pad(batch.rows, (0, 0, 1, 0))[:, :-1]
        state, _ = self.gru(self.gru_input(before, batch.ending[:, None], batch.context))
        bar = batch.context[..., 4]
        at = related_bars(bar, batch.rows[..., DISTANCE])
        related = batch.rows.gather(1, at[..., None].expand_as(batch.rows))
        total = torch.zeros(bar.shape, device=state.device)
        for column in ORDER:
            choice = batch.rows[..., column]
            logits = self.logits(column, state, batch.may_relate).log_softmax(-1)
            of_choice = logits.gather(-1, choice[..., None])[..., 0]
            total = total + torch.where(self.is_open(column, batch.rows), of_choice, 0.0)
            state = self.taken(column, state, choice, related)
        return total

    def gru_input(self, before: Tensor, ending: Tensor, context: Tensor) -> Tensor:
        """The GRU's input float32[..., width] from the row before, the ending's row and the context."""
        parts = ((self.before, before), (self.ending, ending), (self.context, context))
        return cast(Tensor, sum(_embedded(tables, codes) for tables, codes in parts))

    def logits(self, column: int, state: Tensor, may_relate: Tensor) -> Tensor:
        """Logits float32[..., codes] of a field of some bars, the illegal ones excluded; `may_relate`
        bool[..., 31] as in `PlanBatch`."""
        logits: Tensor = self.out[column](F.gelu(self.inner[column](state)))
        code = torch.arange(logits.shape[-1], device=logits.device)
        legal = code > 0
        if column == RELATION:
            legal = legal & ((code == _NEW) | may_relate.any(-1, keepdim=True))
        elif column == DISTANCE:
            legal = may_relate
        elif column == STEPS:
            legal = legal & (code != _NO_STEPS)
        return logits.masked_fill(~legal, _EXCLUDED)

    @staticmethod
    def is_open(column: int, rows: Tensor) -> Tensor:
        """bool[...]: whether the relation of a row int64[..., 7] leaves its field `column` to be chosen."""
        relation = rows[..., RELATION]
        if column == DISTANCE:
            return relation != _NEW
        return relation == _SEQUENCE if column == STEPS else torch.ones_like(relation, dtype=torch.bool)

    def taken(self, column: int, state: Tensor, choice: Tensor, related: Tensor) -> Tensor:
        """The state after a choice; after the steps, with the row of the related bar as well."""
        state = state + self.chosen[column](choice)
        if column == DISTANCE:
            state = state + _embedded(self.related, related) * (choice > 0)[..., None]
        return state


def related_bars(bar: Tensor, distance: Tensor) -> Tensor:
    """int64[...]: the indices of the bars at some distances, within 0 to 15; the bar itself at distance 0."""
    other = torch.where(
        distance < MAX_BARS, bar - distance, bar + distance - (MAX_BARS - 1)
    )  # as `other_bar`
    return other.clamp(0, MAX_BARS - 1)


@torch.no_grad()
def plan_bits(network: PlanNetwork, batch: PlanBatch) -> NDArray[np.float64]:
    """float64[N]: the bits of each plan's bars of the middle."""
    nats = -(network.eval()(batch).double() * batch.is_middle).sum(1)
    return np.asarray(nats.numpy() / np.log(2))


def _embedded(tables: nn.ModuleList, codes: Tensor) -> Tensor:
    """The sum of the embeddings float32[..., width] of int64[..., T], one table each."""
    weights = [cast(Tensor, table.weight) for table in tables]
    firsts = torch.tensor([0, *[len(weight) for weight in weights[:-1]]], device=codes.device).cumsum(0)
    summed = F.embedding_bag((codes + firsts).flatten(0, -2), torch.cat(weights), mode="sum")
    return summed.view(*codes.shape[:-1], -1)
