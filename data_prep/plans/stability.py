"""How stable plans are: what a small change of the music does to them.

A useful plan hardly changes if a note is dropped. Each figure is the share of items that stay the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data_prep.plans.harmony import chords_of
from data_prep.plans.planning import outer_key, plan_of
from violin.music import Phrase

DROPPED_SHARE = 0.1
_FEWEST_BARS, _KEPT_BARS = 12, 8


@dataclass(frozen=True)
class Stability:
    """`keys`, `chords`, `relations`: shares that are the same after each note was dropped with a chance of
    .1 (chords and relations of phrases whose key stays); `contexts`: share of the half bars of the first
    seven bars with the same chord when a phrase of 12 bars or more is cut after eight."""

    phrases: int
    keys: float
    chords: float
    relations: float
    contexts: float


def stability(phrases: Sequence[Phrase], seed: int = 0) -> Stability:
    """The figures over phrases; ValueError for none."""
    if not phrases:
        raise ValueError("no phrases to measure")
    random = np.random.default_rng(seed)
    keys, chords, relations, contexts = [], [], [], []
    for phrase in phrases:
        plan = plan_of(phrase)
        kept = tuple(note for note in phrase.notes if random.random() >= DROPPED_SHARE)
        changed = plan_of(replace(phrase, notes=kept))
        keys.append(plan.key == changed.key)
        if plan.key == changed.key:
            for one, other in zip(plan.bars, changed.bars, strict=True):
                chords += [a == b for a, b in zip(one.chords, other.chords, strict=True)]
                relations.append(one.relation is other.relation)
        if phrase.bars >= _FEWEST_BARS:
            key = outer_key(phrase.on_grid())
            whole = chords_of(phrase.on_grid(), key)
            cut = chords_of(phrase.slice_bars(0, _KEPT_BARS).on_grid(), key)
            last = 2 * (_KEPT_BARS - 1)
            contexts += [a == b for a, b in zip(whole[:last], cut[:last], strict=True)]
    return Stability(len(phrases), *(_mean(values) for values in (keys, chords, relations, contexts)))


def _mean(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")
