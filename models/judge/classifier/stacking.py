"""The second stage: the judge's own score, and beside it the transformer's opinion of a line.

The opinion is a regularised regression on the transformer's features, fitted on works that the
transformer never saw and added to the score with a small, fixed share. (A regression that weighs
the score itself against twenty opinions was tried first: with some twenty works to learn from it
took the mean AUC on left-out families from .919 to .908.) Probabilities are scaled on works that
the opinion had not seen, in turn, with scores of families that the first stage had not seen.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.classifier.calibration import Platt
from models.judge.classifier.ensemble import LeftOut, combined
from models.judge.classifier.linear import Linear

Array = NDArray[Any]
SHARE = 0.2  # of the opinion's log odds beside the score: chosen on the validation side
STRENGTH = 0.03
_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Opinions:
    """The transformer's features of the lines of a side, [lines, features], in the order of the side's
    examples; zeros where `known` is false: not every line was read."""

    values: Array
    known: Array


@dataclass(frozen=True, eq=False)
class SecondStage:
    """`linear` on opinions; `scale` from score and opinion together to probabilities."""

    linear: Linear
    scale: Platt

    @classmethod
    def fit(
        cls,
        scores: Mapping[str, LeftOut],
        opinions: Opinions,
        family: Array,
        group: Array,
        without: Sequence[str] = (),
    ) -> SecondStage:
        """Fit on a side's rows: `scores` by family, `family` and `group` of its rows; `without` names
        families that it must not see."""
        rows = _rows(scores, opinions, family, group, [name for name in scores if name not in without])
        fold = np.array([zlib.crc32(work.encode()) % _FOLDS for work in rows.work])
        unseen = np.zeros(len(fold))
        for number in np.unique(fold):
            mine = fold == number
            if rows.human[~mine].any() and not rows.human[~mine].all():
                part = Linear.fit(rows.opinion[~mine], rows.human[~mine], rows.weight[~mine], STRENGTH)
                unseen[mine] = part.logit(rows.opinion[mine])
        scale = Platt.fit(rows.score + SHARE * unseen, rows.human, rows.weight)
        return cls(Linear.fit(rows.opinion, rows.human, rows.weight, STRENGTH), scale)

    def chance(self, score: Array, opinions: Array) -> Array:
        """Probabilities of human from first-stage scores [n] and opinions [n, features]."""
        return self.scale.apply(score + SHARE * self.linear.logit(opinions))


@dataclass(frozen=True, eq=False)
class _Rows:
    score: Array
    opinion: Array
    human: Array
    weight: Array
    work: Array


def _rows(
    scores: Mapping[str, LeftOut], opinions: Opinions, family: Array, group: Array, names: Sequence[str]
) -> _Rows:
    """What was read, families weighing as much. A human line has the mean of the scores that the
    models without each family gave it."""
    own = np.mean([combined(scores[name].human_members) for name in names], axis=0)
    parts = [(family == "", own, True), *((family == name, scores[name].machine, False) for name in names)]
    score, opinion, human, weight, work = [], [], [], [], []
    for mask, of_part, is_human in parts:
        read = opinions.known[mask]
        count = int(read.sum())
        if count:
            score.append(of_part[read])
            opinion.append(opinions.values[mask][read])
            human.append(np.full(count, is_human))
            weight.append(np.full(count, (1.0 if is_human else 1.0 / len(names)) / count))
            work.append(group[mask][read])
    shares = np.concatenate(weight)
    return _Rows(
        np.concatenate(score),
        np.concatenate(opinion),
        np.concatenate(human),
        shares * len(shares) / shares.sum(),
        np.concatenate(work),
    )
