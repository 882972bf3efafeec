"""The budget of a run, and this process's rank in it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
import torch.distributed as dist


@dataclass(frozen=True, slots=True)
class Budget:
    """The length of a run: a number of steps or minutes of training."""

    steps: int | None = None
    minutes: float | None = None

    def share(self, step: int, seconds: float) -> float:
        """The finished share of the run, 0 to 1."""
        if self.steps is not None:
            return min(1.0, step / self.steps)
        return min(1.0, seconds / 60 / (self.minutes or 1e-9))


@dataclass(frozen=True, slots=True)
class Place:
    """This process's rank among those that torchrun started; a single process without torchrun."""

    rank: int = 0
    world: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def leads(self) -> bool:
        return self.rank == 0


@contextlib.contextmanager
def taken_place() -> Iterator[Place]:
    """Join the process group that torchrun's environment (RANK) announces: nccl on GPUs, else gloo."""
    cuda = torch.cuda.is_available()
    if "RANK" not in os.environ:
        yield Place(device=torch.device("cuda" if cuda else "cpu"))
        return
    dist.init_process_group("nccl" if cuda else "gloo")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
    try:
        yield Place(dist.get_rank(), dist.get_world_size(), device)
    finally:
        dist.destroy_process_group()
