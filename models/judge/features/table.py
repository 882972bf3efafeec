"""All features of a phrase: form, rhythm, pitch, harmony, voices, the hand, likelihood, style.

`FEATURES` lists them in the order of the columns of `measure`, each with a description in words and
its source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.judge.features import accents, contour, harmony, idiom, runs, streams, typicality
from models.judge.features import form as features_form
from models.judge.features import key as features_key
from models.judge.features import likelihood as features_likelihood
from models.judge.features import order as features_order
from models.judge.features import pitch as features_pitch
from models.judge.features import rhythm as features_rhythm
from models.judge.features import sequence as features_sequence
from models.judge.features import stops as features_stops
from models.judge.features.bars import LineBars
from models.judge.features.canonical import Line, events_of
from models.judge.features.language_models import LanguageModels, ViewpointModel, fit_models
from models.judge.features.measures import Features, Values
from models.judge.features.typicality import Histograms, Styles, histograms, summed
from models.judge.features.viewpoints import Tokens, sequences

FEATURES: Features = {
    **features_form.FEATURES,
    **runs.FEATURES,
    **features_order.FEATURES,
    **features_sequence.FEATURES,
    **features_rhythm.FEATURES,
    **features_pitch.FEATURES,
    **contour.FEATURES,
    **accents.FEATURES,
    **features_key.FEATURES,
    **harmony.FEATURES,
    **streams.FEATURES,
    **features_stops.FEATURES,
    **idiom.FEATURES,
    **features_likelihood.FEATURES,
    **typicality.FEATURES,
}
NAMES: tuple[str, ...] = tuple(FEATURES)
FEATURES_HASH = hashlib.sha256(" ".join(NAMES).encode()).hexdigest()

Matrix = NDArray[np.float64]
_LINES_AT_ONCE, _NOTES_AT_ONCE = 64, 16_384


@dataclass(frozen=True, eq=False)
class Reading:
    """The intermediate results of a line that all groups of features use."""

    bars: LineBars
    tokens: Mapping[str, Tokens]
    counts: Histograms

    @classmethod
    def of(cls, line: Line) -> Reading:
        bars = LineBars(line, events_of(line))
        tokens = sequences(bars)
        return cls(bars, tokens, histograms(line, bars.events, tokens))


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The reference statistics of human music: language models and composers' histograms."""

    models: LanguageModels
    styles: Styles

    @classmethod
    def fit(cls, readings: Sequence[Reading], composers: Sequence[str]) -> Knowledge:
        """From human lines and the composer slug of each."""
        return Counted.on(readings, composers).knowledge()


@dataclass(frozen=True, eq=False)
class Counted:
    """Counts of human lines. Counts of disjoint parts can be added, for example those of all folds except
    one."""

    models: LanguageModels
    styles: Mapping[str, Histograms]

    @classmethod
    def on(cls, readings: Sequence[Reading], composers: Sequence[str]) -> Counted:
        """The counts of lines, with the composer slug of each."""
        return cls(
            fit_models([reading.tokens for reading in readings]),
            summed((composer, one.counts) for composer, one in zip(composers, readings, strict=True)),
        )

    @classmethod
    def joined(cls, parts: Sequence[Counted]) -> Counted:
        """The sum of the counts of disjoint parts."""
        models = {
            name: ViewpointModel.joined([part.models[name] for part in parts]) for name in parts[0].models
        }
        return cls(models, summed(pair for part in parts for pair in part.styles.items()))

    def knowledge(self) -> Knowledge:
        return Knowledge(self.models, Styles.of(self.styles))


def plain(reading: Reading) -> Values:
    """The features that do not need reference statistics."""
    bars = reading.bars
    line, events = bars.line, bars.events
    return {
        **features_form.measure(bars),
        **runs.measure(bars),
        **features_order.measure(bars),
        **features_sequence.measure(bars),
        **features_rhythm.measure(line, events),
        **features_pitch.measure(line, events),
        **contour.measure(bars),
        **accents.measure(bars),
        **features_key.measure(line, events),
        **harmony.measure(bars),
        **streams.measure(bars),
        **features_stops.measure(line, events),
        **idiom.measure(bars),
    }


def informed(readings: Sequence[Reading], composers: Sequence[str], knowledge: Knowledge) -> list[Values]:
    """The features of lines relative to the reference statistics."""
    of_lines = features_likelihood.measure(
        [one.tokens for one in readings], [one.bars.line.bars for one in readings], knowledge.models
    )
    return [
        {**values, **knowledge.styles.measure(one.counts, composer)}
        for values, one, composer in zip(of_lines, readings, composers, strict=True)
    ]


def measure(lines: Sequence[Line], composers: Sequence[str], knowledge: Knowledge) -> Matrix:
    """The features of lines attributed to `composers`: float64[n, features], all finite."""
    rows = np.empty((len(lines), len(NAMES)))
    for start, end in _batches(lines):
        readings = [Reading.of(line) for line in lines[start:end]]
        claimed = composers[start:end]
        for row, (reading, known) in enumerate(
            zip(readings, informed(readings, claimed, knowledge), strict=True), start
        ):
            values = {**plain(reading), **known}
            rows[row] = [values[name] for name in NAMES]
    return np.nan_to_num(rows, nan=0.0, posinf=0.0, neginf=0.0)


def _batches(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """(first, end) of each batch of lines, sized to fit into memory."""
    start = notes = 0
    for index, line in enumerate(lines):
        full = index - start == _LINES_AT_ONCE or notes + len(line) > _NOTES_AT_ONCE
        if full and index > start:
            yield start, index
            start, notes = index, 0
        notes += len(line)
    if start < len(lines):
        yield start, len(lines)
