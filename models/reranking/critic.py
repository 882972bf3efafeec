"""The critic: a classifier of human music against the composer's own single samples, used to rerank
candidates.

The shipped judge must generalise to generators that it has never seen. The critic need not: it is
fitted for one composer model, on human phrases of the validation split and answers to their outer
bars, and is only used to choose among candidates (discriminator-guided rejection: Azadi et al.
2019, "Discriminator Rejection Sampling"). It uses the judge's features, so it belongs to one judge
as well as to one composer model.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from data_prep.corpus.array_file import read_arrays, read_header
from models.judge.classifier.calibration import logistic
from models.judge.classifier.ensemble import Ensemble
from models.judge.features.canonical import canonical_lines
from models.judge.features.examples import Examples
from models.judge.features.table import FEATURES_HASH, Knowledge
from models.judge.score import UNREADABLE, Judge
from violin.errors import WeightsError
from violin.files import read_regular, write_whole
from violin.music import Phrase

SHIPPED_CRITIC = Path(__file__).parents[1] / "weights" / "critic.npz"
TREES = 150
_FORMAT = 1


@dataclass(frozen=True, eq=False)
class Critic:
    """`ensemble` gives log odds of human; `knowledge` is the digest of the language models and
    histograms behind its features; `about` describes its training data."""

    ensemble: Ensemble
    knowledge: str
    about: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(cls, examples: Examples, knowledge: Knowledge, about: dict[str, Any], seed: int = 0) -> Critic:
        """Fit on human lines and answers whose features were measured with `knowledge`."""
        return cls(Ensemble.fit(examples, TREES, seed), knowledge_digest(knowledge), about)

    def appraise(
        self, judge: Judge, phrases: Sequence[Phrase], composer: str
    ) -> tuple[list[float], list[float]]:
        """The judge's and the critic's human probabilities of phrases attributed to `composer`. The
        features are measured once. A phrase without notes gets .5 from both."""
        if knowledge_digest(judge.parts.knowledge) != self.knowledge:
            raise WeightsError("this critic was fitted with another judge; fit it again: violin train critic")
        judged, criticised = [UNREADABLE] * len(phrases), [UNREADABLE] * len(phrases)
        readable = canonical_lines(phrases)
        if readable:
            values = judge.values(list(readable.values()), composer)
            own = logistic(self.ensemble.score(values, [composer] * len(values)))
            both = zip(readable, judge.probabilities(values, composer), own, strict=True)
            for index, by_judge, by_critic in both:
                judged[index], criticised[index] = float(by_judge), float(by_critic)
        return judged, criticised

    def save(self, path: str | Path) -> None:
        """Write a weight file."""
        path = Path(path)
        header = {
            "format": _FORMAT,
            "features": FEATURES_HASH,
            "knowledge": self.knowledge,
            "about": self.about,
        }
        words = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
        arrays: dict[str, Any] = {"header": words, **self.ensemble.arrays()}
        packed = io.BytesIO()
        np.savez_compressed(packed, **arrays)
        write_whole(path, packed.getvalue())

    @classmethod
    def load(cls, path: str | Path | None = None) -> Critic:
        """Read a weight file (None: the shipped one). Raises WeightsError if it is missing, damaged
        or made for other features."""
        path = Path(path) if path is not None else None
        file = path or SHIPPED_CRITIC
        try:
            arrays = read_arrays(read_regular(file))
            header = read_header(arrays.pop("header"))
            if header["format"] != _FORMAT:
                raise WeightsError(f"{file}: critic format {header['format']}; legal: {_FORMAT}")
            if header["features"] != FEATURES_HASH:
                raise WeightsError(f"{file}: made for other features; fit it again: violin train critic")
            return cls(Ensemble.from_arrays(arrays), str(header["knowledge"]), dict(header["about"]))
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise WeightsError(f"{file}: no usable critic ({error}); fit one: violin train critic") from error


@lru_cache(maxsize=2)
def knowledge_digest(knowledge: Knowledge) -> str:
    """The digest of the language models and histograms with which features are measured."""
    digest = hashlib.sha256()
    for name in sorted(knowledge.models):
        model = knowledge.models[name]
        for array in (model.context_key, model.kinds, model.token, model.count):
            digest.update(np.ascontiguousarray(array, np.int64).tobytes())
    return digest.hexdigest()
