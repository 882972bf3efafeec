"""An ensemble of small networks with one hidden layer on `RobustScaler` scores, as plain arrays.

Trees split on single features and a regression adds them up; a hidden layer can model interactions.
Input dropout (Srivastava et al., JMLR 15, 2014) keeps it from relying on the few features that
identify a known family. Trained with torch, evaluated with numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.classifier.calibration import logistic
from models.judge.classifier.scaler import RobustScaler

Array = NDArray[Any]
NETS, WIDTH, EPOCHS, BATCH = 2, 64, 8, 256
STEADINESS = 0.3
_DROPOUT, _DECAY, _RATE = 0.2, 0.03, 3e-3


@dataclass(frozen=True, eq=False)
class Net:
    """`first` float[nets, 2 · features, width] and `first_bias` [nets, width]; `second` [nets, width]
    and `second_bias` [nets]."""

    scaler: RobustScaler
    first: Array
    first_bias: Array
    second: Array
    second_bias: Array

    @classmethod
    def fit(
        cls,
        values: Array,
        slipped: Array,
        human: Array,
        weight: Array,
        seed: int,
        nets: int = NETS,
        steadiness: float = STEADINESS,
    ) -> Net:
        """Fit on rows [n, features], the same lines with a slip each, labels bool[n] and weights [n].
        `steadiness` is the penalty on the squared change of the log odds by a slip."""
        scaler = RobustScaler.fit(values[human])
        pair = np.stack([scaler.scores(values), scaler.scores(slipped)]).astype(np.float32)
        trained = [_trained(pair, human, weight, seed * 100 + number, steadiness) for number in range(nets)]
        return cls(scaler, *(np.stack(column) for column in zip(*trained, strict=True)))

    def logit(self, values: Array) -> Array:
        """The mean log odds of human over the networks, float64[n]."""
        scores = self.scaler.scores(values)
        return np.asarray(np.mean([self._one(scores, net) for net in range(len(self.second))], axis=0))

    def _one(self, scores: Array, net: int) -> Array:
        hidden = scores @ self.first[net] + self.first_bias[net]
        return np.asarray((hidden * logistic(hidden)) @ self.second[net] + self.second_bias[net])

    def contributions(self, values: Array) -> Array:
        """Each feature's contribution to the log odds, score times gradient (Shrikumar et al.
        2017), relative to a median human row: [n, features]."""
        scores = self.scaler.scores(values)
        moved = np.zeros(scores.shape)
        for net in range(len(self.second)):
            hidden = scores @ self.first[net] + self.first_bias[net]
            gate = logistic(hidden)
            slope = gate * (1 + hidden * (1 - gate)) * self.second[net]
            moved += scores * (slope @ self.first[net].T) / len(self.second)
        return self.scaler.folded(moved)

    def arrays(self) -> dict[str, Array]:
        """The arrays for the weight file."""
        names = ("first", "first_bias", "second", "second_bias")
        return {**self.scaler.arrays(), **{name: getattr(self, name).astype(np.float32) for name in names}}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Net:
        """Restore from arrays; ValueError if the layers' shapes do not match."""
        scaler = RobustScaler.from_arrays(arrays)
        first, second = arrays["first"], arrays["second"]
        fits = first.ndim == 3 and first.shape[1] == 2 * len(scaler.centre)
        if not fits or second.shape != (first.shape[0], first.shape[2]) or len(second) == 0:
            raise ValueError("the layers of a network do not fit together")
        if arrays["first_bias"].shape != second.shape or arrays["second_bias"].shape != second.shape[:1]:
            raise ValueError("the biases of a network do not fit its layers")
        return cls(scaler, first, arrays["first_bias"], second, arrays["second_bias"])


def _trained(
    pair: Array, human: Array, weight: Array, seed: int, steadiness: float
) -> tuple[Array, Array, Array, Array]:
    """Train one network and return its arrays. `pair` are the scores of the lines without and with a
    slip, float32[2, n, inputs]; both see the same dropout. It uses its own random generator, not torch's
    global state."""
    import torch  # slow to import (seconds), needed only here
    from torch.nn import functional as F

    chance = torch.Generator().manual_seed(seed)

    def layer(inputs: int, outputs: int) -> tuple[torch.Tensor, torch.Tensor]:
        reach = inputs**-0.5
        drawn = (
            (torch.rand(shape, generator=chance) * 2 - 1) * reach for shape in ((inputs, outputs), (outputs,))
        )
        first, second = (one.requires_grad_() for one in drawn)
        return first, second

    rows = torch.from_numpy(pair)
    label, share = (torch.from_numpy(one.astype(np.float32)) for one in (human, weight))
    first, first_bias = layer(rows.shape[2], WIDTH)
    second, second_bias = layer(WIDTH, 1)
    parameters = [first, first_bias, second, second_bias]
    optimizer = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=_DECAY)
    a_pass = -(-len(label) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=EPOCHS * a_pass + 1)

    def dropped(values: torch.Tensor) -> torch.Tensor:
        kept = torch.rand(values.shape[1:], generator=chance) >= _DROPOUT
        return values * (kept / (1 - _DROPOUT))

    for _ in range(EPOCHS):
        for batch in torch.randperm(len(label), generator=chance).split(BATCH):
            hidden = dropped(F.silu(dropped(rows[:, batch]) @ first + first_bias))
            logits = (hidden @ second + second_bias)[..., 0]
            wanted, share_of = label[batch].expand(2, -1), share[batch].expand(2, -1)
            loss = F.binary_cross_entropy_with_logits(logits, wanted, share_of)
            loss = loss + steadiness * (share[batch] * (logits[0] - logits[1]) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    arrays = [one.detach().numpy().astype(np.float64) for one in parameters]
    return arrays[0], arrays[1], arrays[2][:, 0], arrays[3][0]
