"""The trained judge: gives each phrase the probability that a human composed it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.judge import weights
from models.judge.classifier.anomaly import flagged
from models.judge.classifier.calibration import logistic
from models.judge.explain import Reason, reasons
from models.judge.features.canonical import Line, canonical, canonical_lines
from models.judge.features.measures import Array
from models.judge.features.table import Matrix, measure
from violin import __version__
from violin.challenge import SLUGS
from violin.files import file_digest
from violin.music import Phrase

POSITIVES_ONLY, SELF_NEGATIVES, OPEN = "positives-only", "self-negatives", "open"
MODES = (POSITIVES_ONLY, SELF_NEGATIVES, OPEN)
OUTPUTS = ("probability", "official")
UNREADABLE = 0.5
"""The score of a phrase that cannot be read: undecided."""

SHIPPED_WEIGHTS = weights.SHIPPED

EVEN_P = 0.15


class Judge:
    """A trained judge in one of its modes.

    `positives-only` uses only human music: the conformal p-value p of the anomaly test, mapped to p
    / (p + .15). So a phrase more unusual than six human phrases in seven counts as a machine's.
    `self-negatives` is a classifier of human lines against lines made from human ones. `open` is
    also trained on other generators. The last two modes apply the anomaly test at the end.
    """

    def __init__(self, parts: weights.Parts, mode: str = SELF_NEGATIVES) -> None:
        if mode not in MODES:
            raise ValueError(f"unknown mode {mode!r}; legal: {', '.join(MODES)}")
        if mode != POSITIVES_ONLY and mode not in parts.ensembles:
            known = ", ".join([POSITIVES_ONLY, *parts.ensembles])
            raise ValueError(f"this judge was not trained for mode {mode!r}; it has: {known}")
        self.parts = parts
        self.mode = mode

    @classmethod
    def load(cls, path: str | Path | None = None, mode: str = SELF_NEGATIVES) -> Judge:
        """Read a weight file, by default the shipped one. Raises WeightsError if it does not fit."""
        path = Path(path) if path is not None else None
        return cls(weights.load(path), mode)

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        """The human probability of each phrase, 0 to 1, at equal priors.

        `composer` is the slug of the composer to whom the phrases are attributed. A phrase that
        cannot be judged gets .5; see
        `models.judge.features.canonical.check_readable`.
        """
        if composer not in SLUGS:
            raise ValueError(f"unknown composer {composer!r}; legal: {', '.join(SLUGS)}")
        scores = [UNREADABLE] * len(phrases)
        lines = canonical_lines(phrases)
        if lines:
            chances = self.probabilities_of(list(lines.values()), [composer] * len(lines))
            for index, chance in zip(lines, chances, strict=True):
                scores[index] = float(chance)
        return scores

    def probabilities_of(
        self, lines: Sequence[Line], composers: Sequence[str], values: Matrix | None = None
    ) -> Array:
        """Human probabilities of canonical lines, each with its own attributed composer:
        float64[n]. `values` are their features if already measured."""
        if values is None:
            values = measure(lines, composers, self.parts.knowledge)
        return self.probabilities(values, composers)

    def values(self, lines: Sequence[Line], composer: str) -> Matrix:
        """The features of lines: float64[n, features]."""
        return measure(lines, [composer] * len(lines), self.parts.knowledge)

    def probabilities(self, values: Matrix, composer: str | Sequence[str]) -> Array:
        """Human probabilities from features, float64[n]; `composer` is one slug, or one per row."""
        p = self.parts.anomaly_test.p_values(values)
        if self.mode == POSITIVES_ONLY:
            return np.asarray(p / (p + EVEN_P))
        composers = [composer] * len(values) if isinstance(composer, str) else list(composer)
        score = self.parts.ensembles[self.mode].score(values, composers)
        scale = self.parts.scales[self.mode]
        return flagged(logistic(scale.slope * score + scale.offset), p)

    def explain(self, phrase: Phrase, composer: str, count: int = 5) -> list[Reason]:
        """The features with the largest contributions to the judgement of a phrase, strongest first."""
        values = self.values([canonical(phrase)], composer)
        return reasons(self.parts, self.mode, values, composer, count)


def identity(path: str | Path | None = None) -> str:
    """A string of everything that determines the scores of `Judge.load`, in any mode: version and
    weights."""
    path = Path(path) if path is not None else None
    return f"violin {__version__}, judge {file_digest(path or SHIPPED_WEIGHTS)}"


def decided(probability: float) -> float:
    """The official output: 1 for human, 0 for machine, cut at equal priors.

    The organisers' score, mean HCS of human phrases + mean (1 - HCS) of machine ones, is linear in
    HCS. So the optimum is 1 if human is likelier at equal priors, else 0.
    """
    return 1.0 if probability >= 0.5 else 0.0
