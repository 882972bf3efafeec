"""How far a judge's scores move after a slip of one note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from data_prep.corpus.store import PhraseStore
from models.judge.features.canonical import Line
from models.judge.features.measures import Array
from models.judge.score import Judge
from models.judge.training.examples import Drawn, chosen, humans_of, material_of, negatives
from models.judge.training.negatives import FAMILIES
from models.judge.training.slips import SLIPS
from violin.errors import CorpusError


class Movement(NamedTuple):
    """The mean and the greatest change of the human probability, and the share of phrases that cross .5."""

    mean: float
    most: float
    flipped: float

    @classmethod
    def between(cls, before: Array, after: Array) -> Movement:
        change = np.abs(after - before)
        return cls(
            float(change.mean()), float(change.max()), float(((before >= 0.5) != (after >= 0.5)).mean())
        )


@dataclass(frozen=True)
class Steadiness:
    """`human` and `machine`: the number of lines; `movement` by kind of slip."""

    human: int
    machine: int
    movement: Mapping[str, Movement]


def steadiness(
    judge: Judge, lines: Sequence[Line], composers: Sequence[str], seed: int
) -> dict[str, Movement]:
    """The movement of a judge's scores by kind of slip, with one slip in each line."""
    before = judge.probabilities_of(lines, composers)
    found = {}
    for name, slip in SLIPS.items():
        random = np.random.default_rng([seed, 19])
        slipped = [slip(line, random) for line in lines]
        found[name] = Movement.between(before, judge.probabilities_of(slipped, composers))
    return found


def measured_steadiness(judge: Judge, store: PhraseStore, split: str, phrases: int, seed: int) -> Steadiness:
    """`steadiness` on human phrases of a split and about as many machine lines of all families. Raises
    CorpusError if the split is empty."""
    humans = chosen(humans_of(store.select(split), seed), phrases, seed)
    if not humans:
        raise CorpusError(f"no phrases of the split {split!r} that a judge can read")
    machine = negatives(humans, FAMILIES, material_of(humans), -(-phrases // len(FAMILIES)), seed)
    drawn = Drawn.joined([Drawn.human(humans), machine])
    return Steadiness(len(humans), len(machine), steadiness(judge, drawn.lines, drawn.composers, seed))
