"""Draws the bars of many plans at once, one field after the other.

Each draw is one row of every matrix product. The rows of a product are a multiple of `ROW_MULTIPLE`, so a
draw is the same, bit by bit, whatever is drawn beside it (see `models.generation.transformer.trunk`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from constraints.language.plan_codes import DISTANCE, DISTANCES, RELATION
from models.planning.network import ORDER, PlanBatch, PlanNetwork, PlanTask, plan_batch, related_bars
from violin.plan import Relation

ROW_MULTIPLE = 16
_MOST_ROWS = 1024  # of a batch: larger batches are not faster

# Added to the logits of relations and distances before the temperature; fitted on validation works. The
# composer also repeats bars and rhythms that no plan names. So plans name fewer of them, and more varied
# bars; the composed bars then relate to each other nearly as often as human ones.
_NATS = {Relation.SAME: -0.4, Relation.VARIED: 0.4, Relation.SEQUENCE: -0.1, Relation.RHYTHM: -0.35}
_RELATION_NATS = torch.tensor([0.0, *(_NATS.get(relation, 0.0) for relation in Relation)])
_DISTANCE_NATS = torch.zeros(DISTANCES).index_fill(0, torch.tensor([1]), -0.5)  # the bar before


def draw_plans(
    network: PlanNetwork,
    tasks: Sequence[PlanTask],
    chances: Sequence[NDArray[np.float64]],
    temperature: float,
) -> list[NDArray[np.int16]]:
    """For each task its bars int16[draws, bars, 7], with every 0 of the middle drawn. `chances` holds
    random numbers for each task, float64[middle bars, 7, draws] in the order of `ORDER`."""
    ends = np.array([len(task.codes.bars) - task.ending_bars for task in tasks])
    found: list[NDArray[np.int16]] = [np.zeros((0, 0, 0), np.int16)] * len(tasks)
    order = np.argsort(-ends, kind="stable").tolist()
    for chunk in _chunks(order, [chance.shape[2] for chance in chances]):
        drawn = _draw_chunk(network, [tasks[at] for at in chunk], [chances[at] for at in chunk], temperature)
        for at, rows in zip(chunk, drawn, strict=True):
            found[at] = rows
    return found


def _chunks(order: Sequence[int], draws: Sequence[int]) -> list[list[int]]:
    chunks: list[list[int]] = []
    rows = _MOST_ROWS
    for at in order:
        if rows + draws[at] > _MOST_ROWS:
            chunks.append([])
            rows = 0
        chunks[-1].append(at)
        rows += draws[at]
    return chunks


@torch.no_grad()
def _draw_chunk(
    network: PlanNetwork,
    tasks: Sequence[PlanTask],
    chances: Sequence[NDArray[np.float64]],
    temperature: float,
) -> list[NDArray[np.int16]]:
    """`draw_plans` of tasks sorted by the first bar of the ending, the last first."""
    draws = [chance.shape[2] for chance in chances]
    of_task = np.repeat(np.arange(len(tasks)), draws)
    first_row = np.cumsum([0, *draws])
    of_task = np.append(of_task, np.repeat(of_task[-1:], -len(of_task) % ROW_MULTIPLE))
    batch = plan_batch(tasks).some(torch.from_numpy(of_task))
    rows = batch.rows
    wanted = rows.clone()
    ends = np.array([len(task.codes.bars) - task.ending_bars for task in tasks])[of_task]
    before = torch.zeros_like(rows[:, 0])
    memory = torch.zeros(1, len(rows), network.gru.hidden_size)
    for bar in range(int(ends.max())):
        count = -(-int((ends > bar).sum()) // ROW_MULTIPLE) * ROW_MULTIPLE
        inputs = network.gru_input(before[:count], batch.ending[:count], batch.context[:count, bar])
        state, memory = network.gru(inputs[:, None], memory[:, :count])
        if batch.is_middle[:count, bar].any():
            chance = np.zeros((len(ORDER), len(rows)))
            for at, (task, numbers) in enumerate(zip(tasks, chances, strict=True)):
                inner = bar - task.beginning_bars
                if 0 <= inner < len(numbers):
                    chance[:, first_row[at] : first_row[at + 1]] = numbers[inner]
            some = replace(batch.some(slice(count)), rows=rows[:count])
            _draw_bar(network, state[:, 0], some, wanted[:count, bar], bar, chance[:, :count], temperature)
        before = rows[:, bar]
    whole = rows.numpy().astype(np.int16)
    return [
        whole[first : first + count, : len(task.codes.bars)]
        for task, first, count in zip(tasks, first_row.tolist(), draws, strict=False)
    ]


def _draw_bar(
    network: PlanNetwork,
    state: Tensor,
    batch: PlanBatch,
    wanted: Tensor,
    bar: int,
    chance: NDArray[np.float64],
    temperature: float,
) -> None:
    """Fill one bar of the rows whose middle has it, in place."""
    rows, drawn = batch.rows, batch.is_middle[:, bar] > 0
    at = torch.full((len(rows),), bar)
    related = torch.zeros_like(wanted)
    for column, numbers in zip(ORDER, chance, strict=True):
        asked = wanted[:, column]
        choice = asked
        if bool((drawn & (asked == 0)).any()):
            logits = network.logits(column, state, batch.may_relate[:, bar])
            if column == RELATION:
                logits = logits + _RELATION_NATS
            elif column == DISTANCE:
                logits = logits + _DISTANCE_NATS
            sampled = _sampled(logits, numbers, temperature)
            choice = torch.where(asked > 0, asked, sampled)
        choice = torch.where(network.is_open(column, rows[:, bar]), choice, 0)
        rows[:, bar, column] = torch.where(drawn, choice, asked)
        if column == DISTANCE:
            related = rows[torch.arange(len(rows)), related_bars(at, choice)]
        state = network.taken(column, state, choice, related)


def _sampled(logits: Tensor, chance: NDArray[np.float64], temperature: float) -> Tensor:
    """int64[N]: one code per row. `chance` float64[N] are the random numbers."""
    cumulative = (logits.double() / temperature).softmax(-1).cumsum(-1)
    return (cumulative > (torch.from_numpy(chance) * cumulative[:, -1])[:, None]).long().argmax(-1)
