"""Evaluates a judge on unseen works and left-out families.

Every figure on a family comes from `leave_out` on the test split. Scores become probabilities by
Platt scaling, fitted on the validation split (scored by the same models, each on its left-out
family), and the anomaly test is applied last, exactly as in the shipped judge. The shipped judge
was trained on all our families, so on those it is better than these figures; on an unknown
generator these figures apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.classifier.anomaly import AnomalyTest, flagged
from models.judge.classifier.calibration import area_under_roc, official_score
from models.judge.classifier.ensemble import MEMBERS, Ensemble, LeftOut
from models.judge.evaluation.baselines import longest_run, simple_scores, transfer
from models.judge.evaluation.figures import at_eight, by_composer, by_length, mode_figures, over_works, paired
from models.judge.evaluation.records import CutFigures, Evaluation, FamilyFigures, ModeFigures, Scored
from models.judge.evaluation.validation import moved
from models.judge.features.examples import Examples
from models.judge.score import EVEN_P, OPEN, POSITIVES_ONLY, SELF_NEGATIVES
from models.judge.training.cache import FeatureCache
from models.judge.training.composed import CLUSTER
from models.judge.training.fit import LONG_BARS, Kind, Plan, Prepared
from models.judge.training.leave_out import (
    architectures,
    bootstrap_auc,
    calibrated,
    leave_out,
    parts_of_three,
    units,
)

Array = NDArray[Any]


def evaluate(
    prepared: Prepared,
    plan: Plan,
    *,
    at_once: bool = False,
    families_only: bool = False,
    cache: FeatureCache | None = None,
    workers: int = 1,
    on_step: Callable[[], None] = lambda: None,
) -> tuple[Evaluation, Scored]:
    """All figures except those on foreign systems, and their scores.

    `at_once` leaves out three families of different kinds at a time: stricter, with a third of the fits.
    `families_only` skips the figures of left-out architectures, of families in the training, of the
    transfer, of further generators and of the open mode.
    """
    train, validation, test = (prepared.side(name) for name in ("train", "validation", "test"))
    kinds = [one for one in prepared.kinds_of(SELF_NEGATIVES) if (test.family == one.name).any()]
    trees = plan.calibration_trees
    known = Examples.joined([side.where(side.human) for side in (train, validation)])
    anomaly_test = AnomalyTest.fit(known.values, known.group)
    seed = plan.seed + 1
    parts = parts_of_three(kinds) if at_once else units(kinds)
    shown = [validation, test, *([prepared.short] if prepared.short is not None else [])]
    unseen, alone, *cut = leave_out(train, shown, parts, trees, seed, workers, on_step, cache)
    scale = calibrated(unseen)
    p = anomaly_test.p_values(test.values)
    scored = _scored(test, alone, p, scale.apply)
    of_architectures = None
    if not families_only:
        (together,) = leave_out(train, [test], architectures(kinds), trees, seed, workers, on_step, cache)
        of_architectures = _scored(test, together, p, scale.apply)
    simple = simple_scores(train, test, p)
    rows = [_row(one, test, alone[one.name], scored, of_architectures, simple, p, plan.seed) for one in kinds]
    names = [one.name for one in kinds if one.cluster != CLUSTER]
    modes = {SELF_NEGATIVES: _mode(scored, names, prepared, plan)}
    only = p / (p + EVEN_P)
    by_anomaly = Scored(
        test,
        {one.name: only[test.human] for one in kinds},
        {one.name: only[test.family == one.name] for one in kinds},
    )
    modes[POSITIVES_ONLY] = _mode(by_anomaly, names, prepared, plan)
    further: list[FamilyFigures] = []
    seen_auc = None
    if not families_only:
        everything = Ensemble.fit(train, trees, seed)
        seen = flagged(scale.apply(everything.score(test.values, test.composer)), p)
        seen_auc = _mean_auc(test, seen, names)
        on_step()
    if prepared.further and not families_only:
        further = _strangers(prepared, everything, scale.apply, anomaly_test, plan.seed)
        modes[SELF_NEGATIVES] = modes[SELF_NEGATIVES]._replace(
            further=float(np.mean([one.auc.value for one in further]))
        )
        modes[OPEN] = _open(prepared, plan, anomaly_test, names, cache, workers, on_step)
    own = test.own[test.human]
    mean_human = np.mean([scored.human[name] for name in names], axis=0)
    result = Evaluation(
        families=[one for one in rows if one.cluster != CLUSTER],
        composers=[one for one in rows if one.cluster == CLUSTER],
        further=further,
        modes=modes,
        by_composer=by_composer(scored, plan.seed),
        by_length=by_length(scored, names, plan.seed),
        at_eight=at_eight(scored, names, plan.seed),
        cut=_cut(prepared, scored, cut[0], anomaly_test, scale.apply, names, plan.seed) if cut else None,
        human_flagged=float((p[test.human] < 0.01).mean()),
        own_human_flagged=float((p[test.human][own] < 0.01).mean()),
        by_composer_hcs={
            composer: (int(mine.sum()), float(mean_human[mine].mean()))
            for composer in sorted(set(test.composer[test.human][own].tolist()))
            if (mine := own & (test.composer[test.human] == composer)).any()
        },
        seen_auc=seen_auc,
        slip=moved(alone, scale),
        transfer={} if families_only else transfer(train, test, kinds, trees, seed, workers),
        counts={
            "train human": int(train.human.sum()),
            "train machine": int((~train.human).sum()),
            "test human": int(test.human.sum()),
            "test machine": int((~test.human).sum()),
            "test works": len(np.unique(test.group[test.human])),
        },
    )
    on_step()
    return result, scored


def _cut(
    prepared: Prepared,
    scored: Scored,
    cut: Mapping[str, LeftOut],
    anomaly_test: AnomalyTest,
    scale: Callable[[Array], Array],
    names: Sequence[str],
    seed: int,
) -> CutFigures | None:
    """Figures of long lines, whole and cut to their first bars, with the same models."""
    test, short = scored.test, prepared.short
    if short is None or not short.human.any():
        return None
    long = test.bars >= LONG_BARS
    whole = Scored(
        test.where(long),
        {name: scored.human[name][long[test.human]] for name in names},
        {name: scored.machine[name][long[test.family == name]] for name in names},
    )
    shown = _scored(short, cut, anomaly_test.p_values(short.values), scale)
    return CutFigures(
        int(short.human.sum()),
        over_works(whole, names, area_under_roc, seed),
        over_works(shown, names, area_under_roc, seed),
    )


def _scored(
    test: Examples, left_out: Mapping[str, LeftOut], p: Array, scale: Callable[[Array], Array]
) -> Scored:
    """Probabilities from the scores of left-out families, after Platt scaling and anomaly test."""
    return Scored(
        test,
        {name: flagged(scale(one.human), p[test.human]) for name, one in left_out.items()},
        {name: flagged(scale(one.machine), p[test.family == name]) for name, one in left_out.items()},
    )


def _row(
    kind: Kind,
    test: Examples,
    one: LeftOut,
    scored: Scored,
    of_architectures: Scored | None,
    simple: Mapping[str, Array],
    p: Array,
    seed: int,
) -> FamilyFigures:
    mask = test.family == kind.name
    ours, theirs = scored.human[kind.name], scored.machine[kind.name]
    groups = test.group[test.human], test.group[mask]
    baselines = {name: area_under_roc(score[test.human], score[mask]) for name, score in simple.items()}
    for member, name in enumerate(MEMBERS):
        baselines[f"{name} alone"] = area_under_roc(
            one.human_members[:, member], one.machine_members[:, member]
        )
    return FamilyFigures(
        name=kind.name,
        cluster=kind.cluster,
        architecture=kind.architecture,
        words=kind.words,
        count=int(mask.sum()),
        auc=bootstrap_auc(ours, groups[0], theirs, groups[1], seed),
        auc_without_anomaly_test=area_under_roc(one.human, one.machine),
        architecture_auc=None
        if of_architectures is None
        else area_under_roc(of_architectures.human[kind.name], of_architectures.machine[kind.name]),
        baselines=baselines,
        decided=official_score((ours >= 0.5).astype(float), (theirs >= 0.5).astype(float)),
        soft=official_score(ours, theirs),
        flagged=float((p[mask] < 0.01).mean()),
        paired=paired(ours, groups[0], theirs, groups[1]),
    )


def _mode(scored: Scored, names: Sequence[str], prepared: Prepared, plan: Plan) -> ModeFigures:
    composed = [one.name for one in prepared.kinds if one.cluster == CLUSTER and one.name in scored.machine]
    further = [one.name for one in prepared.kinds if one.further and one.name in scored.machine]
    return mode_figures(scored, names, composed, further, plan.seed)


def _strangers(
    prepared: Prepared, known: Ensemble, scale: Callable[[Array], Array], anomaly_test: AnomalyTest, seed: int
) -> list[FamilyFigures]:
    """Figures on the further generators of a judge that was not trained on them."""
    test, further = prepared.side("test"), prepared.further["test"]
    of_test, p = anomaly_test.p_values(test.values), anomaly_test.p_values(further.values)
    ours = flagged(scale(known.score(test.values, test.composer)), of_test)[test.human]
    theirs = flagged(scale(known.score(further.values, further.composer)), p)
    run_of_test = longest_run(test)[test.human]
    rows = []
    for kind in prepared.kinds:
        mask = further.family == kind.name
        if not kind.further or not mask.any():
            continue
        groups = test.group[test.human], further.group[mask]
        auc = bootstrap_auc(ours, groups[0], theirs[mask], groups[1], seed)
        rows.append(
            FamilyFigures(
                name=kind.name,
                cluster=kind.cluster,
                architecture=kind.architecture,
                words=kind.words,
                count=int(mask.sum()),
                auc=auc,
                auc_without_anomaly_test=auc.value,
                architecture_auc=auc.value,
                baselines={"longest repeated run": area_under_roc(run_of_test, longest_run(further)[mask])},
                decided=official_score((ours >= 0.5).astype(float), (theirs[mask] >= 0.5).astype(float)),
                soft=official_score(ours, theirs[mask]),
                flagged=float((p[mask] < 0.01).mean()),
                paired=paired(ours, groups[0], theirs[mask], groups[1]),
            )
        )
    return rows


def _open(
    prepared: Prepared,
    plan: Plan,
    anomaly_test: AnomalyTest,
    names: Sequence[str],
    cache: FeatureCache | None,
    workers: int,
    on_step: Callable[[], None],
) -> ModeFigures:
    """Figures of the open mode, with families and generators left out three at a time."""
    train, validation, test = (prepared.side(name, OPEN) for name in ("train", "validation", "test"))
    kinds = [one for one in prepared.kinds_of(OPEN) if (test.family == one.name).any()]
    unseen, alone = leave_out(
        train,
        [validation, test],
        parts_of_three(kinds),
        plan.calibration_trees,
        plan.seed + 1,
        workers,
        on_step,
        cache,
    )
    scored = _scored(test, alone, anomaly_test.p_values(test.values), calibrated(unseen).apply)
    return _mode(scored, names, prepared, plan)


def _mean_auc(test: Examples, score: Array, names: Sequence[str]) -> float:
    return float(np.mean([area_under_roc(score[test.human], score[test.family == name]) for name in names]))
