"""Judge: load a trained judge, give each phrase the probability that a human composed it."""

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
"""What a phrase that cannot be read is given: the score of a judge that knows nothing."""

SHIPPED_WEIGHTS = weights.SHIPPED

EVEN_P = 0.15


class Judge:
    """A trained judge in one of its modes.

    `positives-only` uses human music alone: the conformal p-value of the gate, drawn to
    p / (p + .15), so that what fewer than one human phrase in seven matches counts as a
    machine's. `self-negatives` is the density ratio of human lines against lines made out of
    human ones. `open` also learned from other generators. The last two end with the gate.
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
    def load(cls, path: Path | None = None, mode: str = SELF_NEGATIVES) -> Judge:
        """Read a weight file, the shipped one by default. WeightsError where it does not fit."""
        return cls(weights.load(path), mode)

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        """The probability of human of each phrase, 0 to 1, at equal priors.

        `composer` is the slug that the phrases claim. A phrase that cannot be judged gets .5; see
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
        """Probabilities of human of canonical lines, each claiming its own composer: float64[n];
        `values` are their features, where they are measured already."""
        if values is None:
            values = measure(lines, composers, self.parts.knowledge)
        return self.probabilities(values, composers)

    def values(self, lines: Sequence[Line], composer: str) -> Matrix:
        """The features of lines: float64[n, features]."""
        return measure(lines, [composer] * len(lines), self.parts.knowledge)

    def probabilities(self, values: Matrix, composer: str | Sequence[str]) -> Array:
        """Probabilities of human from features, float64[n]; `composer` one slug or one a row."""
        p = self.parts.gate.p_values(values)
        if self.mode == POSITIVES_ONLY:
            return np.asarray(p / (p + EVEN_P))
        composers = [composer] * len(values) if isinstance(composer, str) else list(composer)
        score = self.parts.ensembles[self.mode].score(values, composers)
        scale = self.parts.scales[self.mode]
        return flagged(logistic(scale.slope * score + scale.offset), p)

    def explain(self, phrase: Phrase, composer: str, count: int = 5) -> list[Reason]:
        """The features that moved the judgement of a phrase most, strongest first."""
        values = self.values([canonical(phrase)], composer)
        return reasons(self.parts, self.mode, values, composer, count)


def identity(path: Path | None = None) -> str:
    """Names everything that decides the scores of `Judge.load`, in any mode: version and weights."""
    return f"violin {__version__}, judge {file_digest(path or SHIPPED_WEIGHTS)}"


def decided(probability: float) -> float:
    """The official output: 1 for human, 0 for machine, cut at equal priors.

    The organisers' score, mean HCS of human phrases + mean (1 - HCS) of machine ones, is linear in
    HCS, so its optimum is 1 where human is likelier under equal priors and 0 elsewhere.
    """
    return 1.0 if probability >= 0.5 else 0.0
