"""Features of form: which bars return, in what way, and how much of a phrase is repetition.

Machine music can differ in both directions: a weak model repeats nothing, a loop repeats
everything. Human phrases are in between. Bars are compared by overlap (see `likeness`), so a phrase
with a dropped note has nearly the same features.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.canonical import Events
from models.judge.features.measures import (
    Feature,
    Features,
    Values,
    compressed_share,
    deviation,
    mean,
)

_KINDS = {
    "pitch": "notes",
    "rhythm": "onsets",
    "lengths": "note lengths",
    "scale": "scale steps",
    "contour": "contour",
}
_LAGS = (1, 2, 4)
_BEFORE = {1: "the previous bar", 2: "the bar two before", 4: "the bar four before"}
_SHARP = 4  # power that leaves close likeness and nearly removes the rest
_BAR_SOURCE = "bar repeat ratios: Wu & Yang, MusDr, ISMIR 2020, structureness; overlap of bars here"


def _described() -> dict[str, Feature]:
    found: dict[str, Feature] = {}
    for kind, words in _KINDS.items():
        most = f"similarity in {words} of a bar to the most similar other bar"
        found[f"bars_again_{kind}"] = Feature(f"mean {most}", _BAR_SOURCE)
        found[f"bars_spread_{kind}"] = Feature(f"spread of the {most}", _BAR_SOURCE)
        found[f"bars_close_{kind}"] = Feature(
            f"share of bars with nearly the same {words} as another bar", _BAR_SOURCE
        )
        for lag in _LAGS:
            found[f"bars_lag{lag}_{kind}"] = Feature(
                f"similarity in {words} of each bar to {_BEFORE[lag]}", _BAR_SOURCE
            )
            found[f"bars_close{lag}_{kind}"] = Feature(
                f"share of bars with nearly the same {words} as {_BEFORE[lag]}", _BAR_SOURCE
            )
    for lag in _LAGS:
        found[f"chroma_lag{lag}"] = Feature(
            f"similarity in pitch classes of each bar to {_BEFORE[lag]}",
            "self-similarity: Foote, ACM MM 1999",
        )
        found[f"groove_lag{lag}"] = Feature(
            f"similarity in groove of each bar to {_BEFORE[lag]}",
            "grooving similarity: Wu & Yang, MusDr, 2020",
        )
    found["chroma_spread"] = Feature(
        "spread of the similarity of bars in pitch classes", "self-similarity: Foote 1999"
    )
    found["groove_spread"] = Feature(
        "spread of the similarity of bars in groove", "grooving similarity: MusDr 2020"
    )
    for kind, words in (
        ("pitch", "pitches"),
        ("interval", "intervals"),
        ("rhythm", "rhythm"),
        ("all", "notes"),
    ):
        found[f"compressed_{kind}"] = Feature(
            f"compressed size of the {words}, relative to the original", "Cilibrasi, Vitányi & de Wolf 2004"
        )
    found["half_rhythm"] = Feature(
        "similarity of the onsets of the first and the second half", "antecedent and consequent: Caplin 1998"
    )
    found["half_contour"] = Feature("similarity of the melody of the two halves", "Caplin 1998")
    found["last_is_first"] = Feature("similarity of the rhythm of the last and the first bar", "Caplin 1998")
    return found


FEATURES: Features = _described()


def measure(bars: LineBars) -> Values:
    """The features of form of a line; values are between 0 and about 1."""
    found: Values = {}
    for kind in _KINDS:
        likeness = bars.likeness[kind]
        nearest = likeness.max(axis=1, initial=0.0)
        found[f"bars_again_{kind}"] = mean(nearest)
        found[f"bars_spread_{kind}"] = deviation(nearest)
        found[f"bars_close_{kind}"] = mean(nearest**_SHARP)
        for lag in _LAGS:
            found[f"bars_lag{lag}_{kind}"] = mean(np.diagonal(likeness, lag))
            found[f"bars_close{lag}_{kind}"] = mean(np.diagonal(likeness, lag) ** _SHARP)
    for name, profile in (("chroma", bars.chroma), ("groove", bars.onsets)):
        likeness = profile @ profile.T
        for lag in _LAGS:
            found[f"{name}_lag{lag}"] = mean(np.diagonal(likeness, lag))
        found[f"{name}_spread"] = deviation(likeness[np.triu_indices(bars.line.bars, 1)])
    found.update(_compressed(bars.events))
    found.update(_halves(bars))
    found["last_is_first"] = float(bars.likeness.rhythm[0, -1])
    return {name: found[name] for name in FEATURES}


def _compressed(events: Events) -> Values:
    """Compressibility of the top line."""
    interval = np.diff(events.top, prepend=events.top[:1])
    ioi = events.ioi_steps
    return {
        "compressed_pitch": compressed_share(events.top),
        "compressed_interval": compressed_share(interval),
        "compressed_rhythm": compressed_share(ioi),
        "compressed_all": compressed_share(np.stack([interval + 60, ioi], axis=1).ravel()),
    }


def _halves(bars: LineBars) -> Values:
    """Similarity of the two halves, bar by bar. With an odd number of bars the middle bar is left out."""
    half = bars.line.bars // 2
    if half == 0:
        return {"half_rhythm": 0.0, "half_contour": 0.0}
    rhythm = mean((bars.onsets[:half] * bars.onsets[-half:]).sum(axis=1))
    first, second = bars.register[:half], bars.register[-half:]
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((first @ first) * (second @ second)))
    return {"half_rhythm": rhythm, "half_contour": float(first @ second) / scale if scale > 1e-9 else 0.0}
