"""Features of the surprise curve of a phrase under a language model of human lines.

The mean shows whether the music is unusual; the curve shows where. In human music the surprise is high
at beginnings and turning points and recurs with the bars. In sampled music it is spread evenly.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.measures import Array, Values, correlation, mean
from models.judge.features.viewpoints import Tokens

PARTS = {
    "memory1": ("correlation of the surprise of successive {}", "autocorrelation: Temperley 2019"),
    "bars_uneven": (
        "share of the variance of the surprise of the {} that is between bars",
        "uniform information density: Temperley 2019",
    ),
    "skew": ("whether few of the {} hold most of the surprise", "Temperley 2019"),
    "peak": ("where the surprise of the {} is greatest, share of the phrase", "Temperley 2019"),
    "falls": ("surprise of the {} in the first half minus that in the second", "Temperley 2019"),
    "again": ("surprise of returning {} minus that of new ones", "Pearce, IDyOM, 2005"),
    "slope": ("slope of the surprise of the {} within groups of four bars", "Temperley 2019"),
}


def measure(part: Tokens, nll: Array, bars: int) -> Values:
    """The shape of a surprise curve, `nll` in nats per token, independent of its mean and scale."""
    count = len(nll)
    if count < 4:
        return dict.fromkeys(PARTS, 0.0)
    rest = nll - float(nll.mean())
    total = float(rest @ rest)
    if total < 1e-9:
        return dict.fromkeys(PARTS, 0.0)
    bar = np.minimum(part.bar, bars - 1)
    notes = np.bincount(bar, minlength=bars)
    sums = np.bincount(bar, rest, bars)
    of_bar = sums / np.maximum(notes, 1)
    deviation = float(np.sqrt(total / count))
    _, index, times = np.unique(part.tokens, return_inverse=True, return_counts=True)
    often = times[index] > 2
    half = count // 2
    slope = correlation(np.arange(bars) % 4 - 1.5, of_bar) if bars >= 8 else 0.0
    return {
        "memory1": correlation(rest[1:], rest[:-1]),
        "bars_uneven": float((sums**2 / np.maximum(notes, 1)).sum()) / total,
        "skew": mean(rest**3) / deviation**3,
        "peak": float(of_bar.argmax()) / bars,
        "falls": (mean(rest[:half]) - mean(rest[half:])) / deviation,
        "again": (mean(rest[often]) - mean(rest[~often])) / deviation if 0 < often.sum() < count else 0.0,
        "slope": slope,
    }
