"""A recurrent network over events (GRU: Cho et al. 2014), similar to folk-rnn.

It reads interval, length and stop of each event with the degree and the place in the bar, and
predicts the next length, then the interval, then the notes below, each given the previous ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.judge.features.canonical import Line
from models.judge.training.generators.recipe import Recipe
from models.judge.training.negatives.family import Random, Tone, key_found, line_of, outer_bars, split_inner
from models.judge.training.negatives.sampler import Event, events_of_line
from violin.instrument import LOWEST_PITCH

_WIDTH, _SHAPES, _LONGEST, _BATCH, _EPOCHS = 128, 48, 160, 32, 3
_INTERVALS, _REACH = 49, 24
_LENGTHS = (1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 36, 48, 72, 96)
TEMPERATURES = (0.8, 1.0)
_TOP = 100


class _Net(nn.Module):
    def __init__(self, shapes: int) -> None:
        super().__init__()
        self.interval = nn.Embedding(_INTERVALS, _WIDTH)
        self.length = nn.Embedding(len(_LENGTHS), _WIDTH)
        self.shape = nn.Embedding(shapes, _WIDTH)
        self.degree = nn.Embedding(24, _WIDTH)
        self.place = nn.Embedding(2 * 48, _WIDTH)
        self.cell = nn.GRU(_WIDTH, _WIDTH, batch_first=True)
        self.say_length = nn.Linear(_WIDTH, len(_LENGTHS))
        self.say_interval = nn.Linear(_WIDTH, _INTERVALS)
        self.say_shape = nn.Linear(_WIDTH, shapes)

    def read(self, events: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """events int64[B, L, 5] (interval, length, shape, degree, place of the next) -> [B, L, W]."""
        interval, length, shape, degree, place = events.unbind(-1)
        row = self.interval(interval) + self.length(length) + self.shape(shape)
        return self.cell(row + self.degree(degree) + self.place(place), state)

    def losses(self, events: Tensor, known: Tensor) -> Tensor:
        """Mean loss per event of int64[B, L, 5]; `known` bool[B, L]."""
        hidden, _ = self.read(events[:, :-1])
        interval, length, shape = events[:, 1:, 0], events[:, 1:, 1], events[:, 1:, 2]
        with_length = hidden + self.length(length)
        with_interval = with_length + self.interval(interval)
        total = (
            F.cross_entropy(self.say_length(hidden).transpose(1, 2), length, reduction="none")
            + F.cross_entropy(self.say_interval(with_length).transpose(1, 2), interval, reduction="none")
            + F.cross_entropy(self.say_shape(with_interval).transpose(1, 2), shape, reduction="none")
        )
        mask = known[:, 1:]
        return (total * mask).sum() / mask.sum()


class Gru:
    """A trained network at one temperature."""

    def __init__(self, net: _Net, shapes: Sequence[tuple[int, ...]], temperature: float) -> None:
        self._net, self._shapes, self._temperature = net, shapes, temperature

    @torch.no_grad()
    def write(self, lines: Sequence[Line], random: Random) -> list[Line | None]:
        chance = torch.Generator().manual_seed(int(random.integers(2**31)))
        return [self._one(line, random, chance) for line in lines]

    def _one(self, line: Line, random: Random, chance: torch.Generator) -> Line | None:
        first, after = outer_bars(line, random, least=1)
        _, outside = split_inner(line, first, after)
        start, end = first * line.bar_steps, after * line.bar_steps
        before = [event for event in events_of_line(line) if event.onset_steps < start]
        if len(before) < 3:
            return None
        key = key_found(line)
        read = _encoded(before, line, self._shapes, start % line.bar_steps)
        hidden, state = self._net.read(torch.from_numpy(read)[None])
        top, onset = before[-1].top, start
        tones: list[Tone] = []
        while onset < end:
            here = hidden[:, -1]
            length = self._drawn(self._net.say_length(here), chance)
            here = here + self._net.length(torch.tensor([length]))
            interval = self._drawn(self._net.say_interval(here), chance)
            here = here + self._net.interval(torch.tensor([interval]))
            shape = self._drawn(self._net.say_shape(here), chance)
            step = interval - _REACH
            top += step if LOWEST_PITCH <= top + step <= _TOP else -step
            top = min(max(top, LOWEST_PITCH), _TOP)
            ioi = min(_LENGTHS[length], end - onset)
            tones += [Tone(onset, top - below, ioi) for below in (0, *self._shapes[shape])]
            onset += ioi
            place = _place(onset % line.bar_steps, line.bar_steps)
            degree = (top - key.tonic) % 12 + 12 * key.minor
            row = torch.tensor([[[interval, length, shape, degree, place]]])
            hidden, state = self._net.read(row, state)
        return line_of(tones + outside, line)

    def _drawn(self, logits: Tensor, chance: torch.Generator) -> int:
        share = F.softmax(logits[0] / self._temperature, dim=-1)
        return int(torch.multinomial(share, 1, generator=chance))


def _place(steps: int, bar_steps: int) -> int:
    return steps % 48 + 48 * (bar_steps == 36)


def _encoded(
    events: Sequence[Event], line: Line, shapes: Sequence[tuple[int, ...]], last_place: int
) -> np.ndarray:
    """int64[L, 5] of events; the last one's place is where the continuation begins."""
    number = {shape: index for index, shape in enumerate(shapes)}
    key = key_found(line)
    tops = np.array([event.top for event in events])
    interval = np.clip(np.diff(tops, prepend=tops[:1]), -_REACH, _REACH) + _REACH
    ioi = np.array([event.ioi_steps for event in events])
    length = np.abs(np.log2(np.maximum(ioi, 1))[:, None] - np.log2(_LENGTHS)[None]).argmin(axis=1)
    shape = np.array([number.get(event.below, 0) for event in events])
    degree = (tops - key.tonic) % 12 + 12 * key.minor
    onset = [event.onset_steps % line.bar_steps for event in events[1:]] + [last_place]
    place = np.array([_place(steps, line.bar_steps) for steps in onset])
    return np.stack([interval, length, shape, degree, place], axis=1).astype(np.int64)


def train(lines: Sequence[Line], seed: int) -> dict[str, Gru]:
    """A network trained on lines, under a name for each temperature."""
    torch.manual_seed(seed)
    random = np.random.default_rng([seed, 21])
    counts = Counter(event.below for line in lines[::4] for event in events_of_line(line))
    shapes = [(), *(shape for shape, _ in counts.most_common(_SHAPES) if shape)]
    rows = [_encoded(events_of_line(line)[:_LONGEST], line, shapes, 0) for line in lines]
    net = _Net(len(shapes))
    steps = max(1, len(rows) // _BATCH) * _EPOCHS
    trained = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)
    falling = torch.optim.lr_scheduler.OneCycleLR(trained, 3e-3, total_steps=steps)
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
    for step in range(steps):
        batch = batches[int(random.integers(len(batches)))]
        longest = max(len(rows[index]) for index in batch)
        events, known = np.zeros((len(batch), longest, 5), np.int64), np.zeros((len(batch), longest), bool)
        for place, index in enumerate(batch):
            events[place, : len(rows[index])] = rows[index]
            known[place, : len(rows[index])] = True
        loss = net.losses(torch.from_numpy(events), torch.from_numpy(known))
        trained.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        trained.step()
        if step + 1 < steps:
            falling.step()
    net.eval()
    return {f"gru_{temperature:g}": Gru(net, shapes, temperature) for temperature in TEMPERATURES}


RECIPE = Recipe("gru", "recurrent network on other composers' music, between true outer bars", train)
