"""Bits per note on unseen music: the composer against the n-gram baseline.

Both models do the challenge's task on the same phrases of unseen works (one or two bars given on
each side). Only the tokens of the middle bars count: BAR, Position, Pitch, Duration, LONGER and
EOS. Their negative log2 likelihood is divided by the number of notes in those bars, so the figure
does not depend on how many tokens a note takes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.language.tokenizer import Encoded, Facts
from data_prep.corpus.store import StoredPhrase
from models.composer.batch import in_middle
from models.generation.model import ComposerModel
from models.ngram import NgramModel
from models.training.tasks import Task
from violin.challenge import SLUGS

_TOKENS_PER_BATCH = 16_384

Scorer = Callable[[Sequence[Encoded]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Fit:
    """Total bits and notes of the middle bars of some phrases."""

    bits: float
    notes: int
    phrases: int

    @property
    def bits_per_note(self) -> float:
        return self.bits / max(self.notes, 1)


@dataclass(frozen=True, slots=True)
class ComposerFit:
    """Results on one composer's unseen phrases: the model with the composer's own token, with the
    null token and with the other composers' tokens (mean), and the n-gram, which has no composer
    token."""

    composer: str
    own: Fit
    null: Fit
    wrong: Fit
    ngram: Fit

    @property
    def gain(self) -> float:
        """The relative reduction of the model's bits per note below the n-gram's."""
        return 1 - self.own.bits_per_note / self.ngram.bits_per_note


def model_bits(model: ComposerModel) -> Scorer:
    """A scorer: bits of each row's middle under the transformer."""

    def score(rows: Sequence[Encoded]) -> NDArray[np.float64]:
        bits = np.zeros(len(rows))
        for indices in _batches([len(row) for row in rows]):
            nats = model.net.middle_nats([rows[index] for index in indices])
            bits[indices] = nats.cpu().numpy() / math.log(2)
        return bits

    return score


def ngram_bits(model: NgramModel) -> Scorer:
    """A scorer: bits of each row's middle under the n-gram model."""

    def score(rows: Sequence[Encoded]) -> NDArray[np.float64]:
        bits = np.zeros(len(rows))
        for index, row in enumerate(rows):
            bits[index] = -model.log_probabilities(row.tokens)[in_middle(row)[1:]].sum() / math.log(2)
        return bits

    return score


def composer_fits(
    tasks: Sequence[Task], model: Scorer, ngram: Scorer, wrong: Iterable[str] = SLUGS
) -> list[ComposerFit]:
    """A `ComposerFit` for each composer token in the tasks, by name."""
    wrong = tuple(wrong)
    by_composer: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_composer[str(task.composer)].append(task)
    fits = []
    for composer, mine in sorted(by_composer.items()):
        others = [slug for slug in wrong if slug != composer]
        under_others = [fit_of([replace(task, composer=slug) for task in mine], model) for slug in others]
        mean = Fit(
            sum(fit.bits for fit in under_others) / max(len(others), 1),
            sum(task_notes(task) for task in mine),
            len(mine),
        )
        null = fit_of([replace(task, composer=None) for task in mine], model)
        fits.append(ComposerFit(composer, fit_of(mine, model), null, mean, fit_of(mine, ngram)))
    return fits


def pooled(fits: Sequence[ComposerFit]) -> ComposerFit:
    """The results of all composers together, every note with the same weight."""

    def total(parts: Iterable[Fit]) -> Fit:
        parts = list(parts)
        return Fit(
            sum(part.bits for part in parts),
            sum(part.notes for part in parts),
            sum(part.phrases for part in parts),
        )

    return ComposerFit(
        "all",
        total(fit.own for fit in fits),
        total(fit.null for fit in fits),
        total(fit.wrong for fit in fits),
        total(fit.ngram for fit in fits),
    )


def task_notes(task: Task) -> int:
    """The number of notes in the middle bars."""
    bar = task.phrase.bar_ticks
    first, last = task.beginning_bars * bar, (task.phrase.bars - task.ending_bars) * bar
    return sum(first <= note.onset_ticks < last for note in task.phrase.notes)


def tasks_of(phrases: Sequence[StoredPhrase], language: int = 1) -> list[Task]:
    """Tasks with one given bar on each side and the composer's own token, in a version of the
    language."""
    facts = Facts() if language > 1 else None
    return [Task(stored.phrase, 1, 1, stored.composer, facts=facts) for stored in phrases]


def fit_of(tasks: Sequence[Task], score: Scorer) -> Fit:
    """Bits and notes of the middle bars of some tasks."""
    rows = [task.encoded() for task in tasks]
    return Fit(float(score(rows).sum()), sum(map(task_notes, tasks)), len(tasks))


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices of the rows, in batches of similar length."""
    batches: list[list[int]] = []
    for index in np.argsort(lengths, kind="stable").tolist():
        if batches and (len(batches[-1]) + 1) * lengths[index] <= _TOKENS_PER_BATCH:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
