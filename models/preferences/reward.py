"""The reward that orders the answers to one pair: how human they are among the composer's own answers.

It is the sum of two parts, each in standard deviations over all answers:

* The score of a critic (`models.reranking.critic`) that was fitted on other works: human phrases against
  answers, on the features of `models.reranking.relations`.
* The *form*: for each figure of `models.bar_relations`, the answer's distance from the mean of all answers
  towards the mean of the human phrases, weighted by how far these two means are apart. So a figure
  that answers have as often as human phrases has no weight.

All works are training works. The reward does not use the judge's features (`models.judge.features`), with
which answers are measured afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.bar_relations import FIGURES
from models.reranking.candidates import Candidates
from models.reranking.critic import Floats
from models.reranking.tuning import cross_fitted

FORM_SHARE = 0.5  # beside 1 for the critic
_WIDEST = 3.0  # standard deviations; larger distances count as this


@dataclass(frozen=True, eq=False)
class Preferences:
    """The index of the best and of the worst answer to each pair, int64[P], by the reward float64[P, K]."""

    reward: Floats

    @property
    def best(self) -> NDArray[np.int64]:
        return self.reward.argmax(axis=1)

    @property
    def worst(self) -> NDArray[np.int64]:
        return self.reward.argmin(axis=1)


def preferences_of(candidates: Candidates, seed: int = 0) -> Preferences:
    """The preferences among the answers, by critics that are fitted on the candidates of other works."""
    _, critic = cross_fitted(*candidates.relations(), candidates.works, seed)
    form = form_reward(*candidates.figures())
    return Preferences(_standard(critic) + FORM_SHARE * _standard(form))


def form_reward(human: Floats, answers: Floats) -> Floats:
    """The *form*, float64[P, K], from the metrics float64[P, M] of human phrases and float64[P, K, M] of
    answers. NaN (a metric that a phrase does not have) counts as the mean."""
    flat = answers.reshape(-1, answers.shape[-1])
    spread = np.maximum(np.nanstd(np.concatenate([human, flat]), axis=0), 1e-6)
    mean = np.nanmean(flat, axis=0)
    gap = (np.nanmean(human, axis=0) - mean) / spread
    away = np.nan_to_num((answers - mean) / spread).clip(-_WIDEST, _WIDEST)
    return np.asarray(away @ gap)


def preference_table(candidates: Candidates, preferences: Preferences) -> str:
    """The metrics of `models.bar_relations` of human phrases, of all answers, of the best and of the worst,
    as a Markdown table."""
    human, answers = candidates.figures()
    rows = np.arange(len(human))
    columns = [
        human,
        answers.reshape(-1, answers.shape[-1]),
        answers[rows, preferences.best],
        answers[rows, preferences.worst],
    ]
    lines = ["| figure | human | answers | best | worst |", "| --- | ---: | ---: | ---: | ---: |"]
    for place, name in enumerate(FIGURES):
        means = " | ".join(f"{np.nanmean(each[:, place]):.3f}" for each in columns)
        lines.append(f"| {name} | {means} |")
    works = len(set(candidates.works.tolist()))
    return "\n".join([*lines, "", f"{len(human)} pairs of {works} works, {answers.shape[1]} answers each"])


def _standard(values: Floats) -> Floats:
    return (values - values.mean()) / max(float(values.std()), 1e-9)
