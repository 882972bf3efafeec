"""The mean of several weight files.

Weights from a series of runs, each started from earlier weights of the series, lie in one basin of the
loss. Their mean is better on unseen works than each of them (Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights, load_weights, save_weights
from models.composer.config import TrainingConfig
from models.composer.network import network
from models.training.dataset import task_batches, validation_phrases, validation_tasks
from models.training.losses import bits_per_note
from models.training.trainer import BEST_NAME
from violin.errors import WeightsError


@dataclass(frozen=True)
class Averaged:
    """Bits per note on validation phrases: of each weight file, and of the mean."""

    each: tuple[float, ...]
    mean: float


def average_weights(
    paths: Sequence[Path],
    data: Path,
    folder: Path,
    on_measured: Callable[[Path, float], object] = lambda path, bits: None,
) -> Averaged:
    """Write the mean of weight files to `folder` as the best weights of a run there, and measure it on
    the validation phrases of the store `data`. `on_measured` gets each file and its bits per note.

    Raises WeightsError if a file cannot be read or has another shape than the first, or if there is none.
    """
    if not paths:
        raise WeightsError("no weights to average; legal: one file or more")
    weights = [load_weights(path) for path in paths]
    first = weights[0]
    for path, other in zip(paths, weights, strict=True):
        if (other.config, other.channel_sizes) != (first.config, first.channel_sizes):
            raise WeightsError(f"{path}: these weights have another shape than those of {paths[0]}")
    tensors = {name: torch.stack([each.tensors[name] for each in weights]).mean(0) for name in first.tensors}
    store, training = PhraseStore.load(data), TrainingConfig()
    config = first.config
    phrases = validation_phrases(store, config)
    batches = task_batches(
        validation_tasks(phrases, language=config.language, plan=config.plan), training, config
    )

    def measured(one: dict[str, torch.Tensor]) -> float:
        net = network(config).eval()
        net.load_plain_weights(one)
        return bits_per_note(net, batches, torch.device("cpu"))

    each = []
    for path, one in zip(paths, weights, strict=True):
        each.append(measured(one.tensors))
        on_measured(path, each[-1])
    found = Averaged(tuple(each), measured(tensors))
    facts = {
        **weights[-1].facts,
        "mean_of": len(paths),
        "validation_bits_per_note": round(found.mean, 4),
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(folder / BEST_NAME, Weights(tensors, config, first.channel_sizes, facts))
    return found
