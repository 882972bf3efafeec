"""The critic: a classifier of human phrases against the composer's own single samples, used to choose
among candidates.

It is fitted for one composer model, on human phrases of validation works and answers to their outer
bars (`violin train critic`). It is used only for this choice (discriminator-guided rejection: Azadi et al.
2019, "Discriminator Rejection Sampling"). Its features are those of `models.reranking.relations`: how
the composed bars relate to the given ones. The judge and the two-sample test of `violin evaluate
composer` use other features.

The file also holds the shares of the mixture that were tuned for the same composer model.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_prep.corpus.array_file import read_arrays, read_header
from models.judge.classifier.forest import Forest
from models.reranking import relations
from violin.errors import WeightsError
from violin.files import read_regular, write_whole
from violin.music import Phrase

SHIPPED_CRITIC = Path(__file__).parents[1] / "weights" / "critic.npz"
TREES = 200
FEATURES_HASH = hashlib.sha256(" ".join(relations.NAMES).encode()).hexdigest()
_FORMAT = 2

Floats = NDArray[np.float64]
Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Critic:
    """`forest` predicts the human probability; `human_means` float64[features] replace missing values;
    `shares` are those of the mixture; `about` describes the training data."""

    forest: Forest
    human_means: Floats
    shares: Shares = (("critic", 1.0),)
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(cls, values: Floats, human: NDArray[np.bool_], seed: int = 0) -> Critic:
        """Fit on rows of `relations.measure`, float64[n, features]. `human` bool[n]: which are human."""
        known = np.ma.masked_invalid(values[human])
        means = np.asarray(known.mean(axis=0).filled(0.0), dtype=np.float64)
        weight = np.where(human, 0.5 / human.sum(), 0.5 / (~human).sum()) * len(values)
        return cls(Forest.grow(_filled(values, means), human, weight, TREES, seed), means)

    def score(self, values: Floats) -> Floats:
        """Human probabilities of rows of `relations.measure`, float64[n]."""
        return np.asarray(self.forest.predict(_filled(values, self.human_means)))

    def save(self, path: str | Path) -> None:
        """Write a weight file."""
        path = Path(path)
        header = {
            "format": _FORMAT,
            "features": FEATURES_HASH,
            "shares": self.shares,
            "about": dict(self.about),
        }
        words = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
        arrays: dict[str, Any] = {"header": words, "human_means": self.human_means}
        arrays |= {f"forest.{name}": array for name, array in self.forest.arrays().items()}
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
            means = np.asarray(arrays.pop("human_means"), dtype=np.float64)
            forest = Forest.from_arrays({name.removeprefix("forest."): one for name, one in arrays.items()})
            if means.shape != (len(relations.NAMES),) or forest.feature.max() >= len(means):
                raise ValueError(f"it was fitted on other columns; legal: {len(relations.NAMES)}")
            if not np.isfinite(means).all():
                raise ValueError("its human means are not finite")
            shares = tuple((str(name), float(share)) for name, share in header["shares"])
            return cls(forest, means, shares, dict(header["about"]))
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise WeightsError(f"{file}: no usable critic ({error}); fit one: violin train critic") from error


def _filled(values: Floats, means: Floats) -> Floats:
    return np.where(np.isfinite(values), values, means)


def rows_of(phrases: Sequence[Phrase], sides: Sequence[tuple[int, int]]) -> Floats:
    """float64[n, features]: `relations.measure` of phrases with their given bars on each side."""
    rows = [relations.measure(phrase, *given) for phrase, given in zip(phrases, sides, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(relations.NAMES))
