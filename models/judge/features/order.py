"""Features of order: whether the bars of a phrase are in a musical order.

Shuffling the bars of a phrase keeps every count of notes. It destroys four properties: neighbouring
bars are more similar than distant ones, the melody connects over the barline, phrases close every
four bars, and new ideas come early.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.measures import Array, Feature, Features, Values, correlation, mean, share

_LIKENESS = "self-similarity and its decay: Foote, ACM MM 1999"
_HYPER = "hypermeter: Lerdahl & Jackendoff 1983; Rothstein, Phrase Rhythm, 1989"
_SEAM = "grouping by proximity and change: Lerdahl & Jackendoff 1983, GPR 2 and 3"
_FORM = "basic idea, repetition, continuation: Caplin, Classical Form, 1998"
_RESPECTS = {
    "chroma": "pitch classes",
    "groove": "onsets",
    "register": "register",
    "density": "number of notes",
}
_CURVES = {"density": "number of notes", "register": "register", "close": "length of the last note"}


def _described() -> dict[str, Feature]:
    found: dict[str, Feature] = {}
    for respect, words in _RESPECTS.items():
        found[f"near_{respect}"] = Feature(
            f"similarity in {words} of neighbouring bars minus that of other bars", _LIKENESS
        )
        found[f"decay_{respect}"] = Feature(
            f"how steadily the similarity in {words} falls with the distance of bars", _LIKENESS
        )
        found[f"even_{respect}"] = Feature(
            f"similarity in {words} of bars two and four apart minus that of bars one and three apart", _HYPER
        )
    for curve, words in _CURVES.items():
        found[f"period4_{curve}"] = Feature(f"strength of a period of four bars in the {words}", _HYPER)
        found[f"period2_{curve}"] = Feature(f"strength of a period of two bars in the {words}", _HYPER)
    found["seam_steps"] = Feature("share of steps over barlines minus that within bars", _SEAM)
    found["seam_worst"] = Feature("widest leap over a barline compared with the widest within a bar", _SEAM)
    found["seam_chroma"] = Feature(
        "similarity of the harmony around barlines minus that around the middle of bars", _SEAM
    )
    found["seam_turns"] = Feature("share of barlines where the melody turns back at once", _SEAM)
    for kind in ("rhythm", "scale"):
        found[f"new_early_{kind}"] = Feature(
            f"new bars ({kind}) in the first half minus those in the second", _FORM
        )
        found[f"again_even_{kind}"] = Feature(
            f"share of the returning bars ({kind}) that return an even number of bars later", _FORM
        )
    found["long_notes_place"] = Feature("whether the longest notes end groups of four or two bars", _HYPER)
    return found


FEATURES: Features = _described()


def measure(bars: LineBars) -> Values:
    """The features of order of a line."""
    found: Values = {}
    count = bars.line.bars
    first, second = np.triu_indices(count, 1)
    distance = second - first
    for respect, likeness in _likeness(bars).items():
        pairs = likeness[first, second]
        at = {lag: mean(pairs[distance == lag]) for lag in (1, 2, 3, 4)}
        found[f"near_{respect}"] = at[1] - mean(pairs) if count > 2 else 0.0
        found[f"decay_{respect}"] = -correlation(distance.astype(float), pairs)
        found[f"even_{respect}"] = (at[2] + at[4] - at[1] - at[3]) / 2 if count > 4 else 0.0
    close = _last_length(bars)
    for curve, values in (("density", bars.density), ("register", bars.register), ("close", close)):
        found[f"period4_{curve}"] = _periodic(values, 4)
        found[f"period2_{curve}"] = _periodic(values, 2)
    found["long_notes_place"] = _at_ends(close)
    found.update(_seams(bars))
    for kind in ("rhythm", "scale"):
        found.update(_returns(bars.likeness[kind], kind))
    return {name: found[name] for name in FEATURES}


def _likeness(bars: LineBars) -> dict[str, Array]:
    """Similarity [bars, bars] by kind; for a curve, 1 / (1 + the difference of two bars in standard
    deviations)."""
    return {
        "chroma": bars.chroma @ bars.chroma.T,
        "groove": bars.onsets @ bars.onsets.T,
        "register": _closeness(bars.register),
        "density": _closeness(bars.density),
    }


def _closeness(curve: Array) -> Array:
    scale = max(float(curve.std()), 1e-6)
    return np.asarray(1.0 / (1.0 + np.abs(curve[:, None] - curve[None, :]) / scale))


def _last_length(bars: LineBars) -> Array:
    """The time from the last onset of each bar to the next onset, log2 of steps; [bars]."""
    last = bars.bounds[1:] - 1
    length = bars.events.ioi_steps[np.maximum(last, 0)].astype(float)
    return np.log2(np.maximum(np.where(bars.density > 0, length, 1.0), 1.0))


def _periodic(curve: Array, period: int) -> float:
    """The share of a detrended curve's variance at a period: 0 to 1."""
    count = len(curve)
    if count < 2 * period:
        return 0.0
    place = np.arange(count) - (count - 1) / 2
    rest = curve - curve.mean()
    rest = rest - place * float(place @ rest) / float(place @ place)
    total = float(rest @ rest)
    if total < 1e-9:
        return 0.0
    wave = np.exp(2j * np.pi * np.arange(count) / period)
    return float(abs(np.sum(rest * wave)) ** 2) / (count * total) * (1.0 if period == 2 else 2.0)


def _at_ends(close: Array) -> float:
    """Whether bars that end on long notes share one phase of a four-bar period: the greatest mean
    of a phase minus the overall mean, in standard deviations."""
    if len(close) < 8 or close.std() < 1e-9:
        return 0.0
    phases = [close[phase::4].mean() for phase in range(4)]
    return float(max(phases) - close.mean()) / float(close.std())


def _seams(bars: LineBars) -> Values:
    events = bars.events
    interval = np.diff(events.top)
    over = events.bar[1:] != events.bar[:-1]
    size = np.abs(interval)
    values = {"seam_steps": 0.0, "seam_worst": 0.0, "seam_chroma": 0.0, "seam_turns": 0.0}
    if not over.any() or over.all():
        return values
    step = size <= 2
    values["seam_steps"] = share(step[over]) - share(step[~over])
    values["seam_worst"] = float(size[over].max() - size[~over].max()) / 12
    inside = over[1:-1] if len(over) > 2 else over[:0]
    before, here = np.sign(interval[:-2]), np.sign(interval[1:-1])
    values["seam_turns"] = share((before * here < 0)[inside]) - share((before * here < 0)[~inside])
    quarter = max(1, bars.line.bar_steps // 4)
    windows = bars.line.bars * 4
    weights = np.zeros((windows, 12))
    place = np.minimum(bars.line.onset_steps // quarter, windows - 1)
    np.add.at(weights, (place, bars.line.pitch % 12), bars.line.duration_steps)
    filled = weights.sum(axis=1) > 0
    weights /= np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-9)
    likeness = (weights[1:] * weights[:-1]).sum(axis=1)
    known = filled[1:] & filled[:-1]
    at_barline = np.arange(1, windows) % 4 == 0
    values["seam_chroma"] = mean(likeness[known & at_barline]) - mean(likeness[known & ~at_barline])
    return values


def _returns(likeness: Array, kind: str) -> Values:
    """Where new bars occur, and the distance between a bar and the earlier bar that it resembles."""
    count = len(likeness)
    earlier = np.tril(likeness, -1)
    again = earlier.max(axis=1, initial=0.0)
    lag = np.arange(count) - earlier.argmax(axis=1)
    half = count // 2
    weight = np.maximum(again - 0.5, 0.0)
    return {
        f"new_early_{kind}": mean(again[half:]) - mean(again[:half]) if half else 0.0,
        f"again_even_{kind}": float(weight[lag % 2 == 0].sum()) / max(float(weight.sum()), 0.5),
    }
