"""Widen trained weights to a larger model that computes the same function, as its initialisation.

Function-preserving growth (Chen, Goodfellow & Shlens, "Net2Net", ICLR 2016). New dimensions of the
residual stream hold zero; new heads, inner units and layers add zero to it. New weights that only
read the stream start at random, so that all new weights get gradients.

A layer norm subtracts the mean and divides by the standard deviation, and both change when zeros
are appended. So all weights that write to the stream are first centred, which does not change a
norm's output, and scaled by the square root of the ratio of widths, which keeps the standard
deviation. The norms' gains undo the scaling.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from models.composer.checkpoint import Weights
from models.composer.config import ModelConfig
from violin.errors import WeightsError

_SPREAD = 0.02  # standard deviation of new weights that read the stream


def widened(weights: Weights, config: ModelConfig, seed: int = 1) -> Weights:
    """The same model in the shape `config`. No dimension may be smaller and the head size must be
    equal; otherwise WeightsError names the difference."""
    old = weights.config
    if old == config:
        return weights
    if config.plan and not old.plan:
        return widened(_with_plan_channels(weights), config, seed)
    if old.nested or config.nested:
        raise WeightsError("weights of a nested model cannot be widened; legal: their own shape")
    for name in ("dim", "depth", "heads", "feed_forward"):
        if getattr(config, name) < getattr(old, name):
            raise WeightsError(
                f"weights of {name} {getattr(old, name)} do not fit into a model of {name} "
                f"{getattr(config, name)}; legal: a model that is no smaller"
            )
    if (config.head_size, config.max_tokens) != (old.head_size, old.max_tokens):
        raise WeightsError(
            "weights can only be widened to heads of the same size and rows of the same length"
        )
    random = torch.Generator().manual_seed(seed)
    grown = _Grown(weights.tensors, old, config, random)
    tensors = {
        name: grown.writing(tensor, dim=1)
        for name, tensor in weights.tensors.items()
        if name.startswith(("token_embedding", "channel_embedding"))
    }
    for layer in range(config.depth):
        tensors |= grown.layer(layer)
    tensors |= {"final_norm": grown.gain("final_norm"), "head": grown.reading(weights.tensors["head"])}
    return Weights(tensors, config, weights.channel_sizes, weights.facts)


def _with_plan_channels(weights: Weights) -> Weights:
    """The same model with embeddings of zeros for the channels of a plan."""
    config = replace(weights.config, plan=True)
    tensors = dict(weights.tensors)
    for index, size in enumerate(config.channel_sizes):
        tensors.setdefault(f"channel_embedding.{index}", torch.zeros(size, config.dim))
    return Weights(tensors, config, config.channel_sizes, weights.facts)


class _Grown:
    """The weights of one model in the shape of a larger one."""

    def __init__(
        self, tensors: dict[str, Tensor], old: ModelConfig, new: ModelConfig, random: torch.Generator
    ) -> None:
        self._tensors, self._new, self._random = tensors, new, random
        self._larger = (new.dim / old.dim) ** 0.5

    def layer(self, layer: int) -> dict[str, Tensor]:
        """All weights of a layer. A layer beyond the old depth adds zero to the stream."""
        new, name = self._new, f"layer.{layer}."
        inner, queries = new.feed_forward * new.dim, new.heads * new.head_size
        part = {
            "attention_norm": self.gain(name + "attention_norm"),
            "query": self.reading(self._old_or_none(name + "query"), queries),
            "key": self.reading(self._old_or_none(name + "key"), new.head_size),
            "value": self.reading(self._old_or_none(name + "value"), new.head_size),
            "output": self.writing(self._old_or_none(name + "output"), 0, queries),
            "feed_norm": self.gain(name + "feed_norm"),
            "up": self.reading(self._old_or_none(name + "up"), inner),
            "up_bias": _padded(self._old_or_none(name + "up_bias"), (inner,)),
            "down": self.writing(self._old_or_none(name + "down"), 0, inner),
            "down_bias": self.writing(self._old_or_none(name + "down_bias"), 0),
        }
        return {name + key: tensor for key, tensor in part.items()}

    def gain(self, name: str) -> Tensor:
        """A norm's gain [dim]."""
        gain = torch.ones(self._new.dim)
        old = self._old_or_none(name)
        if old is not None:
            gain[: len(old)] = old / self._larger
        return gain

    def reading(self, old: Tensor | None, rows: int | None = None) -> Tensor:
        """A matrix [rows, dim] that reads the stream; new entries are random."""
        if rows is None:
            rows = 0 if old is None else len(old)
        wide = torch.empty(rows, self._new.dim).normal_(std=_SPREAD, generator=self._random)
        if old is not None:
            wide[: old.shape[0], : old.shape[1]] = old
        return wide

    def writing(self, old: Tensor | None, dim: int, columns: int | None = None) -> Tensor:
        """Weights that write to the stream along the axis `dim`: centred and scaled, new entries
        zero. A matrix that writes has `columns` inputs."""
        if old is not None:
            old = (old - old.mean(dim, keepdim=True)) * self._larger
        if dim == 1:
            assert old is not None
            return _padded(old, (len(old), self._new.dim))
        return _padded(old, (self._new.dim,) if columns is None else (self._new.dim, columns))

    def _old_or_none(self, name: str) -> Tensor | None:
        return self._tensors.get(name)


def _padded(old: Tensor | None, shape: tuple[int, ...]) -> Tensor:
    wide = torch.zeros(shape)
    if old is not None:
        wide[tuple(slice(size) for size in old.shape)] = old
    return wide
