"""Muon for the matrices of the layers, AdamW for everything else.

Muon (Keller Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks")
takes the momentum of a matrix's gradient and replaces it by the nearest orthogonal matrix, found
by five steps of a Newton-Schulz iteration. A small model that must learn in a few hours on two
CPU cores gains more from it than the iteration costs.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from models.training.precision import product_dtype

_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
_STEPS = 5
_MOMENTUM = 0.95


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised, with Nesterov's look-ahead and decoupled weight decay.

    The update of a matrix [out, in] is scaled by sqrt(max(1, out / in)), as its authors do.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, weight_decay: float) -> None:
        super().__init__(list(parameters), {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                momentum = state["momentum"].lerp_(parameter.grad, 1 - _MOMENTUM)
                update = orthogonalised(torch.lerp(parameter.grad, momentum, _MOMENTUM))
                scale = max(1.0, parameter.shape[0] / parameter.shape[1]) ** 0.5
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update.to(parameter.dtype), alpha=-group["lr"] * scale)


def orthogonalised(matrix: Tensor) -> Tensor:
    """Nearly the orthogonal matrix nearest to `matrix` (singular values about .7 to 1.2)."""
    a, b, c = _NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix).to(product_dtype(matrix.device.type))
    x = x / (x.norm() + 1e-7)
    for _ in range(_STEPS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x
