"""The loss of each predicted token, and the model's bits per note."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from models.composer.batch import Batch, EventBatch
from models.composer.network import ComposerNetwork
from models.training.precision import product_dtype


class Losses(torch.nn.Module):
    """A module that returns a network's losses, to be wrapped in DDP."""

    def __init__(self, network: ComposerNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Batch) -> Tensor:
        return token_losses(self.network, batch)


def token_losses(model: ComposerNetwork, batch: Batch) -> Tensor:
    """Cross-entropy in nats of each predicted token, float32 in the shape of `batch.weights`. The
    model computes in bfloat16 if the hardware supports it."""
    device = batch.weights.device.type
    products = product_dtype(device)
    with torch.autocast(device, dtype=torch.bfloat16, enabled=products == torch.bfloat16):
        return model.losses(batch)


def middle_nats(losses: Tensor, batch: Batch) -> Tensor:
    """float32[B]: the negative log-likelihood of the middle bars of each row, in nats, from the losses of
    its tokens."""
    counted = losses * batch.middle
    if isinstance(batch, EventBatch):
        return counted.new_zeros(len(batch.notes)).index_add(0, batch.rows, counted)
    return counted.sum(1)


@torch.no_grad()
def bits_per_note(model: ComposerNetwork, batches: list[Batch], device: torch.device) -> float:
    """The model's bits per note on the middle bars."""
    nats, notes = 0.0, 0
    for batch in batches:
        batch = batch.to(device)
        losses = token_losses(model, batch)
        nats += float(losses[batch.middle].double().sum())
        notes += int(batch.notes.sum())
    return nats / math.log(2) / max(notes, 1)
