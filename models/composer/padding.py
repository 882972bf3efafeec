"""Batches padded to a few different sizes.

On a processor, oneDNN compiles a kernel for each new size of a matrix product. A training run whose
steps all differ in size spends a fifth of its time there. Padded sizes recur, so their
kernels are used again. The padding has weight 0, so the loss stays the same.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from models.composer.batch import Batch, EventBatch

EVENTS, TARGETS = 16, 128  # the padded lengths of rows and of lists of targets are multiples of these


def padded(batch: Batch) -> Batch:
    """A batch of events with its rows padded to a multiple of 16 events, and its places, pitches and
    lengths to multiples of 128 each. A batch of tokens is returned as it is."""
    if not isinstance(batch, EventBatch):
        return batch
    length = batch.places.shape[1]
    wider = _missing(length, EVENTS)
    counts = [len(batch.place), len(batch.pitch), len(batch.length)]
    more = [_missing(count, TARGETS) for count in counts]
    places, pitches, lengths = more

    def joined(values: Tensor) -> Tensor:
        parts = values.split(counts)
        return torch.cat([_longer(part, by) for part, by in zip(parts, more, strict=True)])

    return replace(
        batch,
        places=F.pad(batch.places, (0, wider)),
        pitches=F.pad(batch.pitches, (0, wider)),
        longer=F.pad(batch.longer, (0, wider)),
        durations=F.pad(batch.durations, (0, wider)),
        channels=F.pad(batch.channels, (0, 0, 0, wider)),
        at=_longer(batch.at + batch.at // length * wider, places),
        place=_longer(batch.place, places),
        note=_longer(batch.note, pitches),
        place_token=_longer(batch.place_token, pitches),
        place_channels=_longer(batch.place_channels, pitches),
        pitch=_longer(batch.pitch, pitches),
        pitch_channels=_longer(batch.pitch_channels, pitches),
        length_of=_longer(batch.length_of, lengths),
        longer_before=_longer(batch.longer_before, lengths),
        length=_longer(batch.length, lengths),
        weights=joined(batch.weights),
        middle=joined(batch.middle),
        rows=joined(batch.rows),
    )


def _missing(count: int, multiple: int) -> int:
    return -count % multiple


def _longer(values: Tensor, by: int) -> Tensor:
    """A tensor with `by` zeros (False) after its end along the first axis."""
    return torch.cat([values, values.new_zeros((by, *values.shape[1:]))])
