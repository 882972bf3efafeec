"""Whether a composer's token produces that style: a classifier of human music names each answer's
composer.

Only the inner bars are used, because the outer ones are the composer's own. The classifier
(`models.evaluation.standin_style`) is fitted on the training phrases of the composers with enough
music. It is often wrong on unseen human phrases too, so its hit rate on answers is compared with
its hit rate on human phrases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.evaluation.standin_style import fit_style, style_features
from violin.music import Phrase

STYLED = ("bach", "mozart", "beethoven", "paganini", "vivaldi")  # composers with their own data
_FEWEST_NOTES = 8


@dataclass(frozen=True)
class StyleHits:
    """How often the intended composer is named: (phrases, hits) for each composer, and the mean
    over composers."""

    by_composer: Mapping[str, tuple[int, int]]

    @property
    def mean(self) -> float:
        shares = [hits / phrases for phrases, hits in self.by_composer.values() if phrases]
        return float(np.mean(shares)) if shares else float("nan")


def style_hits(
    store: PhraseStore,
    human: Sequence[StoredPhrase],
    answers: Mapping[str, Sequence[Phrase]],
    outer_bars: int,
) -> dict[str, StyleHits]:
    """The hits of the human phrases, under "human", and of each writer's answers to their outer bars."""
    training = [
        (inner, stored)
        for stored in store.select("train")
        if stored.composer in STYLED and (inner := inner_bars(stored.phrase, outer_bars)) is not None
    ]
    model = fit_style(
        np.stack([style_features(inner) for inner, _ in training]),
        [stored.composer for _, stored in training],
        [stored.work_group for _, stored in training],
    ).pipeline
    found = {}
    for name, phrases in {"human": [stored.phrase for stored in human], **answers}.items():
        counts = dict.fromkeys(STYLED, (0, 0))
        for stored, phrase in zip(human, phrases, strict=True):
            inner = inner_bars(phrase.on_grid(), outer_bars)
            if stored.composer in counts and inner is not None:
                named = model.predict(style_features(inner)[None])[0]
                before, hits = counts[stored.composer]
                counts[stored.composer] = (before + 1, hits + int(named == stored.composer))
        found[name] = StyleHits({name: count for name, count in counts.items() if count[0]})
    return found


def inner_bars(phrase: Phrase, outer_bars: int) -> Phrase | None:
    """The phrase without `outer_bars` bars on each side; None if too few notes remain."""
    start, end = outer_bars * phrase.bar_ticks, (phrase.bars - outer_bars) * phrase.bar_ticks
    notes = tuple(
        replace(note.shifted(-start), duration_ticks=min(note.duration_ticks, end - note.onset_ticks))
        for note in phrase.notes
        if start <= note.onset_ticks < end
    )
    if len(notes) < _FEWEST_NOTES:
        return None
    return replace(phrase, notes=notes, bars=phrase.bars - 2 * outer_bars)
