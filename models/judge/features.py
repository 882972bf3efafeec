"""All features of a phrase: form, rhythm, pitch, key, stops, likelihood, style.

`FEATURES` names them in the order of the columns of `measure`; each entry says in words what it
is and where it comes from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.judge import (
    features_form,
    features_key,
    features_likelihood,
    features_pitch,
    features_rhythm,
    features_stops,
    typicality,
)
from models.judge.canonical import Events, Line, events_of
from models.judge.likelihood import LanguageModels, Tokens, fit_models, sequences
from models.judge.measures import Features, Values
from models.judge.typicality import Histograms, Styles, histograms

FEATURES: Features = {
    **features_form.FEATURES,
    **features_rhythm.FEATURES,
    **features_pitch.FEATURES,
    **features_key.FEATURES,
    **features_stops.FEATURES,
    **features_likelihood.FEATURES,
    **typicality.FEATURES,
}
NAMES: tuple[str, ...] = tuple(FEATURES)
FEATURES_HASH = hashlib.sha256(" ".join(NAMES).encode()).hexdigest()

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reading:
    """A line read once: what every group of features starts from."""

    line: Line
    events: Events
    tokens: Mapping[str, Tokens]
    counts: Histograms

    @classmethod
    def of(cls, line: Line) -> Reading:
        events = events_of(line)
        tokens = sequences(line, events)
        return cls(line, events, tokens, histograms(line, events, tokens))


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known of human music: language models and composers' histograms."""

    models: LanguageModels
    styles: Styles

    @classmethod
    def fit(cls, readings: Sequence[Reading], composers: Sequence[str]) -> Knowledge:
        """From human lines and the composer slug of each."""
        return cls(
            fit_models([reading.tokens for reading in readings]),
            Styles.fit((composer, one.counts) for composer, one in zip(composers, readings, strict=True)),
        )


def plain(reading: Reading) -> Values:
    """The features that need no knowledge of other music."""
    line, events = reading.line, reading.events
    return {
        **features_form.measure(line, events),
        **features_rhythm.measure(line, events),
        **features_pitch.measure(line, events),
        **features_key.measure(line, events),
        **features_stops.measure(line, events),
    }


def informed(reading: Reading, composer: str, knowledge: Knowledge) -> Values:
    """The features against what is known of human music."""
    return {
        **features_likelihood.measure(reading.tokens, reading.line.bars, knowledge.models),
        **knowledge.styles.measure(reading.counts, composer),
    }


def measure(lines: Sequence[Line], composers: Sequence[str], knowledge: Knowledge) -> Matrix:
    """The features of lines that claim to be by `composers`: float64[n, features], all finite."""
    rows = np.empty((len(lines), len(NAMES)))
    for row, (line, composer) in enumerate(zip(lines, composers, strict=True)):
        reading = Reading.of(line)
        values = {**plain(reading), **informed(reading, composer, knowledge)}
        rows[row] = [values[name] for name in NAMES]
    return np.nan_to_num(rows, nan=0.0, posinf=0.0, neginf=0.0)
