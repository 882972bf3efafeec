"""Classifier two-sample test: how well a classifier trained on one composer program separates its
answers from the human phrases with the same outer bars.

See Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests". An AUC of .5 means no
difference was found. Unlike the shipped judge, this classifier is trained on the program that it
is measured on, so it is the strictest test. Folds are split by work: a human phrase and all answers to
its outer bars are in the same fold, and every score comes from a classifier fitted on other works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data_prep.corpus.store import StoredPhrase
from models.judge.classifier.calibration import Interval
from models.judge.classifier.ensemble import Ensemble
from models.judge.features.examples import Examples
from models.judge.features.measures import Array
from models.judge.features.table import Knowledge
from models.judge.training.examples import Drawn, humans_of, measured
from models.judge.training.leave_out import bootstrap_auc
from violin.music import Phrase

FOLDS = 5
TREES = 200
_ANSWER = "answer"


@dataclass(frozen=True)
class TwoSampleFigures:
    """AUC of human against answer, for all composers together and for each, with 95 % intervals
    over works, and the number of human phrases."""

    pooled: Interval
    by_composer: Mapping[str, tuple[int, Interval]]


def examples_of(human: Sequence[StoredPhrase], answers: Sequence[Phrase], knowledge: Knowledge) -> Examples:
    """Human phrases and answers as examples, in order, human ones first. Pairs too short to be judged are
    left out."""
    kept, written = [], []
    for stored, phrase in zip(human, answers, strict=True):
        both = [
            humans_of([one]) for one in (stored, replace(stored, phrase=phrase.on_grid(), source=_ANSWER))
        ]
        if all(both):
            kept += both[0]
            written += both[1]
    return measured(Drawn.joined([Drawn.human(kept), Drawn.composed(written)]), knowledge, 0)


def out_of_fold(examples: Examples, seed: int = 0, folds: int = FOLDS, trees: int = TREES) -> Array:
    """Log odds of human of each row, from classifiers fitted on the works of the other folds."""
    score = np.zeros(len(examples))
    fold = _folds(examples.group, folds)
    for each in range(folds):
        held = fold == each
        if held.any():
            model = Ensemble.fit(examples.where(~held), trees, seed)
            score[held] = model.score(examples.values[held], examples.composer[held])
    return score


def transferred(train: Examples, test: Examples, seed: int = 0, trees: int = TREES) -> Array:
    """Log odds of the test rows from a classifier fitted on `train`."""
    return Ensemble.fit(train, trees, seed).score(test.values, test.composer)


def figures(examples: Examples, score: Array, seed: int = 0) -> TwoSampleFigures:
    """The figures of some scores."""

    def auc(mask: Array) -> Interval:
        human, answer = mask & examples.human, mask & ~examples.human
        return bootstrap_auc(score[human], examples.group[human], score[answer], examples.group[answer], seed)

    composers = sorted(set(examples.composer.tolist()))
    by_composer = {}
    for name in composers:
        mine = examples.composer == name
        by_composer[name] = (int((mine & examples.human).sum()), auc(mine))
    return TwoSampleFigures(auc(np.ones(len(examples), bool)), by_composer)


def _folds(groups: Array, folds: int) -> Array:
    """The fold of each row: works from largest to smallest, each to the smallest fold."""
    names, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    fold_of, filled = np.zeros(len(names), np.int64), np.zeros(folds, np.int64)
    for work in np.argsort(-counts, kind="stable"):
        fold_of[work] = int(filled.argmin())
        filled[fold_of[work]] += counts[work]
    return fold_of[place]
