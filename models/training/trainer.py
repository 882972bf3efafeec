"""The training loop: pre-training on all music, then composer-balanced fine-tuning.

A step is determined by (seed, step): its rows (`models.training.dataset`) and its dropout. So a run
killed at any moment resumes from its last state file with the same result, and two processes
together train on the same rows as one process.

The length of a run is set in steps or in minutes of training. The learning rate depends on the
finished share of it.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.distributed as dist
from torch import Tensor

from models.composer.batch import Batch, without_plan
from models.composer.checkpoint import Weights, load_state, save_state, save_weights
from models.composer.config import Config, as_dict
from models.composer.network import ComposerNetwork, network
from models.composer.widening import widened
from models.training.losses import Losses, bits_per_note
from models.training.optimizer import Muon
from models.training.place import Budget, Place
from violin.files import write_text_whole

STATE_NAME, BEST_NAME, METRICS_NAME, CONFIG_NAME = (
    "state.safetensors",
    "best.safetensors",
    "metrics.jsonl",
    "config.json",
)


class Source(Protocol):
    """Where the batches of a run come from. A batch has `to(device)` and `real_tokens`."""

    description: dict[str, Any]

    def from_step(
        self, step: int, *, rank: int = 0, world: int = 1, share: Callable[[int], float] = ...
    ) -> Iterator[Any]:
        """The batches of one process from a step on, see `BatchSource.from_step`."""


class Run:
    """The state of a training run, and the loop.

    `folder` receives config.json, metrics.jsonl, state.safetensors (to resume from) and
    best.safetensors (the averaged weights with the best validation loss so far). `clock` gives the
    seconds for the budget, `build` the untrained network of a shape.
    """

    log_every_steps = 20

    def __init__(
        self,
        config: Config,
        source: Source,
        validation: list[Batch],
        folder: Path,
        budget: Budget,
        *,
        seed: int = 1,
        place: Place | None = None,
        start: Weights | None = None,
        clock: Callable[[], float] = time.perf_counter,
        build: Callable[..., ComposerNetwork] = network,
    ) -> None:
        self.config, self.source, self.validation = config, source, validation
        self.folder, self.budget, self.seed = folder, budget, seed
        self.place, self.clock = place or Place(), clock
        self.step, self.seconds, self.best = 0, 0.0, math.inf
        self.step_figures: dict[str, float] = {}  # further figures of a step, from a subclass's loss
        torch.manual_seed(seed)
        self.model = build(config.model, dropout=config.training.dropout)
        self.average = build(config.model)
        if start is not None:
            self.model.load_plain_weights(widened(start, config.model, seed).tensors)
        self.average.load_state_dict(self.model.state_dict())
        self.model.to(self.place.device)
        self.average.to(self.place.device).eval()
        training = config.training
        self.optimizers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.AdamW(
                self.model.others(),
                lr=training.learning_rate,
                betas=(0.9, 0.97),
                weight_decay=training.weight_decay,
            ),
            Muon(self.model.matrices(), training.matrix_learning_rate, training.weight_decay),
        )
        self._peaks = [optimizer.param_groups[0]["lr"] for optimizer in self.optimizers]

    def resume(self) -> bool:
        """Resume from the folder's state file. Returns False if there is none."""
        path = self.folder / STATE_NAME
        if not path.exists():
            return False
        tensors, facts = load_state(path)
        self.model.load_state_dict(_part(tensors, "model"))
        self.average.load_state_dict(_part(tensors, "average"))
        for index, optimizer in enumerate(self.optimizers):
            state = optimizer.state_dict()
            state["state"] = {}
            for name, tensor in _part(tensors, f"optimizer{index}").items():
                number, field = name.split(".")
                state["state"].setdefault(int(number), {})[field] = tensor
            optimizer.load_state_dict(state)
        self.step, self.seconds, self.best = int(facts["step"]), float(facts["seconds"]), float(facts["best"])
        return True

    def save(self) -> None:
        """Write the state file atomically."""
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        tensors |= {f"average.{name}": value for name, value in self.average.state_dict().items()}
        for index, optimizer in enumerate(self.optimizers):
            for number, fields in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer{index}.{number}.{field}": value for field, value in fields.items()}
        facts = {"step": self.step, "seconds": self.seconds, "best": self.best}
        save_state(self.folder / STATE_NAME, tensors, facts)

    def train(
        self,
        *,
        validate_every_seconds: float = 300.0,
        save_every_seconds: float = 120.0,
        on_step: Callable[[float, dict[str, Any]], object] | None = None,
    ) -> float:
        """Train to the end of the budget; returns the best validation bits per note.

        `on_step(share done, newest figures)` is called after each step.
        """
        if self.place.leads:
            self._begin_files()
        batches = self.source.from_step(
            self.step,
            rank=self.place.rank,
            world=self.place.world,
            share=lambda step: self.budget.share(step, self.seconds),
        )
        losses_of = self._distributed()
        last_save = last_validation = self.seconds
        window_seconds, window_tokens = self.seconds, 0
        figures: dict[str, Any] = {}
        while self.share < 1.0:
            began = self.clock()
            loss, tokens = self._one_step(losses_of, next(batches))
            self.seconds += self.clock() - began
            window_tokens += tokens * self.place.world
            self._agree_on_time()
            done = self.share >= 1.0
            if self.step % self.log_every_steps == 0 or done:
                speed = window_tokens / max(self.seconds - window_seconds, 1e-9)
                window_seconds, window_tokens = self.seconds, 0
                figures = {"step": self.step, "loss": round(loss, 4), "tokens_per_second": round(speed)}
                figures |= {"minutes": round(self.seconds / 60, 2), "rate": round(self._rate(), 4)}
                figures |= self.step_figures
                self._log(figures)
            if done or self.seconds - last_validation >= validate_every_seconds:
                last_validation = self.seconds
                figures |= self._validate()
            if done or self.seconds - last_save >= save_every_seconds:
                last_save = self.seconds
                if self.place.leads:
                    self.save()
            if on_step:
                on_step(self.share, figures)
        return self.best

    @property
    def share(self) -> float:
        return self.budget.share(self.step, self.seconds)

    def _rate(self) -> float:
        """The current factor of the learning rates: a linear warm-up, then a cosine over the budget."""
        training = self.config.training
        warm = min(1.0, (self.step + 1) / training.warmup_steps)
        fall = 0.5 * (1 + math.cos(math.pi * self.share))
        return warm * (training.final_rate + (1 - training.final_rate) * fall)

    def _one_step(self, losses_of: torch.nn.Module, batch: Any) -> tuple[float, int]:
        """One update. Returns (mean loss of the step's rows, number of tokens in this process's rows)."""
        rate = self._rate()
        for optimizer, peak in zip(self.optimizers, self._peaks, strict=True):
            optimizer.param_groups[0]["lr"] = peak * rate
        torch.manual_seed((self.seed * 1_000_003 + self.step) * 64 + self.place.rank)  # dropout
        batch = batch.to(self.place.device)
        self.model.train()
        loss = self._loss(losses_of, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.training.clip)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self._follow()
        shown = loss.detach()
        if self.place.world > 1:
            dist.all_reduce(shown)
            shown = shown / self.place.world
        return shown.item(), batch.real_tokens

    def _loss(self, losses_of: torch.nn.Module, batch: Any) -> Tensor:
        """The loss of a step: the weighted mean over its tokens."""
        losses = losses_of(batch)
        total = batch.weights.sum()
        if self.place.world > 1:
            dist.all_reduce(total)
            total = total / self.place.world  # DDP takes the mean of the gradients
        return (losses * batch.weights).sum() / total

    @torch.no_grad()
    def _follow(self) -> None:
        """Update the moving average of the weights, with a faster rate at the start of a run."""
        decay = min(self.config.training.ema_decay, self.step / (10 + self.step))
        for average, current in zip(self.average.parameters(), self.model.parameters(), strict=True):
            average.lerp_(current, 1 - decay)

    def _validate(self) -> dict[str, Any]:
        figures: dict[str, Any] = {"step": self.step, "validation_bits_per_note": None}
        if self.place.leads and self.validation:
            bits = bits_per_note(self.average, self.validation, self.place.device)
            figures["validation_bits_per_note"] = round(bits, 4)
            if self.config.model.plan:
                unplanned = [without_plan(batch) for batch in self.validation]
                alone = bits_per_note(self.average, unplanned, self.place.device)
                figures["validation_bits_without_plan"] = round(alone, 4)
            if bits < self.best:
                self.best = bits
                save_weights(self.folder / BEST_NAME, self.weights())
            self._log(figures | {"best": round(self.best, 4)})
        return figures

    def weights(self) -> Weights:
        """The averaged weights with their metadata."""
        facts = {
            "config": self.config.name,
            "steps": self.step,
            "training_minutes": round(self.seconds / 60, 1),
            "validation_bits_per_note": None if math.isinf(self.best) else round(self.best, 4),
            "seed": self.seed,
            "data": self.source.description,
        }
        tensors = self.average.plain_weights()
        return Weights(tensors, self.config.model, self.config.model.channel_sizes, facts)

    def _distributed(self) -> torch.nn.Module:
        losses_of = Losses(self.model)
        if self.place.world == 1:
            return losses_of
        return torch.nn.parallel.DistributedDataParallel(
            losses_of, device_ids=[self.place.device] if self.place.device.type == "cuda" else None
        )

    def _agree_on_time(self) -> None:
        """Broadcast rank 0's clock, so that all processes decay and stop together."""
        if self.place.world > 1 and self.budget.steps is None:
            clock = torch.tensor([self.seconds], dtype=torch.float64, device=self.place.device)
            dist.broadcast(clock, 0)
            self.seconds = float(clock.item())

    def _begin_files(self) -> None:
        """Write config.json, and remove from metrics.jsonl the lines of steps that will be repeated."""
        self.folder.mkdir(parents=True, exist_ok=True)
        values = {"config": as_dict(self.config), "seed": self.seed, "data": self.source.description}
        write_text_whole(self.folder / CONFIG_NAME, json.dumps(values, indent=1) + "\n")
        metrics = self.folder / METRICS_NAME
        lines = metrics.read_text(encoding="utf-8").splitlines() if metrics.exists() else []
        kept = [line for line in lines if json.loads(line)["step"] <= self.step] if self.step else []
        write_text_whole(metrics, "".join(f"{line}\n" for line in kept))

    def _log(self, figures: dict[str, Any]) -> None:
        if self.place.leads:
            with (self.folder / METRICS_NAME).open("a", encoding="utf-8") as file:
                file.write(json.dumps(figures) + "\n")


def _part(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    return {name[len(part) + 1 :]: value for name, value in tensors.items() if name.startswith(f"{part}.")}
