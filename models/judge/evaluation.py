"""Measuring a judge on works and families that it has never seen.

Every figure on a family comes from `protocol.leave_out` on the test side; scores become
probabilities by Platt's scaling from the validation side (other families left out there) and end
with the gate, exactly as the shipped judge's do. The shipped judge itself has seen all families
of ours, so on those it does better than these figures say; on a stranger's generator these hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.calibrate import (
    area_under_roc,
    brier,
    calibration_error,
    equal_weights,
    official_score,
    reliability,
)
from models.judge.ensemble import Ensemble, with_composer
from models.judge.examples import Examples, chosen, held_out
from models.judge.features import NAMES
from models.judge.figures import (
    Evaluation,
    FamilyFigures,
    Scored,
    by_composer,
    by_length,
    mean_interval,
    paired,
    pooled_chances,
)
from models.judge.fit import Plan, Prepared
from models.judge.gate import Gate, flagged
from models.judge.negatives.family import Family
from models.judge.own_composer import CLUSTER, is_composed
from models.judge.protocol import bootstrap_auc, calibrated, leave_out, parts_of_three
from models.judge.score import EVEN_P

Array = NDArray[Any]


def test_side(prepared: Prepared, plan: Plan, families: Sequence[Family]) -> Examples:
    """The examples to measure on: works of the test side, samplers counted on that side alone."""
    side = prepared.humans["test"]
    return held_out(
        chosen(side, plan.test_humans, plan.seed + 2),
        side,
        families,
        prepared.knowledge,
        plan.test_per_family,
        plan.seed + 200,
        prepared.composed["test"],
    )


def evaluate(
    prepared: Prepared, test: Examples, plan: Plan, on_step: Callable[[], None] = lambda: None
) -> tuple[Evaluation, Scored]:
    """All figures but those on foreign systems, with the scores behind them."""
    kinds = [one for one in prepared.kinds if (test.family == one.name).any()]
    names = [one.name for one in kinds]
    train, trees = prepared.train, plan.calibration_trees
    scale = calibrated(leave_out(train, prepared.validation, parts_of_three(kinds), trees, plan.seed + 1))
    on_step()
    gate = Gate.fit(
        np.concatenate([train.values[train.human], prepared.validation.values[prepared.validation.human]])
    )
    p = gate.p_values(test.values)
    p_human = p[test.human]
    # A temperature of the composer is no family of its own: all of them are left out together.
    by_family = [[one.name] for one in kinds if one.cluster != CLUSTER]
    by_family += [part for part in [[one.name for one in kinds if one.cluster == CLUSTER]] if part]
    alone = leave_out(train, test, by_family, trees, plan.seed + 3, on_step)
    clusters = sorted({one.cluster for one in kinds})
    by_cluster = [[one.name for one in kinds if one.cluster == each] for each in clusters]
    together = leave_out(train, test, by_cluster, trees, plan.seed + 4)
    on_step()
    human = {name: flagged(scale.apply(alone[name].human), p_human) for name in names}
    machine = {name: flagged(scale.apply(alone[name].machine), p[test.family == name]) for name in names}
    scored = Scored(test, human, machine)
    simple = _simple_scores(train, test, p)
    rows = []
    for family in kinds:
        mask = test.family == family.name
        cluster = together[family.name]
        baselines = {name: area_under_roc(score[test.human], score[mask]) for name, score in simple.items()}
        one = alone[family.name]
        for half, name in enumerate(("forest alone", "LR alone")):
            baselines[name] = area_under_roc(one.human_halves[:, half], one.machine_halves[:, half])
        ours, theirs = human[family.name], machine[family.name]
        rows.append(
            FamilyFigures(
                name=family.name,
                cluster=family.cluster,
                words=family.words,
                count=int(mask.sum()),
                auc=bootstrap_auc(ours, test.group[test.human], theirs, test.group[mask], plan.seed),
                ungated=area_under_roc(alone[family.name].human, alone[family.name].machine),
                cluster_auc=area_under_roc(
                    flagged(scale.apply(cluster.human), p_human),
                    flagged(scale.apply(cluster.machine), p[mask]),
                ),
                baselines=baselines,
                decided=official_score((ours >= 0.5).astype(float), (theirs >= 0.5).astype(float)),
                soft=official_score(ours, theirs),
                flagged=float((p[mask] < 0.01).mean()),
                paired=paired(ours, test.group[test.human], theirs, test.group[mask]),
            )
        )
    seen = Ensemble.fit(train, trees, plan.seed + 3)
    of_families = [one for one in rows if one.cluster != CLUSTER]
    chance, is_human, weight = pooled_chances(scored, [one.name for one in of_families])
    own = test.own[test.human]
    mean_human = np.mean([human[name] for name in names], axis=0)
    groups = test.group[test.human]
    only = p / (p + EVEN_P)
    result = Evaluation(
        families=of_families,
        composers=[one for one in rows if one.cluster == CLUSTER],
        by_composer=by_composer(scored, plan.seed),
        by_length=by_length(scored, plan.seed),
        own_hcs=mean_interval(mean_human[own], groups[own], plan.seed),
        other_hcs=mean_interval(mean_human[~own], groups[~own], plan.seed),
        ece=calibration_error(chance, is_human, weight),
        brier=brier(chance, is_human, weight),
        decided=float(np.mean([one.decided for one in of_families])),
        soft=float(np.mean([one.soft for one in of_families])),
        human_flagged=float((p_human < 0.01).mean()),
        curve=reliability(chance, is_human, weight),
        seen_auc=_mean_auc(test, flagged(scale.apply(seen.score(test.values, test.composer)), p)),
        positives_only=_mean_auc(test, only),
        counts={
            "train human": int(train.human.sum()),
            "train machine": int((~train.human).sum()),
            "test human": int(test.human.sum()),
            "test machine": int((~test.human).sum()),
            "test works": len(np.unique(groups)),
        },
    )
    on_step()
    return result, scored


def _mean_auc(test: Examples, score: Array) -> float:
    names = [name for name in np.unique(test.family) if name and not is_composed(str(name))]
    return float(np.mean([area_under_roc(score[test.human], score[test.family == name]) for name in names]))


def _simple_scores(train: Examples, test: Examples, p: Array) -> dict[str, Array]:
    """Scores of the baselines that need no family left out, float64[n] of all test rows."""
    column = {name: test.values[:, NAMES.index(name)] for name in ("lm_joint_nll", "longest_run_interval")}
    from sklearn.ensemble import ExtraTreesClassifier

    outside = ExtraTreesClassifier(100, min_samples_leaf=20, random_state=0)
    outside.fit(_metadata(train), train.human, sample_weight=equal_weights(train.human))
    return {
        "constant": np.zeros(len(test)),
        "exp(-NLL)": np.exp(-column["lm_joint_nll"]),
        "longest repeated run": column["longest_run_interval"],
        "metadata only": outside.predict_proba(_metadata(test))[:, 1],
        "gate": p,
    }


def _metadata(examples: Examples) -> Array:
    """What is left beside the notes: bars and the composer claimed."""
    return with_composer(examples.bars[:, None].astype(float), examples.composer)
