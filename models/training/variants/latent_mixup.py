"""Bar-synchronous latent mixup: pairs of rows whose embedded events are mixed, bar by bar.

After the beat-synchronous latent mixup of Chen et al., "MusicLDM" (ICASSP 2024, arXiv 2308.01546). Two rows
of one meter are paired, near keys first. The k-th event of a bar is mixed with the k-th event of the same bar
of the same part of the other row; where one row has no such event, nothing is mixed. The events of both rows
are predicted from both mixtures, each loss with the row's share in the mixture.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from constraints.language.vocabulary import VOCABULARY
from models.composer.batch import Batch, EventBatch
from models.composer.network import NestedNetwork, choice_losses

MIXED_SHARE = 0.5  # of the pairs of rows
CONCENTRATION = 5.0  # of the symmetric Beta distribution that the shares are drawn from
_MARKS = (VOCABULARY.END, VOCABULARY.BEGIN, VOCABULARY.MID)
_KEY_AT, _METER_AT = 2, 3  # the header's events
_BAR_PLACES, _EVENT_PLACES = 64, 4096  # more than a part has bars, more than a bar has events


class LatentMixupNetwork(NestedNetwork):
    """The nested network; in training, rows are mixed."""

    def losses(self, batch: Batch) -> Tensor:
        assert isinstance(batch, EventBatch)
        if not self.training:
            return super().losses(batch)
        partner, own = mixture(batch)
        embedded = self._embedded(batch)
        flat, share = embedded.flatten(0, 1), own[:, None]
        mixed = share * flat + (1 - share) * flat[partner]
        hidden = self.read(mixed.view_as(embedded)).flatten(0, 1)
        targets = (batch.place, batch.pitch, batch.length)
        here, there = (
            choice_losses(self.choices(hidden[at], batch), targets) for at in (batch.at, partner[batch.at])
        )
        of_note = batch.at[batch.note]
        weight = own[torch.cat([batch.at, of_note, of_note[batch.length_of]])]
        return weight * here + (1 - weight) * there


def mixture(batch: EventBatch) -> tuple[Tensor, Tensor]:
    """For each of the flattened events: the event that it is mixed with, int64[B * E] (itself: none), and its
    own share, float32[B * E]. Both events of a pair name each other and have the same share. Drawn with
    torch's generator."""
    places, pitches = batch.places.cpu().numpy(), batch.pitches.cpu().numpy()
    rows, length = places.shape
    partner, own = torch.arange(rows * length), torch.ones(rows * length)
    slots = bar_slots(places, pitches)
    for one, other in paired_rows(places[:, _METER_AT], places[:, _KEY_AT]):
        share = torch.distributions.Beta(CONCENTRATION, CONCENTRATION).sample()
        if torch.rand(()) >= MIXED_SHARE:
            continue
        common, here, there = np.intersect1d(slots[one], slots[other], return_indices=True)
        inside = common >= 0
        first, second = (
            torch.from_numpy(row * length + found[inside]) for row, found in ((one, here), (other, there))
        )
        partner[first], partner[second] = second, first
        own[first] = own[second] = share
    device = batch.places.device
    return partner.to(device), own.to(device)


def paired_rows(meters: NDArray[np.int64], keys: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of different rows of one meter, neighbours by key; rows are in one pair at most."""
    order = np.lexsort((torch.rand(len(keys)).numpy(), keys, meters)).tolist()
    pairs: list[tuple[int, int]] = []
    taken = -1
    for one, other in pairwise(order):
        if one != taken and meters[one] == meters[other]:
            pairs.append((one, other))
            taken = other
    return pairs


def bar_slots(places: NDArray[np.int64], pitches: NDArray[np.int64]) -> NDArray[np.int64]:
    """int64[B, E]: one number for each part, bar of the part and event of the bar; negative, a different one
    for each event, in the header, at the marks and in the padding."""
    part = np.isin(places, _MARKS).cumsum(axis=1)
    events = np.arange(places.shape[1])
    slots = np.empty_like(places)
    for row in range(len(places)):
        bars = places[row] == VOCABULARY.BAR
        marks = np.isin(places[row], _MARKS)
        begins = np.maximum.accumulate(np.where(bars | marks, events, 0))
        before = np.maximum.accumulate(np.where(marks, bars.cumsum(), 0))  # bars before the part
        bar = bars.cumsum() - before
        slot = (part[row] * _BAR_PLACES + bar) * _EVENT_PLACES + events - begins
        inside = (bar > 0) & ((places[row] > 0) | (pitches[row] > 0))
        slots[row] = np.where(inside, slot, -1 - events)
    return slots
