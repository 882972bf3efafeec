"""Computes the figures of an evaluation from the scores of left-out families."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.classifier.calibration import (
    Interval,
    area_under_roc,
    brier,
    calibration_error,
    equal_weights,
    official_score,
    reliability,
)
from models.judge.evaluation.records import ModeFigures, Scored
from models.judge.training.leave_out import bootstrap_auc

Array = NDArray[Any]


def pooled_chances(scored: Scored, names: Sequence[str]) -> tuple[Array, Array, Array]:
    """(probability, is human, weight) pooled over families; families and classes have equal weight."""
    chance, is_human, weight = [], [], []
    for name in names:
        both = np.concatenate([scored.human[name], scored.machine[name]])
        mask = np.arange(len(both)) < len(scored.human[name])
        chance.append(both)
        is_human.append(mask)
        weight.append(equal_weights(mask) / len(both))
    return np.concatenate(chance), np.concatenate(is_human), np.concatenate(weight)


def by_composer(scored: Scored, seed: int) -> dict[str, tuple[int, Interval]]:
    """For each composer, the AUC over all left-out families on lines of that composer's own music."""
    test = scored.test
    found: dict[str, tuple[int, Interval]] = {}
    for composer in sorted(set(test.composer.tolist())):
        rows = (test.composer == composer) & test.own
        if rows[test.human].sum() >= 5:
            found[composer] = (int(rows[test.human].sum()), auc_of(scored, rows, seed))
    return found


def by_length(scored: Scored, names: Sequence[str], seed: int) -> dict[str, tuple[int, Interval]]:
    """Mean AUC over left-out families, by number of bars of the human source."""
    test = scored.test
    found = {}
    for label, low, high in (
        ("8 bars", 8, 8),
        ("9 to 11 bars", 9, 11),
        ("12 to 14 bars", 12, 14),
        ("15 and 16 bars", 15, 16),
    ):
        rows = (test.bars >= low) & (test.bars <= high)
        if rows[test.human].sum() >= 10:
            found[label] = (int(rows[test.human].sum()), auc_of(scored, rows, seed, names))
    return found


def at_eight(scored: Scored, names: Sequence[str], seed: int) -> dict[str, Interval]:
    """The AUC of each family on lines of eight and nine bars."""
    test = scored.test
    short = test.bars <= 9
    ours = short[test.human]
    return {
        name: bootstrap_auc(
            scored.human[name][ours],
            test.group[test.human][ours],
            scored.machine[name][short[test.family == name]],
            test.group[test.family == name][short[test.family == name]],
            seed,
            draws=100,
        )
        for name in names
    }


def mode_figures(
    scored: Scored, names: Sequence[str], composed: Sequence[str], further: Sequence[str], seed: int
) -> ModeFigures:
    """The figures of a mode over the families `names`. `composed` and `further` are reported
    separately."""
    test = scored.test
    aucs = {name: area_under_roc(scored.human[name], scored.machine[name]) for name in names}
    worst = min(aucs, key=lambda name: aucs[name])
    chance, is_human, weight = pooled_chances(scored, names)
    groups, own = test.group[test.human], test.own[test.human]
    mean_human = np.mean([scored.human[name] for name in names], axis=0)

    def mean_of(which: Sequence[str]) -> float | None:
        found = [area_under_roc(scored.human[name], scored.machine[name]) for name in which]
        return float(np.mean(found)) if found else None

    return ModeFigures(
        mean_auc=over_works(scored, names, area_under_roc, seed),
        worst=worst,
        worst_auc=bootstrap_auc(
            scored.human[worst], groups, scored.machine[worst], test.group[test.family == worst], seed
        ),
        decided=over_works(scored, names, _decided, seed),
        soft=float(np.mean([official_score(scored.human[name], scored.machine[name]) for name in names])),
        ece=calibration_error(chance, is_human, weight),
        brier=brier(chance, is_human, weight),
        own_hcs=mean_interval(mean_human[own], groups[own], seed),
        other_hcs=mean_interval(mean_human[~own], groups[~own], seed),
        composer=mean_of(composed),
        further=mean_of(further),
        humans=int(test.human.sum()),
        curve=reliability(chance, is_human, weight),
    )


def _decided(human: Array, machine: Array) -> float:
    return official_score((human >= 0.5).astype(float), (machine >= 0.5).astype(float))


def over_works(
    scored: Scored,
    names: Sequence[str],
    figure: Callable[[Array, Array], float],
    seed: int,
    draws: int = 100,
) -> Interval:
    """The mean over families of a metric of (human, machine) scores, with a 95 % bootstrap interval
    over works; each draw uses the same works for all families."""
    test = scored.test
    human_works = test.group[test.human]
    works = np.unique(test.group)
    human_rows = [np.flatnonzero(human_works == work) for work in works]
    machine_rows = {
        name: [np.flatnonzero(test.group[test.family == name] == work) for work in works] for name in names
    }
    random = np.random.default_rng([seed, 8])
    found = []
    for _ in range(draws):
        drawn = random.integers(len(works), size=len(works))
        ours = np.concatenate([human_rows[one] for one in drawn])
        values = []
        for name in names:
            theirs = np.concatenate([machine_rows[name][one] for one in drawn])
            if len(ours) and len(theirs):
                values.append(figure(scored.human[name][ours], scored.machine[name][theirs]))
        if values:
            found.append(float(np.mean(values)))
    value = float(np.mean([figure(scored.human[name], scored.machine[name]) for name in names]))
    low, high = np.quantile(found, (0.025, 0.975)) if found else (value, value)
    return Interval(value, float(low), float(high))


def auc_of(scored: Scored, rows: Array, seed: int, names: Sequence[str] | None = None) -> Interval:
    """The mean over families of the AUC on some rows, with an interval from pooled ranks."""
    test = scored.test
    ours_mask, values, human_scores, groups, machine_groups = rows[test.human], [], [], [], []
    machine_scores = []
    for name in scored.human if names is None else names:
        ours = scored.human[name]
        mask = test.family == name
        inside = rows[mask]
        if inside.any():
            values.append(area_under_roc(ours[ours_mask], scored.machine[name][inside]))
            human_scores.append(ours[ours_mask])
            groups.append(test.group[test.human][ours_mask])
            machine_scores.append(scored.machine[name][inside])
            machine_groups.append(test.group[mask][inside])
    pooled = bootstrap_auc(
        np.concatenate(human_scores),
        np.concatenate(groups),
        np.concatenate(machine_scores),
        np.concatenate(machine_groups),
        seed,
        draws=100,
    )
    middle = float(np.mean(values))
    return Interval(middle, middle + pooled.low - pooled.value, middle + pooled.high - pooled.value)


def mean_interval(values: Array, groups: Array, seed: int) -> Interval:
    """A mean with its bootstrap interval over works."""
    if len(values) == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    works = np.unique(groups)
    totals = np.array([values[groups == work].sum() for work in works])
    counts = np.array([(groups == work).sum() for work in works])
    drawn = np.random.default_rng([seed, 6]).integers(len(works), size=(300, len(works)))
    means = totals[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(values.mean()), float(low), float(high))


def paired(ours: Array, our_groups: Array, theirs: Array, their_groups: Array) -> float:
    """Matched pairs: how often a human line scores higher than a machine line of the same work."""
    shares = []
    for work in np.unique(their_groups):
        human, machine = ours[our_groups == work], theirs[their_groups == work]
        if len(human):
            shares += [area_under_roc(human, np.array([one])) for one in machine]
    return float(np.mean(shares)) if shares else 0.5


def foreign_figures(
    probabilities: Mapping[str, Array], human: Array, controls: Mapping[str, Array]
) -> dict[str, dict[str, float]]:
    """For each foreign system: number of phrases, mean HCS, AUC against our human test lines and,
    if the system has human control phrases, AUC against those."""
    found: dict[str, dict[str, float]] = {}
    for system, scores in probabilities.items():
        row = {
            "phrases": float(len(scores)),
            "mean HCS": float(scores.mean()),
            "AUC": area_under_roc(human, scores),
        }
        if len(controls.get(system, ())):
            row["AUC against its own human control"] = area_under_roc(controls[system], scores)
            row["mean HCS of the control"] = float(controls[system].mean())
        found[system] = row
    return found
