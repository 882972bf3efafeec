"""Features of likelihood: how surprising a line is to language models of human lines.

Likelihood alone does not separate machine from human: text sampled at a low temperature is *more*
likely than human text. So there are features for the mean surprise, typicality (surprise minus the
model's entropy), unevenness, ranks, the gain of a long context, and the difference between the
inner bars, which a machine may have composed, and the outer bars, which were given to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.judge.features import surprise
from models.judge.features.language_models import LanguageModels, Reading
from models.judge.features.measures import (
    Array,
    Feature,
    Features,
    Values,
    correlation,
    deviation,
    mean,
    share,
)
from models.judge.features.viewpoints import VIEWPOINTS, Tokens

_WINDOW = 8

_EVERY = {
    "nll": ("mean surprise of the {}", "cross-entropy: Conklin & Witten 1995"),
    "spread": ("unevenness of the surprise of the {}", "uniform information density: Temperley 2019"),
    "jitter": ("mean change of the surprise of the {} from note to note", "Temperley 2019"),
    "worst": ("surprise of the {} in the most surprising eight notes", "worst window: GLTR, Gehrmann 2019"),
    "best": ("surprise of the {} in the least surprising eight notes", "GLTR 2019"),
    "inner": (
        "surprise of the {} in the inner bars minus that in the outer bars",
        "paired infilling: CSMT 2020",
    ),
    "inner_two": (
        "surprise of the {} in the inner bars minus that in two outer bars on each side",
        "paired infilling: CSMT 2020",
    ),
    "memory": ("how much a longer context helps to predict the {}", "order ablation: Pearce, IDyOM, 2005"),
    "seam": ("surprise of the {} at the beginnings of bars minus that within", "by bar: Temperley 2019"),
    "drift": ("whether the surprise of the {} grows through the phrase", "Temperley 2019"),
    "matched": ("length of the runs of {} known from human music", "n-gram overlap: Yin et al. 2022"),
}
_WHOLE = {
    "entropy": ("mean entropy of the predictions of the {}", "Shannon 1948"),
    "surplus": (
        "surprise of the {} minus the expected surprise",
        "typical set: Meister et al., TACL 2023",
    ),
    "atypical": ("distance of the surprise of the {} from the expected surprise", "Meister et al. 2023"),
    "rank": ("mean log rank of the {} among the predictions", "log-rank: Su et al., DetectLLM, 2023"),
    "first": ("share of {} that are the most likely prediction", "GLTR 2019"),
    "curvature": (
        "surprise of the {} minus the expected, in standard deviations",
        "Fast-DetectGPT: Bao et al. 2024",
    ),
}


def _described() -> dict[str, Feature]:
    found: dict[str, Feature] = {}
    for view in VIEWPOINTS:
        parts = {**_EVERY, **surprise.PARTS, **(_WHOLE if view.whole else {})}
        for part, (words, source) in parts.items():
            if (view.name, part) == ("bar", "bars_uneven"):
                continue  # one token per bar: nothing is within bars
            found[f"lm_{view.name}_{part}"] = Feature(words.format(view.words), source)
    return found


FEATURES: Features = _described()


def measure(
    lines: Sequence[Mapping[str, Tokens]], bars: Sequence[int], models: LanguageModels
) -> list[Values]:
    """The features of likelihood of lines, in nats per token. `bars` has the number of bars of each
    line."""
    found: list[Values] = [{} for _ in lines]
    for view in VIEWPOINTS:
        parts = [line[view.name] for line in lines]
        for values, part, count, reading in zip(
            found, parts, bars, models[view.name].read(parts), strict=True
        ):
            of_view = _of_view(part, count, reading, view.whole)
            values.update({f"lm_{view.name}_{name}": value for name, value in of_view.items()})
    return [{name: values[name] for name in FEATURES} for values in found]


def _of_view(part: Tokens, bars: int, reading: Reading, whole: bool) -> Values:
    nll = reading.nll
    windows = _window_means(nll)
    values = {
        "nll": mean(nll),
        "spread": deviation(nll),
        "jitter": mean(np.abs(np.diff(nll))),
        "worst": float(windows.max()) if len(windows) else 0.0,
        "best": float(windows.min()) if len(windows) else 0.0,
        "inner": _inner(nll, part.bar, bars, 1),
        "inner_two": _inner(nll, part.bar, bars, 2),
        "memory": mean(reading.nll_short - nll),
        "seam": _seam(nll, part.bar),
        "drift": correlation(np.arange(len(nll), dtype=float), nll),
        "matched": mean(reading.matched),
        **surprise.measure(part, nll, bars),
    }
    if whole:
        surplus = mean(nll - reading.entropy)
        scale = float(np.sqrt(reading.variance.sum()))
        values |= {
            "entropy": mean(reading.entropy),
            "surplus": surplus,
            "atypical": abs(surplus),
            "rank": mean(np.log1p(reading.rank)),
            "first": share(reading.rank == 0),
            "curvature": float((nll - reading.entropy).sum()) / scale if scale > 1e-9 else 0.0,
        }
    return values


def _window_means(values: Array) -> Array:
    """Means over windows of eight tokens; one window where there are fewer."""
    if len(values) <= _WINDOW:
        return np.array([mean(values)])
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray((sums[_WINDOW:] - sums[:-_WINDOW]) / _WINDOW)


def _inner(values: Array, bar: Array, bars: int, outer: int) -> float:
    inside = (bar >= outer) & (bar < bars - outer)
    if not inside.any() or inside.all():
        return 0.0
    return float(values[inside].mean() - values[~inside].mean())


def _seam(values: Array, bar: Array) -> float:
    first = np.diff(bar, prepend=bar[:1]) > 0
    return mean(values[first]) - mean(values[~first]) if first.any() and not first.all() else 0.0
