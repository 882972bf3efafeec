"""How close the music of a stand-in composer is to that of the composer it replaces.

Two measures over phrases, computed from features that need neither meter nor bars:

* a style classifier: logistic regression over the composers with enough music, tested on unseen
  works. The measure is the mean probability of the composer for the candidate's phrases;
* the energy distance (Székely and Rizzo 2013, "Energy statistics: A class of statistics based on
  distances", J. Statist. Plann. Inference 143) between the candidate's phrases and the composer's
  few own ones, 2 E|X-Y| - E|X-X'| - E|Y-Y'|, in standard deviations of all phrases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from violin.instrument import Tier, stretch
from violin.music import TICKS_PER_BEAT, Phrase, sounding_sets

Floats = NDArray[np.float64]

_DURATION_EDGES_TICKS = (0, 5, 7, 11, 13, 17, 23, 25, 35, 37, 49, 73, 97, 10_000)
_LARGEST_INTERVAL = 12


def style_features(phrase: Phrase) -> Floats:
    """float64[F] of a phrase on the grid: intervals, durations, scale degrees, register, stops."""
    notes = phrase.notes
    pitches = np.array([note.pitch for note in notes], np.int64)
    durations = np.array([note.duration_ticks for note in notes], np.int64)
    onsets = np.array([note.onset_ticks for note in notes], np.int64)
    moves = np.clip(np.diff(pitches), -_LARGEST_INTERVAL, _LARGEST_INTERVAL)
    intervals = _histogram(moves, np.arange(-_LARGEST_INTERVAL, _LARGEST_INTERVAL + 2))
    lengths = _histogram(durations, np.array(_DURATION_EDGES_TICKS))
    tonic = phrase.key.tonic_pitch_class if phrase.key else 0
    weights = durations / max(1, durations.sum())
    degrees = np.bincount((pitches - tonic) % 12, weights=weights, minlength=12)
    sets = [found for _, found in sounding_sets(notes) if found]
    stops = [found for found in sets if len(found) > 1]
    hard = sum(stretch(found) >= Tier.WIDE for found in stops)
    sounding = sum(note.duration_ticks for note in notes)
    scalars = np.array(
        [
            pitches.mean() / 12,
            pitches.std() / 12,
            pitches.max() / 12,
            np.log(len(notes) * TICKS_PER_BEAT / phrase.length_ticks),
            len(stops) / len(sets),
            hard / len(sets),
            np.mean(np.abs(np.diff(pitches)) > 7) if len(pitches) > 1 else 0.0,
            np.mean(onsets % TICKS_PER_BEAT != 0),
            np.mean(onsets % (TICKS_PER_BEAT // 4) != 0),
            min(2.0, sounding / phrase.length_ticks),
        ]
    )
    return np.concatenate((intervals, lengths, degrees, scalars))


@dataclass(frozen=True)
class StyleModel:
    """A classifier over `composers` and its balanced accuracy on unseen works (the mean over
    composers; `chance` is 1 / number of composers)."""

    composers: tuple[str, ...]
    balanced_accuracy: float
    pipeline: Pipeline

    @property
    def chance(self) -> float:
        return 1 / len(self.composers)

    def probabilities(self, features: Floats) -> dict[str, float]:
        """composer -> mean probability over the rows of float64[N, F]."""
        mean = self.pipeline.predict_proba(features).mean(axis=0)
        return dict(zip(self.pipeline.classes_.tolist(), mean.tolist(), strict=True))


def fit_style(features: Floats, composers: Sequence[str], works: Sequence[str], folds: int = 5) -> StyleModel:
    """Fit on float64[N, F]. Accuracy comes from cross-validation that keeps all phrases of a work
    in one fold."""
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced", max_iter=2_000)
    )
    guessed = cross_val_predict(model, features, composers, groups=works, cv=GroupKFold(folds))
    accuracy = float(balanced_accuracy_score(composers, guessed))
    model.fit(features, composers)
    return StyleModel(tuple(sorted(set(composers))), accuracy, model)


def energy_distance(first: Floats, second: Floats, scale: Floats) -> float:
    """Energy distance of float64[N, F] and float64[M, F], columns divided by `scale` float64[F]."""
    one, two = first / scale, second / scale
    between = _mean_distance(one, two)
    return 2 * between - _mean_distance(one, one) - _mean_distance(two, two)


def _mean_distance(first: Floats, second: Floats) -> float:
    squares = (first**2).sum(1)[:, None] + (second**2).sum(1)[None, :] - 2 * first @ second.T
    distances = np.sqrt(np.maximum(squares, 0.0))
    if first is second and len(first) > 1:  # leave out the distance of a phrase to itself
        return float(distances.sum() / (len(first) * (len(first) - 1)))
    return float(distances.mean())


def _histogram(values: NDArray[np.int64], edges: NDArray[np.int64]) -> Floats:
    counts = np.histogram(values, edges)[0]
    shares: Floats = counts / max(1, counts.sum())
    return shares
