"""A masked diffusion model over a grid of sixteenths (absorbing state: Austin et al., D3PM, 2021).

A dilated convolution (as in Coconet, Huang et al. 2017) learns to predict masked cells from the
rest. Generation begins with all inner cells masked and unmasks a random share at each step. It sees
both the given beginning and the given ending. Its music has no triplets and no stops.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.judge.features.canonical import Line
from models.judge.training.generators.cells import (
    CELL_STEPS,
    PLACES,
    TOKENS,
    cells_of,
    places_of,
    tones_of_cells,
)
from models.judge.training.generators.recipe import Recipe
from models.judge.training.negatives.family import Random, line_of, outer_bars, split_inner

_MASK = TOKENS
_WIDTH, _BATCH, _EPOCHS = 64, 32, 2
_DILATIONS = (1, 2, 4, 8, 16, 32)
STEPS = (8, 32)


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Embedding(TOKENS + 1, _WIDTH)
        self.place = nn.Embedding(PLACES, _WIDTH)
        self.layers = nn.ModuleList(
            nn.Conv1d(_WIDTH, 2 * _WIDTH, 3, padding=dilation, dilation=dilation) for dilation in _DILATIONS
        )
        self.norms = nn.ModuleList(nn.LayerNorm(_WIDTH) for _ in _DILATIONS)
        self.say = nn.Linear(_WIDTH, TOKENS)

    def forward(self, cells: Tensor, place: Tensor) -> Tensor:
        """cells and places int64[B, L] -> logits [B, L, tokens]."""
        row = self.token(cells) + self.place(place)
        for layer, norm in zip(self.layers, self.norms, strict=True):
            row = row + F.glu(layer(norm(row).transpose(1, 2)), dim=1).transpose(1, 2)
        return self.say(row)


class MaskedDiffusion:
    """A trained network that generates in a number of steps."""

    def __init__(self, net: _Net, steps: int) -> None:
        self._net, self._steps = net, steps

    @torch.no_grad()
    def write(self, lines: Sequence[Line], random: Random) -> list[Line | None]:
        return [self._one(line, random) for line in lines]

    def _one(self, line: Line, random: Random) -> Line | None:
        first, after = outer_bars(line, random, least=1)
        _, outside = split_inner(line, first, after)
        cells = cells_of(line)
        a_bar = line.bar_steps // CELL_STEPS
        masked = np.zeros(len(cells), bool)
        masked[first * a_bar : after * a_bar] = True
        cells[masked] = _MASK
        place = torch.from_numpy(places_of(line))[None]
        for step in range(self._steps):
            hidden = np.flatnonzero(cells == _MASK)
            if len(hidden) == 0:
                break
            share = F.softmax(self._net(torch.from_numpy(cells)[None], place)[0], dim=-1).numpy()
            count = -(-len(hidden) // (self._steps - step))
            for index in random.permutation(hidden)[:count]:
                cells[index] = int(np.searchsorted(np.cumsum(share[index]), random.random()))
        cells = np.minimum(cells, TOKENS - 1)
        return line_of(tones_of_cells(cells[: after * a_bar], first * a_bar) + outside, line)


def train(lines: Sequence[Line], seed: int) -> dict[str, MaskedDiffusion]:
    """A network trained on lines, under a name for each number of steps."""
    torch.manual_seed(seed)
    random = np.random.default_rng([seed, 22])
    plain = [line for line in lines if (line.onset_steps % CELL_STEPS == 0).mean() > 0.95]
    rows = [(cells_of(line), places_of(line)) for line in plain or lines]
    net = _Net()
    steps = max(1, len(rows) // _BATCH) * _EPOCHS
    trained = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)
    falling = torch.optim.lr_scheduler.OneCycleLR(trained, 3e-3, total_steps=steps)
    order = sorted(range(len(rows)), key=lambda index: len(rows[index][0]))
    batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
    for step in range(steps):
        batch = batches[int(random.integers(len(batches)))]
        length = min(len(rows[index][0]) for index in batch)  # rows of similar length, so little is cut
        cells = np.stack([rows[index][0][:length] for index in batch])
        place = np.stack([rows[index][1][:length] for index in batch])
        share = random.uniform(0.05, 1.0, size=(len(batch), 1))
        hidden = random.random(cells.shape) < share
        seen = np.where(hidden, _MASK, cells)
        logits = net(torch.from_numpy(seen), torch.from_numpy(place))
        losses = F.cross_entropy(logits.transpose(1, 2), torch.from_numpy(cells), reduction="none")
        weight = torch.from_numpy(hidden / np.maximum(share, 0.1)).float()
        loss = (losses * weight).sum() / cells.size
        trained.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        trained.step()
        if step + 1 < steps:
            falling.step()
    net.eval()
    return {f"diffusion_{steps}": MaskedDiffusion(net, steps) for steps in STEPS}


RECIPE = Recipe("diffusion", "masked diffusion on other composers' music, between true outer bars", train)
