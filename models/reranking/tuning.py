"""Fits the critic and tunes the shares of the mixture for one composer model.

The shares are tuned on candidates whose critic scores come from critics fitted on other works
(cross-fitting), so no phrase is chosen by a critic that was fitted on its work. A set of shares keeps one
candidate per pair. Its objective is the distance of the kept candidates' means from those of the human
phrases, minus their mean critic score. The distance is in human standard deviations, averaged over the
metrics of `models.bar_relations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.bar_relations import FIGURES
from models.judge.scorer import TrainedJudge
from models.reranking.candidates import Candidates
from models.reranking.critic import Critic, Floats
from models.reranking.mixture import Mixture, Shares

FOLDS = 4
# Not tuned. close: no validation pair is a free phrase. full: too few pairs have empty bars.
FIXED_SHARES: Shares = (("close", 3.0), ("full", 0.5))
_TUNED = ("form", "seam", "novelty", "tier")
_GRID = (0.0, 0.0, 0.05, 0.1, 0.2)  # beside a share of 1 for the critic; larger ones outvote it
_TRIALS = 400


@dataclass(frozen=True, eq=False)
class Tuned:
    """The critic with its shares, and the index of the kept candidate of each pair, int64[P], chosen
    by cross-fitted critics."""

    critic: Critic
    kept: NDArray[np.int64]


def tuned_critic(candidates: Candidates, seed: int = 0) -> Tuned:
    """The critic of all candidates, with the best shares found."""
    human, answers = candidates.features()
    columns = {"critic": cross_fitted(human, answers, candidates.works, seed)[1]}
    names = (*_TUNED, *dict(FIXED_SHARES))
    alone = Mixture(answers.shape[1], TrainedJudge(), tuple((name, 1.0) for name in names))
    measured = alone.columns(candidates.requests, candidates.answers)
    columns |= {name: np.array([each[name] for each in measured]) for name in measured[0]}
    shares, kept = best_shares(columns, *candidates.figures(), seed)
    about = {
        "pairs": len(human),
        "answers": int(answers.shape[0] * answers.shape[1]),
        "works": len(set(candidates.works.tolist())),
    }
    critic = _fitted(human, answers)
    return Tuned(replace(critic, shares=shares, about=about), kept)


def best_shares(
    columns: Mapping[str, Floats], human: Floats, answers: Floats, seed: int = 0
) -> tuple[Shares, NDArray[np.int64]]:
    """The shares with the least objective of `_TRIALS` drawn ones, and the candidate that they keep for
    each pair. `columns` holds float64[P, K] per measure, including "critic". `human` float64[P, metrics] and
    `answers` float64[P, K, metrics] are the metrics that the objective compares."""
    random = np.random.default_rng(seed)
    names = list(columns)
    fixed = {"critic": 1.0, **{name: share for name, share in FIXED_SHARES if name in columns}}
    trials = [{name: fixed.get(name, 0.0) for name in names}]
    for _ in range(_TRIALS - 1):
        trials.append({name: fixed.get(name, float(random.choice(_GRID))) for name in names})
    spread = np.maximum(np.nanstd(human, axis=0), 1e-6)
    target, rows = np.nanmean(human, axis=0), np.arange(len(human))
    best: tuple[float, dict[str, float], NDArray[np.int64]] | None = None
    for shares in trials:
        total = np.sum([share * columns[name] for name, share in shares.items()], axis=0)
        kept = total.argmax(axis=1)
        distance = np.abs(np.nanmean(answers[rows, kept], axis=0) - target) / spread
        objective = float(distance.mean() - columns["critic"][rows, kept].mean())
        if best is None or objective < best[0] - 1e-12:
            best = objective, shares, kept
    assert best is not None
    return tuple((name, share) for name, share in best[1].items() if share), best[2]


def choosing_table(candidates: Candidates, kept: NDArray[np.int64]) -> str:
    """The metrics of `models.bar_relations` of the human phrases, the first answers and the kept ones,
    as a Markdown table."""
    human, answers = candidates.figures()
    count = answers.shape[1]
    rows = [human, answers[:, 0], answers[np.arange(len(human)), kept]]
    lines = [f"| figure | human | first | best of {count} |", "| --- | ---: | ---: | ---: |"]
    for place, name in enumerate(FIGURES):
        means = " | ".join(f"{np.nanmean(each[:, place]):.3f}" for each in rows)
        lines.append(f"| {name} | {means} |")
    lines.append(f"\n{len(human)} pairs of {len(set(candidates.works.tolist()))} works")
    return "\n".join(lines)


def cross_fitted(human: Floats, answers: Floats, works: NDArray[np.str_], seed: int) -> tuple[Floats, Floats]:
    """Critic scores of the human phrases, float64[P], and of the answers, float64[P, K], from critics fitted
    on the works of other folds."""
    names = np.unique(works)
    fold_of = dict(zip(names, np.random.default_rng(seed).permutation(len(names)) % FOLDS, strict=True))
    fold = np.array([fold_of[work] for work in works])
    of_human, of_answers = np.full(len(human), 0.5), np.full(answers.shape[:2], 0.5)
    for each in np.unique(fold):
        held = fold == each
        if not held.all():
            critic = _fitted(human[~held], answers[~held])
            of_human[held] = critic.score(human[held])
            flat = critic.score(answers[held].reshape(-1, answers.shape[2]))
            of_answers[held] = flat.reshape(of_answers[held].shape)
    return of_human, of_answers


def _fitted(human: Floats, answers: Floats) -> Critic:
    values = np.concatenate([human, answers.reshape(-1, answers.shape[2])])
    return Critic.fit(values, np.arange(len(values)) < len(human))
