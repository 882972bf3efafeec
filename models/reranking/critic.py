"""The critic: a classifier of human phrases against the composer's own single samples, used to choose
among candidates.

It is a logistic regression, fitted for one composer model on human phrases of validation works and answers to
their outer bars (`violin train critic`), and is used for nothing else (discriminator-guided rejection: Azadi
et al. 2019, "Discriminator Rejection Sampling"). Its features say how the composed bars relate to the given
ones (`models.reranking.relations`) and what the composer's network computes over the answer
(`models.reranking.reading`). The judge and the two-sample tests use other features.

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
from models.generation.request import Request
from models.reranking import reading, relations
from violin.errors import WeightsError
from violin.files import read_regular, write_whole
from violin.music import Phrase

SHIPPED_CRITIC = Path(__file__).parents[1] / "weights" / "critic.npz"
FEATURES_HASH = hashlib.sha256(" ".join((*relations.NAMES, *reading.SURPRISES)).encode()).hexdigest()
_FORMAT = 3
_STRENGTH = 9.0  # 1 / regularisation, for rows whose weights sum to 1
_ARRAYS = ("human_means", "weights", "intercept")

Floats = NDArray[np.float64]
Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Critic:
    """`human_means` float64[features] replaces missing values. The log odds of human are the product of the
    values with `weights` float64[features], plus `intercept`. `shares` are the mixture's; `about` describes
    the training data."""

    human_means: Floats
    weights: Floats
    intercept: float
    shares: Shares = (("critic", 1.0),)
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(cls, values: Floats, human: NDArray[np.bool_]) -> Critic:
        """Fit on rows of `rows_of`, float64[n, features], of which `human` are human. Both sides have the
        same weight."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        known = np.ma.masked_invalid(values[human])
        means = np.asarray(known.mean(axis=0).filled(0.0), dtype=np.float64)
        scaler = StandardScaler()
        rows = scaler.fit_transform(_filled(values, means))
        weight = np.where(human, 0.5 / human.sum(), 0.5 / (~human).sum())
        line = LogisticRegression(C=_STRENGTH, max_iter=500).fit(rows, human, sample_weight=weight)
        weights = line.coef_[0] / scaler.scale_
        return cls(means, weights, float(line.intercept_[0] - weights @ scaler.mean_))

    def score(self, values: Floats) -> Floats:
        """Human probabilities of rows of `rows_of`, float64[n]."""
        if values.shape[1] != len(self.weights):
            raise WeightsError(
                f"the critic reads {len(self.weights)} features, not {values.shape[1]}, so it was fitted for "
                "another composer; fit it again: violin train critic"
            )
        odds = _filled(values, self.human_means) @ self.weights + self.intercept
        return np.asarray(1 / (1 + np.exp(-odds)))

    def save(self, path: str | Path) -> None:
        """Write a weight file."""
        header = {
            "format": _FORMAT,
            "features": FEATURES_HASH,
            "shares": self.shares,
            "about": dict(self.about),
        }
        words = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
        packed = io.BytesIO()
        numbers = (self.human_means, self.weights, np.array([self.intercept]))
        arrays: dict[str, Any] = {"header": words, **dict(zip(_ARRAYS, numbers, strict=True))}
        np.savez_compressed(packed, **arrays)
        write_whole(Path(path), packed.getvalue())

    @classmethod
    def load(cls, path: str | Path | None = None) -> Critic:
        """Read a weight file (None: the shipped one). Raises WeightsError if it is missing, damaged
        or made for other features."""
        file = Path(path) if path is not None else SHIPPED_CRITIC
        try:
            arrays = read_arrays(read_regular(file))
            header = read_header(arrays.pop("header"))
            if header["format"] != _FORMAT:
                raise WeightsError(f"{file}: critic format {header['format']}; legal: {_FORMAT}")
            if header["features"] != FEATURES_HASH:
                raise WeightsError(f"{file}: made for other features; fit it again: violin train critic")
            means, weights, intercept = (np.asarray(arrays[name], np.float64) for name in _ARRAYS)
            if means.ndim != 1 or means.shape != weights.shape or intercept.shape != (1,):
                raise ValueError("its arrays do not fit together")
            if not all(np.isfinite(one).all() for one in (means, weights, intercept)):
                raise ValueError("its numbers are not finite")
            shares = tuple((str(name), float(share)) for name, share in header["shares"])
            return cls(means, weights, float(intercept[0]), shares, dict(header["about"]))
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise WeightsError(f"{file}: no usable critic ({error}); fit one: violin train critic") from error


def rows_of(requests: Sequence[Request], phrases: Sequence[Phrase]) -> Floats:
    """float64[n, features]: `relations.measure` of answers, then `reading.measure`. `phrases[i]` answers
    `requests[i]`."""
    return np.hstack([relation_rows(requests, phrases), reading.measure(requests, phrases)])


def relation_rows(requests: Sequence[Request], phrases: Sequence[Phrase]) -> Floats:
    """float64[n, features]: `relations.measure` of answers alone, which is quicker."""
    rows = [
        relations.measure(phrase, *request.pair.sides)
        for request, phrase in zip(requests, phrases, strict=True)
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(relations.NAMES))


def _filled(values: Floats, means: Floats) -> Floats:
    return np.where(np.isfinite(values), values, means)
