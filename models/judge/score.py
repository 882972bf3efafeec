"""Judge: load a trained judge, give each phrase the probability that a human composed it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.composer.checkpoint import weights_digest
from models.judge import weights
from models.judge.classifier.anomaly import flagged
from models.judge.classifier.calibration import logistic
from models.judge.explain import Reason, reasons
from models.judge.features.canonical import Line, canonical
from models.judge.features.measures import Array
from models.judge.features.table import Matrix, measure
from violin import __version__
from violin.challenge import SLUGS
from violin.errors import WeightsError
from violin.music import Phrase

if TYPE_CHECKING:
    from models.generation.infill import ComposerModel

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

    With a `transformer` the last two ask the composer's transformer as well, at several times the
    cost; a line that it cannot read is judged without.
    """

    def __init__(
        self, parts: weights.Parts, mode: str = SELF_NEGATIVES, transformer: ComposerModel | None = None
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"unknown mode {mode!r}; legal: {', '.join(MODES)}")
        if mode != POSITIVES_ONLY and mode not in parts.ensembles:
            known = ", ".join([POSITIVES_ONLY, *parts.ensembles])
            raise ValueError(f"this judge was not trained for mode {mode!r}; it has: {known}")
        if transformer is not None and mode not in parts.second:
            raise ValueError(
                f"this judge has no second stage for mode {mode!r}: the transformer is of no use"
            )
        self.parts = parts
        self.mode = mode
        self.transformer = transformer

    @classmethod
    def load(cls, path: Path | None = None, mode: str = SELF_NEGATIVES, transformer: bool = False) -> Judge:
        """Read a weight file, the shipped one by default; `transformer` also reads the shipped composer
        for the second stage. WeightsError where they do not fit, or not together."""
        return cls.of(weights.load(path), mode, transformer)

    @classmethod
    def of(cls, parts: weights.Parts, mode: str = SELF_NEGATIVES, transformer: bool = False) -> Judge:
        """The same from what a weight file holds."""
        return cls(parts, mode, _composer(parts) if transformer else None)

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        """The probability of human of each phrase, 0 to 1, at equal priors.

        `composer` is the slug that the phrases claim. A phrase without notes gets .5.
        """
        if composer not in SLUGS:
            raise ValueError(f"unknown composer {composer!r}; legal: {', '.join(SLUGS)}")
        scores = [UNREADABLE] * len(phrases)
        readable = [index for index, phrase in enumerate(phrases) if phrase.notes]
        if readable:
            lines = [canonical(phrases[index]) for index in readable]
            chances = self.probabilities_of(lines, [composer] * len(lines))
            for index, chance in zip(readable, chances, strict=True):
                scores[index] = float(chance)
        return scores

    def probabilities_of(
        self, lines: Sequence[Line], composers: Sequence[str], values: Matrix | None = None
    ) -> Array:
        """Probabilities of human of canonical lines, each claiming its own composer: float64[n];
        `values` are their features, where they are measured already."""
        if values is None:
            values = measure(lines, composers, self.parts.knowledge)
        chances = self.probabilities(values, composers)
        if self.transformer is None:
            return chances
        from models.judge.classifier import transformer

        opinions = transformer.opinions(self.transformer, lines, composers)
        known = opinions[:, transformer.NAMES.index("net_read")] > 0
        score = self.parts.ensembles[self.mode].score(values, composers)
        second = self.parts.second[self.mode].chance(score, opinions)
        return np.where(known, flagged(second, self.parts.gate.p_values(values)), chances)

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


def _composer(parts: weights.Parts) -> ComposerModel:
    """The shipped composer, where it is the one that the second stage was fitted with, computed by one
    thread: phrases are shared among processes, and the last bits depend on the number of threads."""
    import torch

    from models.composer.checkpoint import SHIPPED_WEIGHTS as COMPOSER
    from models.generation.infill import ComposerModel

    if not parts.second:
        raise ValueError("this judge has no second stage; train one: violin train judge --transformer")
    wanted, found = parts.about.get("composer"), weights_digest(COMPOSER)
    if wanted != found:
        raise WeightsError(
            "the second stage was fitted with another composer; train again: violin train judge"
        )
    torch.set_num_threads(1)
    return ComposerModel.load(COMPOSER)


def identity(path: Path | None = None, transformer: bool = False) -> str:
    """Names all that decides what `Judge.load` tells, in any mode: version and weights."""
    from models.composer.checkpoint import SHIPPED_WEIGHTS as COMPOSER

    asked = f", transformer {weights_digest(COMPOSER)}" if transformer else ""
    return f"violin {__version__}, judge {weights_digest(path or SHIPPED_WEIGHTS) or 'absent'}{asked}"


def decided(probability: float) -> float:
    """The official output: 1 for human, 0 for machine, cut at equal priors.

    The organisers' score, mean HCS of human phrases + mean (1 - HCS) of machine ones, is linear in
    HCS, so its optimum is 1 where human is likelier under equal priors and 0 elsewhere.
    """
    return 1.0 if probability >= 0.5 else 0.0
