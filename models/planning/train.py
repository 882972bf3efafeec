"""Trains the plan writer on the plans of human phrases."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.planning.codes import plan_codes
from models.planning.network import PlanBatch, PlanNetwork, PlanTask, plan_batch, plan_bits
from models.planning.weights import save_planner
from violin.errors import CorpusError

_ROWS = 128
_RATE, _WEIGHT_DECAY, _WARM_UP = 4e-3, 0.05, 0.05
_PLANS_SHARE = 0.4  # of the work: computing the plans of the phrases
_FREE_SHARE, _NULL_COMPOSER = 0.1, 0.12


@dataclass(frozen=True)
class PlannerFit:
    """The result of a training: a plan's bits per bar of the middle, on phrases of unseen works."""

    phrases: int
    bits_per_bar: float


def train_planner(
    data: Path,
    out: Path,
    *,
    epochs: int = 4,
    phrases: int | None = None,
    seed: int = 1,
    on_step: Callable[[float, str], object] = lambda share, text: None,
) -> PlannerFit:
    """Train on at most `phrases` phrases and windows of a store's training split, and write the weights.

    `on_step` gets the finished share of the work, 0 to 1, and what was done. CorpusError for a store
    without phrases.
    """
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    store = PhraseStore.load(data)
    sides = []
    for number, split in enumerate(("train", "validation")):
        chosen = _sample(store.select(split, windows=True), phrases, random)
        if not chosen:
            raise CorpusError(f"{data}: no phrase in the {split} split; make a store: violin prepare")
        tasks = []
        for stored in chosen:
            tasks.append(_task(stored, random, is_training=split == "train"))
            share = _PLANS_SHARE * (number + len(tasks) / len(chosen)) / 2
            on_step(share, f"plan {len(tasks)} of {len(chosen)}")
        sides.append(plan_batch(tasks))
    training, validation = sides
    network = PlanNetwork()
    steps = epochs * math.ceil(len(training.rows) / _ROWS)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_WEIGHT_DECAY)
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / steps))
    bits = math.nan
    for epoch in range(1, epochs + 1):
        network.train()
        for at in _batches(training, random):
            batch = training.some(at)
            loss = -(network(batch) * batch.is_middle).sum() / batch.is_middle.sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            rate.step()
        bits = bits_per_bar(network, validation)
        on_step(_PLANS_SHARE + (1 - _PLANS_SHARE) * epoch / epochs, f"epoch {epoch}: {bits:.2f} bits a bar")
    fit = PlannerFit(len(training.rows), bits)
    facts = {"phrases": fit.phrases, "epochs": epochs, "seed": seed, "bits_per_bar": round(bits, 4)}
    save_planner(out, network, facts)
    return fit


def bits_per_bar(network: PlanNetwork, batch: PlanBatch) -> float:
    """The plans' bits per bar of the middle."""
    return float(plan_bits(network, batch).sum() / batch.is_middle.sum())


def _sample(stored: list[StoredPhrase], count: int | None, random: np.random.Generator) -> list[StoredPhrase]:
    """At most `count` of some phrases, in their order."""
    if count is None or count >= len(stored):
        return stored
    return [stored[index] for index in sorted(random.choice(len(stored), count, replace=False).tolist())]


def _task(stored: StoredPhrase, random: np.random.Generator, is_training: bool) -> PlanTask:
    """One or two bars given on each side; in training sometimes none, and sometimes no composer."""
    beginning, ending = (int(bars) for bars in random.integers(1, 3, 2))
    free, null = random.random(2)
    if is_training and free < _FREE_SHARE:
        beginning = ending = 0
    codes = plan_codes(stored.phrase, beginning, ending)
    composer = None if is_training and null < _NULL_COMPOSER else stored.composer
    return PlanTask(codes, beginning, ending, stored.phrase.meter, composer)


def _batches(plans: PlanBatch, random: np.random.Generator) -> Sequence[torch.Tensor]:
    order = torch.from_numpy(random.permutation(len(plans.rows)))
    return order.split(_ROWS)


def _rate(share: float) -> float:
    """The factor of the learning rate by the finished share: a linear warm-up, then a cosine to 0."""
    return min(1.0, share / _WARM_UP) * 0.5 * (1 + math.cos(math.pi * share))
