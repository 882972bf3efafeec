"""Classifier two-sample test (Lopez-Paz & Oquab 2017): how well can a writer's answers be told from
the human phrases whose outer bars they share, by a classifier trained for this writer alone?

It is the two-sample test by a classifier (Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample
tests"): .5 means that nothing was found. Unlike the shipped judge it has seen the very writer that
it is measured on, so it is the hardest one to please. A human phrase and all answers to its outer
bars stand on one side, and so does a whole work: every score is given by a judge that was fitted on
other works.
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
    """AUC of human against answer, all composers together and each alone, with 95 % intervals over
    works, and how many human phrases there were."""

    pooled: Interval
    by_composer: Mapping[str, tuple[int, Interval]]


def examples_of(human: Sequence[StoredPhrase], answers: Sequence[Phrase], knowledge: Knowledge) -> Examples:
    """Both as examples, in their order, human ones first; a pair too short for a judge is left out."""
    kept, written = [], []
    for stored, phrase in zip(human, answers, strict=True):
        both = [
            humans_of([one]) for one in (stored, replace(stored, phrase=phrase.on_grid(), source=_ANSWER))
        ]
        if all(both):
            kept += both[0]
            written += both[1]
    return measured(Drawn.joined([Drawn.human(kept), Drawn.composed(written)]), knowledge)


def out_of_fold(examples: Examples, seed: int = 0, folds: int = FOLDS, trees: int = TREES) -> Array:
    """Log odds of human of each row, by judges that were fitted on the works of the other folds."""
    score = np.zeros(len(examples))
    fold = _folds(examples.group, folds)
    for each in range(folds):
        held = fold == each
        if held.any():
            model = Ensemble.fit(examples.where(~held), trees, seed)
            score[held] = model.score(examples.values[held], examples.composer[held])
    return score


def transferred(train: Examples, test: Examples, seed: int = 0, trees: int = TREES) -> Array:
    """Log odds of the test rows by a judge fitted on the other side's works."""
    return Ensemble.fit(train, trees, seed).score(test.values, test.composer)


def figures(examples: Examples, score: Array, seed: int = 0) -> TwoSampleFigures:
    """What the scores are worth."""

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
    """The fold of each row: works from the largest to the smallest, each to the emptiest fold."""
    names, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    fold_of, filled = np.zeros(len(names), np.int64), np.zeros(folds, np.int64)
    for work in np.argsort(-counts, kind="stable"):
        fold_of[work] = int(filled.argmin())
        filled[fold_of[work]] += counts[work]
    return fold_of[place]
