"""A convolution over time and pitch that rewrites the inner bars by Gibbs sampling (Coconet: Huang et al.,
ISMIR 2017).

The network sees a piano roll of the line (cells by tokens) with some cells erased and learns to fill
them in. Generation fills all inner cells at once, then erases and rewrites fewer and fewer of them
(annealed blocked Gibbs sampling: Yao et al. 2014). So, unlike in `masked_diffusion`, a cell is
written many times. A pitch is a row of the piano roll, not an embedding.
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

_WIDTH, _BATCH, _EPOCHS, _MOST_STEPS = 16, 16, 2, 240
_DILATIONS = (1, 2, 4, 8)
_FIRST_ERASED, _LAST_ERASED, _ANNEALED = 0.9, 0.05, 0.7  # shares of the cells, and of the rounds
ROUNDS = 24


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, _WIDTH, 3, padding=1)
        self.layers = nn.ModuleList(
            nn.Conv2d(_WIDTH, _WIDTH, 3, padding=(dilation, 1), dilation=(dilation, 1))
            for dilation in _DILATIONS
        )
        self.last = nn.Conv2d(_WIDTH, 1, 1)
        self.usual = nn.Embedding(PLACES, TOKENS)  # how common each token is at each place of the bar

    def forward(self, cells: Tensor, known: Tensor, place: Tensor) -> Tensor:
        """cells int64[B, L], known bool[B, L], places int64[B, L] -> logits [B, L, tokens]."""
        picture = F.one_hot(cells, TOKENS).float() * known[..., None]
        mask = known[..., None].float().expand_as(picture)
        row = self.first(torch.stack([picture, mask], dim=1))
        for layer in self.layers:
            row = row + layer(F.relu(row))
        return self.last(F.relu(row))[:, 0] + self.usual(place)


class Coconet:
    """A trained network that rewrites in a number of rounds."""

    def __init__(self, net: _Net, rounds: int) -> None:
        self._net, self._rounds = net, rounds

    @torch.no_grad()
    def write(self, lines: Sequence[Line], random: Random) -> list[Line | None]:
        return [self._one(line, random) for line in lines]

    def _one(self, line: Line, random: Random) -> Line | None:
        first, after = outer_bars(line, random, least=1)
        _, outside = split_inner(line, first, after)
        cells = cells_of(line)
        a_bar = line.bar_steps // CELL_STEPS
        inner = np.arange(first * a_bar, after * a_bar)
        place = torch.from_numpy(places_of(line))[None]
        erased = inner
        for number in range(self._rounds + 1):
            known = np.ones(len(cells), bool)
            known[erased] = False
            logits = self._net(torch.from_numpy(cells)[None], torch.from_numpy(known)[None], place)[0]
            share = np.cumsum(F.softmax(logits, dim=-1).numpy()[erased], axis=1)
            drawn = (share < random.random((len(erased), 1)) * share[:, -1:]).sum(axis=1)
            cells[erased] = np.minimum(drawn, TOKENS - 1)
            erased = inner[random.random(len(inner)) < self._erased_share(number)]
            if len(erased) == 0:
                break
        return line_of(tones_of_cells(cells[: after * a_bar], first * a_bar) + outside, line)

    def _erased_share(self, number: int) -> float:
        """The share of the inner cells that are erased after a round."""
        fallen = min(1.0, number / (_ANNEALED * self._rounds))
        return _FIRST_ERASED + (_LAST_ERASED - _FIRST_ERASED) * fallen


def train(lines: Sequence[Line], seed: int) -> dict[str, Coconet]:
    """A network trained on lines, under its name."""
    torch.manual_seed(seed)
    random = np.random.default_rng([seed, 24])
    plain = [line for line in lines if (line.onset_steps % CELL_STEPS == 0).mean() > 0.95]
    rows = [(cells_of(line), places_of(line)) for line in plain or lines]
    net = _Net()
    steps = min(_MOST_STEPS, max(1, len(rows) // _BATCH) * _EPOCHS)
    trained = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)
    for _ in range(steps):
        batch = [rows[int(index)] for index in random.integers(len(rows), size=_BATCH)]
        length = min(len(cells) for cells, _ in batch)
        cells = torch.from_numpy(np.stack([cells[:length] for cells, _ in batch]))
        place = torch.from_numpy(np.stack([place[:length] for _, place in batch]))
        erased = torch.from_numpy(random.random(cells.shape) < random.uniform(0.05, 1.0, (_BATCH, 1)))
        logits = net(cells, ~erased, place)
        losses = F.cross_entropy(logits.transpose(1, 2), cells, reduction="none")
        # each line counts the same, however many of its cells are erased
        loss = ((losses * erased).sum(dim=1) / erased.sum(dim=1).clamp(min=1)).mean()
        trained.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        trained.step()
    net.eval()
    return {f"coconet_{ROUNDS}": Coconet(net, ROUNDS)}


RECIPE = Recipe(
    "coconet", "convolution with Gibbs sampling on other composers' music, between true outer bars", train
)
