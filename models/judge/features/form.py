"""Features of form: which bars return, in what way, and how much of a phrase is repetition.

Machine music can differ in both directions: a weak model repeats nothing, a loop repeats
everything. Human phrases are in between.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.canonical import Events
from models.judge.features.measures import (
    Array,
    Feature,
    Features,
    Values,
    compressed_share,
    deviation,
    mean,
    repeat_lengths,
    share,
)

_KINDS = {
    "pitch": "the same notes in the same rhythm",
    "rhythm": "the same rhythm",
    "interval": "the same intervals",
    "contour": "the same ups and downs",
}
_LAGS = (1, 2, 4)
_RUNS = {
    "pitch": "the same notes and lengths",
    "interval": "the same intervals and lengths",
    "rhythm": "the same lengths",
    "tune": "the same intervals in any rhythm",
}

_BAR_SOURCE = "bar repeat ratios: Wu & Yang, MusDr, ISMIR 2020, structureness; bar by bar here"
_RUN_SOURCE = "longest repeated run: Meredith, Lemström & Wiggins, SIATEC, 2002, contiguous case"


def _described() -> dict[str, Feature]:
    found: dict[str, Feature] = {}
    for kind, words in _KINDS.items():
        found[f"bars_again_{kind}"] = Feature(f"share of bars with {words} as another bar", _BAR_SOURCE)
        for lag in _LAGS:
            found[f"bars_lag{lag}_{kind}"] = Feature(
                f"share of bars with {words} as the bar {lag} before", _BAR_SOURCE
            )
    for lag in _LAGS:
        found[f"chroma_lag{lag}"] = Feature(
            f"likeness of the pitch classes of bars {lag} apart", "self-similarity: Foote, ACM MM 1999"
        )
        found[f"groove_lag{lag}"] = Feature(
            f"likeness of the onsets of bars {lag} apart", "grooving similarity: Wu & Yang, MusDr, 2020"
        )
    found["chroma_spread"] = Feature(
        "how unevenly the bars resemble each other in pitch classes", "self-similarity: Foote 1999"
    )
    found["groove_spread"] = Feature(
        "how unevenly the bars resemble each other in onsets", "grooving similarity: MusDr 2020"
    )
    for kind, words in _RUNS.items():
        found[f"longest_run_{kind}"] = Feature(
            f"longest run of {words} that comes twice, share of the phrase", _RUN_SOURCE
        )
    found["repeated_notes"] = Feature(
        "share of notes in runs of four or more (intervals and lengths) that come twice", _RUN_SOURCE
    )
    found["repeated_notes_long"] = Feature(
        "share of notes in runs of eight or more that come twice", _RUN_SOURCE
    )
    for kind, words in (
        ("pitch", "pitches"),
        ("interval", "intervals"),
        ("rhythm", "rhythm"),
        ("all", "notes"),
    ):
        found[f"compressed_{kind}"] = Feature(
            f"how little the {words} can be compressed", "Cilibrasi, Vitányi & de Wolf 2004"
        )
    found["sequence_bars"] = Feature(
        "share of bars that are the bar before, transposed",
        "melodic sequence: Schoenberg, Fundamentals, 1967",
    )
    found["half_rhythm"] = Feature(
        "likeness of the onsets of the first and the second half", "antecedent and consequent: Caplin 1998"
    )
    found["half_contour"] = Feature("likeness of the melody of the two halves", "Caplin 1998")
    found["last_is_first"] = Feature("whether the last bar has the rhythm of the first", "Caplin 1998")
    found["rhythm_pairs"] = Feature(
        "how few different bar rhythms there are for the number of bars", "Conklin, JNMR 2010, pattern counts"
    )
    return found


FEATURES: Features = _described()


def measure(bars: LineBars) -> Values:
    """The features of form of a line; values are between 0 and about 1."""
    line, events, signatures = bars.line, bars.events, bars.signatures
    found: Values = {}
    for kind in _KINDS:
        of_bars = signatures[kind]
        found[f"bars_again_{kind}"] = _again(of_bars)
        for lag in _LAGS:
            found[f"bars_lag{lag}_{kind}"] = share(of_bars[lag:] == of_bars[:-lag])
    for name, profile in (("chroma", bars.chroma), ("groove", bars.onsets)):
        likeness = profile @ profile.T
        for lag in _LAGS:
            found[f"{name}_lag{lag}"] = mean(np.diagonal(likeness, lag))
        found[f"{name}_spread"] = deviation(likeness[np.triu_indices(line.bars, 1)])
    found.update(_runs(events))
    pitch, interval, rhythm = signatures["pitch"], signatures["interval"], signatures["rhythm"]
    sequence = (interval[1:] == interval[:-1]) & (rhythm[1:] == rhythm[:-1]) & (pitch[1:] != pitch[:-1])
    found["sequence_bars"] = share(sequence & (signatures["filled"][1:] > 0) if len(sequence) else sequence)
    found.update(_halves(bars))
    found["last_is_first"] = float(rhythm[-1] == rhythm[0])
    found["rhythm_pairs"] = 1.0 - (len(np.unique(rhythm)) - 1) / max(1, line.bars - 1)
    return {name: found[name] for name in FEATURES}


def _again(of_bars: Array) -> float:
    _, index, count = np.unique(of_bars, return_inverse=True, return_counts=True)
    return share(count[index] > 1)


def _runs(events: Events) -> Values:
    """Runs of notes that occur twice, and compressibility, of the top line."""
    interval = np.diff(events.top, prepend=events.top[:1])
    ioi = events.ioi_steps
    sequences: dict[str, Array] = {
        "pitch": events.top * 1000 + np.minimum(ioi, 999),
        "interval": (interval + 60) * 1000 + np.minimum(ioi, 999),
        "rhythm": ioi,
        "tune": interval,
    }
    found: Values = {}
    count = len(events)
    for kind, tokens in sequences.items():
        lengths = repeat_lengths(tokens)
        found[f"longest_run_{kind}"] = float(lengths.max()) / count
        if kind == "interval":
            found["repeated_notes"] = _covered(lengths, 4)
            found["repeated_notes_long"] = _covered(lengths, 8)
    found["compressed_pitch"] = compressed_share(events.top)
    found["compressed_interval"] = compressed_share(interval)
    found["compressed_rhythm"] = compressed_share(ioi)
    found["compressed_all"] = compressed_share(np.stack([interval + 60, ioi], axis=1).ravel())
    return found


def _covered(lengths: Array, least: int) -> float:
    """The share of positions inside a repeated run of at least `least` tokens."""
    count = len(lengths)
    starts = np.flatnonzero(lengths >= least)
    change = np.zeros(count + 1, np.int32)
    np.add.at(change, starts, 1)
    np.add.at(change, starts + lengths[starts], -1)
    return share(np.cumsum(change[:count]) > 0)


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
