"""`train_composer`: from a phrase store to trained weights, as `violin train composer` does it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from data_prep.corpus.store import PhraseStore
from models.composer import checkpoint
from models.composer.checkpoint import load_weights, save_weights
from models.composer.config import Config
from models.training.dataset import task_batches, validation_phrases, validation_tasks
from models.training.place import Budget, taken_place
from models.training.trainer import BEST_NAME, STATE_NAME, Run
from models.training.variants.named import AS_IT_IS, Variant


@dataclass(frozen=True)
class Start:
    """How a run begins: the step that it resumes from (0: a new run) and the phrases to train on."""

    step: int
    phrases: int


@dataclass(frozen=True)
class Schedule:
    """Seconds of training between two validations and between two state files. With `processor_time`, the
    budget counts processor time instead of wall-clock time."""

    validate_every_seconds: float = 300.0
    save_every_seconds: float = 120.0
    processor_time: bool = False


def holds_run(folder: Path) -> bool:
    """Whether a folder holds the state file of a run."""
    return (folder / STATE_NAME).exists()


def train_composer(
    config: Config,
    data: Path,
    folder: Path,
    budget: Budget,
    *,
    start: Path | None = None,
    seed: int = 1,
    resume: bool = True,
    schedule: Schedule = Schedule(),
    variant: Variant = AS_IT_IS,
    on_start: Callable[[Start], object] = lambda begun: None,
    on_step: Callable[[float, dict[str, Any]], object] = lambda share, figures: None,
) -> float | None:
    """Train on the store `data`; `folder` gets the files of the run (see `Run`). Returns the best
    validation bits per note.

    `start` are initial weights. `variant` is another shape, network or source of batches to measure. With
    `resume`, a run continues from the state file in its folder. Under torchrun every process calls this;
    only the leading one returns a number and calls the callbacks. `on_step` gets the finished share of the
    budget, 0 to 1, and the newest figures.

    Raises CorpusError if the store cannot be read, WeightsError if the weights or the state cannot, and
    SettingsError if the variant fits neither the config nor `start`.
    """
    config = variant.applied(config)
    variant.check_start(start)
    store = PhraseStore.load(data)
    source = variant.source(store, config.training, config.model, seed)
    phrases = validation_phrases(store, config.model)
    tasks = validation_tasks(phrases, language=config.model.language, plan=config.model.plan)
    validation = task_batches(tasks, config.training, config.model)
    with taken_place() as place:
        run = Run(
            config,
            source,
            validation,
            folder,
            budget,
            seed=seed,
            place=place,
            start=load_weights(start) if start else None,
            clock=time.process_time if schedule.processor_time else time.perf_counter,
            build=variant.build,
        )
        if resume:
            run.resume()
        if place.leads:
            on_start(Start(run.step, int(source.description["phrases"])))
        best = run.train(
            validate_every_seconds=schedule.validate_every_seconds,
            save_every_seconds=schedule.save_every_seconds,
            on_step=on_step if place.leads else None,
        )
    return best if place.leads else None


def ship(folder: Path) -> Path:
    """Install the best weights of a run as the shipped ones, in half precision. Returns their path."""
    shipped = checkpoint.SHIPPED_WEIGHTS
    save_weights(shipped, load_weights(folder / BEST_NAME), torch.float16)
    return shipped
