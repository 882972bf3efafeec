"""A training run over several processes, for `tests/models/training/test_trainer.py`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import torch

from data_prep.corpus.store import PhraseStore
from models.composer.config import config_named
from models.training.dataset import BatchSource
from models.training.place import Budget, taken_place
from models.training.trainer import Run


def learn(store: Path, folder: Path, steps: int, rank: int, port: int) -> None:
    """What `torchrun` starts twice: process `rank` of two, which meet at a port of this machine."""
    os.environ.update(RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    torch.set_num_threads(1)
    config = config_named("tiny")
    config = replace(config, training=replace(config.training, dropout=0.0))
    with taken_place() as place:
        source = BatchSource(PhraseStore.load(store), config.training, config.model)
        Run(config, source, [], folder, Budget(steps=steps), place=place).train()
