"""Muon for the matrices of the layers, AdamW for everything else.

Muon (Keller Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks")
replaces the momentum of a matrix's gradient by the nearest orthogonal matrix, found with five steps
of a Newton-Schulz iteration. For a small model trained for a few hours on two CPU cores, the gain
is larger than the cost of the iteration. Matrices of the same shape are iterated together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from models.training.precision import product_dtype

_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
_STEPS = 5
_MOMENTUM = 0.95


class Muon(torch.optim.Optimizer):
    """The Muon optimizer: orthogonalised Nesterov momentum with decoupled weight decay.

    The update of a matrix [out, in] is scaled by sqrt(max(1, out / in)), as in the original.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, weight_decay: float) -> None:
        super().__init__(list(parameters), {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[tuple[int, int], list[nn.Parameter]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape[tuple(parameter.shape)].append(parameter)
            for (rows, columns), parameters in by_shape.items():
                updates = orthogonalised(torch.stack([self._momentum(each) for each in parameters]))
                scale = max(1.0, rows / columns) ** 0.5
                for parameter, update in zip(parameters, updates, strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(update.to(parameter.dtype), alpha=-group["lr"] * scale)

    def _momentum(self, parameter: nn.Parameter) -> Tensor:
        """Update the parameter's momentum and return it with Nesterov's look-ahead."""
        assert parameter.grad is not None
        state = self.state[parameter]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(parameter)
        momentum: Tensor = state["momentum"].lerp_(parameter.grad, 1 - _MOMENTUM)
        return torch.lerp(parameter.grad, momentum, _MOMENTUM)


def orthogonalised(matrices: Tensor) -> Tensor:
    """Approximately the nearest orthogonal matrices of a stack [..., rows, columns] (singular
    values about .7 to 1.2)."""
    a, b, c = _NEWTON_SCHULZ
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = (matrices.mT if tall else matrices).to(product_dtype(matrices.device.type))
    x = (x / (torch.linalg.matrix_norm(x, keepdim=True) + 1e-7)).reshape(-1, *x.shape[-2:])
    for _ in range(_STEPS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.mT if tall else x).reshape(matrices.shape)
