"""Baseline scores for the judge, and the transfer between clusters of families."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.judge.classifier.calibration import area_under_roc, equal_weights
from models.judge.classifier.ensemble import Ensemble, with_composer
from models.judge.features.examples import Examples
from models.judge.features.measures import Array
from models.judge.features.table import NAMES
from models.judge.training.fit import Kind


def transfer(
    train: Examples, test: Examples, kinds: Sequence[Kind], trees: int, seed: int, workers: int
) -> dict[str, dict[str, float]]:
    """Trains a model on each cluster alone and returns its AUC on the machine lines of every cluster:
    found[trained][measured]."""
    from joblib import Parallel, delayed

    clusters = {
        each: [one.name for one in kinds if one.cluster == each]
        for each in sorted({one.cluster for one in kinds})
    }
    fits = (
        delayed(_of_one)(train.where(train.human | np.isin(train.family, names)), test, trees, seed)
        for names in clusters.values()
    )
    found = {}
    for learnt, score in zip(clusters, Parallel(n_jobs=workers)(fits), strict=True):
        found[learnt] = {
            shown: area_under_roc(score[test.human], score[np.isin(test.family, names)])
            for shown, names in clusters.items()
        }
    return found


def _of_one(train: Examples, test: Examples, trees: int, seed: int) -> Array:
    return Ensemble.fit(train, trees, seed).score(test.values, test.composer)


def simple_scores(train: Examples, test: Examples, p: Array) -> dict[str, Array]:
    """Scores of the baselines that do not need leave-one-family-out, float64[n] for all test rows."""
    from sklearn.ensemble import ExtraTreesClassifier

    outside = ExtraTreesClassifier(100, min_samples_leaf=20, random_state=0)
    outside.fit(_metadata(train), train.human, sample_weight=equal_weights(train.human))
    return {
        "constant": np.zeros(len(test)),
        "exp(-NLL)": np.exp(-test.values[:, NAMES.index("lm_joint_nll")]),
        "longest repeated run": longest_run(test),
        "metadata only": outside.predict_proba(_metadata(test))[:, 1],
        "anomaly test": p,
    }


def longest_run(examples: Examples) -> Array:
    """The length of the longest repeated run of each row: the untrained baseline."""
    return np.asarray(examples.values[:, NAMES.index("run_scale_any")])


def _metadata(examples: Examples) -> Array:
    """The features without the notes: number of bars and attributed composer."""
    return with_composer(examples.bars[:, None].astype(float), examples.composer)
