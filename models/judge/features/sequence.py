"""Features of sequences, chains and figures: how a phrase continues its last bars or notes.

A human sequence moves a bar two or three times through the scale, in one direction; an imitating
machine continues longer and changes direction. Bars are compared by overlap (see `likeness`). A chain
continues past a bar that is slightly less similar.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.likeness import best_stretch
from models.judge.features.measures import (
    Array,
    Feature,
    Features,
    Values,
    entropy_bits,
    entropy_of_counts,
    mean,
    share,
)
from models.judge.features.tonality import scale_mask

_SEQUENCE = "melodic sequence: Schoenberg, Fundamentals, 1967; Caplin 1998"
_CHAIN = "chains of like bars: SIATEC, Meredith, Lemström & Wiggins 2002, successive bars, by overlap"
_OUTER = "outer bars against inner ones: paired infilling, CSMT 2020"
_CHAINED = {
    "pitch": "the same notes",
    "scale": "the same steps of the scale",
    "contour": "the same curve",
    "rhythm": "the same onsets",
}
_BEFORE = {1: "the previous bar", 2: "the bar two before"}
_ALIKE = 0.6  # likeness above which a bar continues a chain
_RELATED = {**_CHAINED, "inversion": "the mirrored steps of the scale"}

FEATURES: Features = {
    **{
        f"chain{lag}_{kind}": Feature(
            f"strongest chain of bars with {words} as {_BEFORE[lag]}, share of the phrase", _CHAIN
        )
        for kind, words in _CHAINED.items()
        for lag in (1, 2)
    },
    "sequence_scale": Feature("similarity to the previous bar moved within the scale", _SEQUENCE),
    "sequence_two_scale": Feature("similarity to the bar two before moved within the scale", _SEQUENCE),
    "sequence_longest": Feature("strongest sequence in bars, share of the phrase", _SEQUENCE),
    "sequence_turns": Feature("how often sequences turn back", _SEQUENCE),
    "sequence_kinds": Feature("variety of the steps by which sequences move", _SEQUENCE),
    "sequence_down": Feature("share of sequences that fall", _SEQUENCE),
    "sequence_foreign": Feature("share of notes outside the scale in sequences", _SEQUENCE),
    **{
        f"outer_{kind}": Feature(f"similarity of inner bars to an outer bar: {words}", _OUTER)
        for kind, words in _RELATED.items()
    },
    "outer_transformed": Feature(
        "similarity of inner bars to an outer bar moved, mirrored or in rhythm, beyond that of copies", _OUTER
    ),
    "outer_copied_least": Feature("similarity of the least similar inner bar to an outer bar", _OUTER),
    "outer_near": Feature(
        "similarity of inner bars to the nearest outer bar minus that to the nearest inner bar", _OUTER
    ),
    "inner_density": Feature("onsets of the inner bars relative to the outer ones, in octaves", _OUTER),
    "inner_register": Feature("register of the inner bars relative to the outer ones, in octaves", _OUTER),
    "inner_steps": Feature("mean interval of the inner bars relative to the outer ones", _OUTER),
    "inner_chroma": Feature("similarity of the pitch classes of inner and outer bars", _OUTER),
    "inner_groove": Feature("similarity of the onsets of inner and outer bars", _OUTER),
    "inner_stops": Feature("share of stops of the inner bars minus that of the outer ones", _OUTER),
    "inner_lengths": Feature("variety of lengths of the inner bars minus that of the outer ones", _OUTER),
}


def measure(bars: LineBars) -> Values:
    """The features of sequence, chain and contrast of a line."""
    found: Values = {}
    found.update(_chains(bars))
    found.update(_sequences(bars))
    found.update(_outer(bars))
    return {name: found[name] for name in FEATURES}


def _chain(likeness: Array, lag: int, count: int) -> float:
    """The strength of the strongest chain of bars that resemble the bar `lag` before, share of the bars."""
    gain = (np.diagonal(likeness, lag) - _ALIKE) / (1 - _ALIKE)
    return float(best_stretch(np.maximum(gain, -1.0)[None])[0]) / count


def _chains(bars: LineBars) -> Values:
    return {
        f"chain{lag}_{kind}": _chain(bars.likeness[kind], lag, bars.line.bars)
        for kind in _CHAINED
        for lag in (1, 2)
    }


def _sequences(bars: LineBars) -> Values:
    """Features of bars that are an earlier bar moved within the scale. `weight` is the likeness of the two
    after the shift minus that without it."""
    beyond = np.where(bars.likeness.shift != 0, bars.likeness.scale - bars.likeness.pitch, 0.0)
    beyond = np.maximum(beyond, 0.0)
    weight, shift = np.diagonal(beyond, 1), np.diagonal(bars.likeness.shift, 1)
    total = max(float(weight.sum()), 1e-9)
    both = weight[1:] * weight[:-1]
    turns = np.sign(shift[1:]) * np.sign(shift[:-1]) < 0
    inside = np.concatenate(([0.0], weight))[bars.events.bar]
    odd = ~scale_mask(bars.key)[bars.events.top % 12]
    counts = np.bincount(np.clip(shift, -12, 12) + 12, weight, 25)
    return {
        "sequence_scale": mean(weight),
        "sequence_two_scale": mean(np.diagonal(beyond, 2)),
        "sequence_longest": _chain(beyond, 1, bars.line.bars),
        "sequence_turns": float(both[turns].sum()) / max(float(both.sum()), 0.25),
        "sequence_kinds": entropy_of_counts(counts) * min(1.0, total),
        "sequence_down": float(weight[shift < 0].sum()) / max(total, 0.5),
        "sequence_foreign": float(inside[odd].sum()) / max(float(inside.sum()), 4.0),
    }


def _outer(bars: LineBars) -> Values:
    """Features that compare the inner bars with the first two and the last two, which may be given
    bars."""
    count = bars.line.bars
    outer = 2 if count >= 6 else 1
    is_outer = np.zeros(count, bool)
    is_outer[:outer] = is_outer[count - outer :] = True
    names = [name for name in FEATURES if name.startswith(("outer_", "inner_"))]
    if is_outer.all():
        return dict.fromkeys(names, 0.0)
    found: Values = {}
    nearest = {kind: bars.likeness[kind][~is_outer][:, is_outer].max(axis=1) for kind in _RELATED}
    for kind, values in nearest.items():
        found[f"outer_{kind}"] = mean(values)
    transformed = np.maximum(np.maximum(nearest["scale"], nearest["inversion"]), nearest["rhythm"])
    found["outer_transformed"] = mean(np.maximum(transformed - nearest["pitch"], 0.0))
    found["outer_copied_least"] = float(nearest["pitch"].min())
    likeness = (bars.chroma @ bars.chroma.T) * (bars.onsets @ bars.onsets.T)
    np.fill_diagonal(likeness, -1.0)
    inner = likeness[~is_outer]
    to_inner = inner[:, ~is_outer].max(axis=1) if (~is_outer).sum() > 1 else np.zeros(len(inner))
    found["outer_near"] = mean(inner[:, is_outer].max(axis=1) - to_inner)
    found["inner_density"] = float(
        np.log2((bars.density[~is_outer].mean() + 0.5) / (bars.density[is_outer].mean() + 0.5))
    )
    found["inner_register"] = float(bars.register[~is_outer].mean() - bars.register[is_outer].mean()) / 12
    found["inner_chroma"] = _product(bars.classes, is_outer)
    found["inner_groove"] = _product(bars.onsets, is_outer)
    events = bars.events
    outside = is_outer[np.minimum(events.bar, count - 1)]
    size = np.abs(np.diff(events.top)).astype(float)
    found["inner_steps"] = mean(size[~outside[1:]]) - mean(size[outside[1:]])
    found["inner_stops"] = share(events.size[~outside] > 1) - share(events.size[outside] > 1)
    found["inner_lengths"] = entropy_bits(events.ioi_steps[~outside]) - entropy_bits(
        events.ioi_steps[outside]
    )
    return found


def _product(rows: Array, is_outer: Array) -> float:
    first, second = rows[~is_outer].sum(axis=0), rows[is_outer].sum(axis=0)
    scale = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / scale if scale > 1e-9 else 0.0
