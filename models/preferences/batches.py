"""The batches of preference tuning: human phrases of the training mix, and answers.

An epoch uses each pair once. Its pairs are grouped by length, which keeps padding low, and the groups
are shuffled. All of this is determined by (seed, epoch), so a stopped run continues with the same batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from constraints.language.tokenizer import Encoded
from models.composer.batch import Batch, batch_of
from models.composer.config import ModelConfig, TrainingConfig
from models.training.dataset import BatchSource

PAIRS_PER_STEP = 8


@dataclass(frozen=True, slots=True)
class PreferenceBatch:
    """The rows of one step.

    human      rows of the usual training
    answers    the best answers to n pairs; with a reference, then the worst answers to the same pairs
    reference  float32[n]: the log-probability of the best answer minus that of the worst, in nats, under the
               weights before tuning; None without worst answers
    """

    human: Batch
    answers: Batch
    reference: Tensor | None

    @property
    def real_tokens(self) -> int:
        return self.human.real_tokens + self.answers.real_tokens

    def to(self, device: torch.device) -> PreferenceBatch:
        reference = None if self.reference is None else self.reference.to(device)
        return replace(
            self, human=self.human.to(device), answers=self.answers.to(device), reference=reference
        )


class PreferenceSource:
    """Batches of `PAIRS_PER_STEP` pairs, with `human_share` human rows for each row of an answer.

    `best` and `worst` are the answers' rows, pair by pair; without `worst` and `reference` (see
    `PreferenceBatch`) only the best ones are used.
    """

    def __init__(
        self,
        human: BatchSource,
        best: Sequence[Encoded],
        human_share: int,
        worst: Sequence[Encoded] | None = None,
        reference: Tensor | None = None,
        about: dict[str, Any] | None = None,
    ) -> None:
        self._human, self._best, self._worst, self._reference = human, best, worst, reference
        self._human_share = human_share
        self.description: dict[str, Any] = {**human.description, "preferences": about or {}}

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self._best) // PAIRS_PER_STEP)

    def from_step(
        self, step: int, *, rank: int = 0, world: int = 1, share: Callable[[int], float] = lambda _: 0.0
    ) -> Iterator[PreferenceBatch]:
        """The batches from a step on, in one process only."""
        if world != 1:
            raise ValueError(f"{world} processes; legal: 1")
        epoch, place = divmod(step, self.steps_per_epoch)
        while True:
            yield from self._epoch(epoch, place)
            epoch, place = epoch + 1, 0

    def _epoch(self, epoch: int, first: int) -> Iterator[PreferenceBatch]:
        random = np.random.default_rng((self._human.seed, epoch))
        order = random.permutation(len(self._best))
        order = order[np.argsort([len(self._best[index]) for index in order], kind="stable")]
        groups = [order[at : at + PAIRS_PER_STEP] for at in range(0, len(order), PAIRS_PER_STEP)]
        for step, group in enumerate(random.permutation(len(groups)).tolist()):
            if step >= first:
                yield self._batch(
                    groups[group].tolist(), np.random.default_rng((self._human.seed, epoch, step))
                )

    def _batch(self, pairs: Sequence[int], random: np.random.Generator) -> PreferenceBatch:
        rows = [self._best[index] for index in pairs]
        reference = None
        if self._worst is not None and self._reference is not None:
            rows += [self._worst[index] for index in pairs]
            reference = self._reference[pairs]
        human = self._human.rows(self._human_share * len(rows), random)
        return PreferenceBatch(self._as_batch(human), self._as_batch(rows), reference)

    def _as_batch(self, rows: Sequence[Encoded]) -> Batch:
        training: TrainingConfig = self._human.training
        model: ModelConfig = self._human.model
        return batch_of(rows, training, model)
