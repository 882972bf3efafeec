"""Separates answers from human phrases by features that nothing else in the project uses.

The judge, the critic, the rewards and the guards share features, so candidates chosen by them look too
good in a test on the same features. This test uses other features: music21's port of jSymbolic (McKay &
Fujinaga 2006), and counts of up to four melodic steps, durations and scale degrees in a row, as in text
classification. Each score comes from classifiers fitted on other works.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline

from data_prep.plans.planning import outer_key
from models.judge.classifier.calibration import Interval
from models.judge.training.leave_out import bootstrap_auc
from violin.music import TICKS_PER_BEAT, Phrase

Array = NDArray[Any]

LONG_BARS = 10  # phrases of more bars are long
_FOLDS, _TREES, _LONGEST_RUN, _RAREST = 5, 400, 4, 3
_MOST_STEP = 12  # semitones; wider melodic steps count as this
_SLOW = ("MaximumNumberOfIndependentVoicesFeature", "DirectionOfMotionFeature")  # they take half of the time


@dataclass(frozen=True, slots=True)
class IndependentFigures:
    """AUC of human against answer: of all phrases, and of those up to and above ten bars (None: too few)."""

    phrases: int
    long_phrases: int
    pooled: Interval
    short: Interval | None
    long: Interval | None


def independent_figures(
    human: Sequence[Phrase],
    answers: Sequence[Phrase],
    works: Sequence[str],
    given_bars: int = 1,
    seed: int = 0,
) -> IndependentFigures:
    """How well the classifiers separate answers from the human phrases with the same `given_bars` outer bars
    on each side. `works` are those of the human phrases, at least five different ones."""
    if len(set(works)) < _FOLDS:
        raise ValueError(f"phrases of {len(set(works))} works; legal: at least {_FOLDS}")
    both = [*human, *answers]
    numbers = jsymbolic_values(
        [phrase.slice_bars(given_bars, phrase.bars - 2 * given_bars) for phrase in both]
    )
    texts = [spelled(phrase) for phrase in both]
    is_human = np.arange(len(both)) < len(human)
    groups = np.array([*works, *works])
    score = np.zeros(len(both))
    for fitted, held in GroupKFold(_FOLDS).split(numbers, groups=groups):
        trees = ExtraTreesClassifier(_TREES, min_samples_leaf=2, random_state=seed)
        lines = make_pipeline(
            TfidfVectorizer(
                ngram_range=(1, _LONGEST_RUN), token_pattern=r"\S+", min_df=_RAREST, sublinear_tf=True
            ),
            LogisticRegression(C=10.0, max_iter=1000),
        )
        trees.fit(numbers[fitted], is_human[fitted])
        lines.fit([texts[row] for row in fitted], is_human[fitted])
        score[held] = _log_odds(trees.predict_proba(numbers[held])[:, 1])
        score[held] += _log_odds(lines.predict_proba([texts[row] for row in held])[:, 1])
    long = np.array([phrase.bars > LONG_BARS for phrase in both])

    def auc(some: Array) -> Interval | None:
        first, second = some & is_human, some & ~is_human
        if len(set(groups[first])) < _FOLDS:
            return None
        return bootstrap_auc(score[first], groups[first], score[second], groups[second], seed)

    pooled = auc(np.ones(len(both), bool))
    assert pooled is not None  # there are enough works
    return IndependentFigures(len(human), int(long[: len(human)].sum()), pooled, auc(~long), auc(long))


def jsymbolic_values(phrases: Sequence[Phrase]) -> Array:
    """float64[N, F]: music21's jSymbolic features of each phrase; 0 where one is not defined."""
    from music21.features import base, jSymbolic

    extractors = [each for each in jSymbolic.featureExtractors if each.__name__ not in _SLOW]
    rows = []
    for phrase in phrases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = base.DataInstance(phrase.to_music21())
            rows.append([value for each in extractors for value in _vector(each, data)])
    return np.nan_to_num(np.array(rows, float))


def _vector(extractor: Any, data: Any) -> list[float]:
    from music21.features.base import FeatureException

    made = extractor(data)
    try:
        return [float(value) for value in made.extract().vector]
    except FeatureException:  # for example a histogram of intervals of a single note
        return [0.0] * made.dimensions


def spelled(phrase: Phrase) -> str:
    """The top notes of a phrase as words of three kinds: melodic steps in semitones; the time to the next
    onset in twelfths of a beat with the step; scale degrees on the beats.

    >>> from violin.music import Note
    >>> spelled(Phrase((Note(0, 60, 48), Note(48, 64, 48)), 1))
    's4 | 12s4 | d0 d4'
    """
    tops: dict[int, int] = {}
    for note in phrase.notes:
        tops[note.onset_ticks] = max(note.pitch, tops.get(note.onset_ticks, 0))
    onsets = sorted(tops)
    steps = list(_steps([tops[onset] for onset in onsets]))
    gaps = [(after - before) // 4 for before, after in pairwise(onsets)]
    tonic = outer_key(phrase).tonic_pitch_class
    degrees = [f"d{(tops[onset] - tonic) % 12}" for onset in onsets if onset % TICKS_PER_BEAT == 0]
    timed = [f"{gap}{step}" for gap, step in zip(gaps, steps, strict=True)]
    return " ".join([*steps, "|", *timed, "|", *degrees])


def _steps(pitches: Sequence[int]) -> Iterator[str]:
    for before, after in pairwise(pitches):
        yield f"s{max(-_MOST_STEP, min(_MOST_STEP, after - before))}"


def _log_odds(share: Array) -> Array:
    share = np.clip(share, 0.01, 0.99)
    return np.log(share / (1 - share))
