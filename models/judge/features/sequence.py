"""Features of sequences, chains and figures: how a phrase continues its last bars or notes.

A human sequence moves a bar two or three times through the scale, in one direction; an imitating
machine continues longer and changes direction. A human figure continues for bars while its harmony
changes; a stuck machine repeats exactly the same notes.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.bars import LineBars
from models.judge.features.measures import (
    Array,
    Feature,
    Features,
    Values,
    entropy_bits,
    longest_true_run,
    mean,
    repeat_lengths,
    share,
)

_SEQUENCE = "melodic sequence: Schoenberg, Fundamentals, 1967; Caplin 1998"
_CHAIN = "chains of like bars: SIATEC, Meredith, Lemström & Wiggins 2002, successive bars"
_FIGURE = "tandem repeats: Main & Lorentz, J. Algorithms 5, 1984"
_OUTER = "outer bars against inner ones: paired infilling, CSMT 2020"
_CHAINED = {
    "pitch": "the same notes",
    "scale": "the same steps of the scale",
    "contour": "the same ups and downs",
    "rhythm": "the same rhythm",
}
_FIGURES = {"pitch": "notes", "scale": "steps of the scale and lengths", "rhythm": "lengths"}
_PERIODS = range(1, 9)

FEATURES: Features = {
    **{
        f"chain{lag}_{kind}": Feature(
            f"longest chain of bars with {words} as the bar {lag} before, share of the phrase", _CHAIN
        )
        for kind, words in _CHAINED.items()
        for lag in (1, 2)
    },
    "chain1_rhythm_uneven": Feature(
        "share of bars with the rhythm of the bar before where that rhythm is not all one length", _CHAIN
    ),
    "bars_again_scale": Feature("share of bars with the same steps of the scale as another bar", _SEQUENCE),
    "bars_lag1_scale": Feature("share of bars with the steps of the bar before", _SEQUENCE),
    "bars_lag2_scale": Feature("share of bars with the steps of the bar two before", _SEQUENCE),
    "bars_lag4_scale": Feature("share of bars with the steps of the bar four before", _SEQUENCE),
    "sequence_scale": Feature("share of bars that are the bar before, moved within the scale", _SEQUENCE),
    "sequence_two_scale": Feature(
        "share of bars that are the bar two before, moved within the scale", _SEQUENCE
    ),
    "sequence_longest": Feature("longest sequence in bars, share of the phrase", _SEQUENCE),
    "sequence_turns": Feature("how often sequences turn back", _SEQUENCE),
    "sequence_kinds": Feature("variety of the steps by which sequences move", _SEQUENCE),
    "sequence_down": Feature("share of sequences that fall", _SEQUENCE),
    "sequence_foreign": Feature("share of notes outside the scale in sequences", _SEQUENCE),
    "longest_run_scale": Feature(
        "longest run of the same steps of the scale and lengths that comes twice", _SEQUENCE
    ),
    **{
        f"figure_{kind}": Feature(
            f"longest stretch of the same few {words} repeated at once, share of the phrase", _FIGURE
        )
        for kind, words in _FIGURES.items()
    },
    **{
        f"figures_{kind}": Feature(f"share of notes in figures of {words} repeated at once", _FIGURE)
        for kind, words in _FIGURES.items()
    },
    "outer_rhythm": Feature("share of inner bars with the rhythm of an outer bar", _OUTER),
    "outer_scale": Feature("share of inner bars with the steps of an outer bar", _OUTER),
    "outer_pitch": Feature("share of inner bars with the notes of an outer bar", _OUTER),
    "outer_near": Feature(
        "likeness of inner bars to the nearest outer bar less that to the nearest inner one", _OUTER
    ),
    "inner_density": Feature("onsets of the inner bars against the outer ones, in octaves", _OUTER),
    "inner_register": Feature("register of the inner bars against the outer ones, in octaves", _OUTER),
    "inner_steps": Feature("mean interval of the inner bars against the outer ones", _OUTER),
    "inner_chroma": Feature("likeness of the pitch classes of inner and outer bars", _OUTER),
    "inner_groove": Feature("likeness of the onsets of inner and outer bars", _OUTER),
    "inner_stops": Feature("share of stops of the inner bars less that of the outer ones", _OUTER),
    "inner_lengths": Feature("variety of lengths of the inner bars less that of the outer ones", _OUTER),
}  # fmt: skip


def measure(bars: LineBars) -> Values:
    """The features of sequence, chain, figure and contrast of a line."""
    found: Values = {}
    found.update(_chains(bars))
    found.update(_sequences(bars))
    found.update(_figures(bars))
    found.update(_outer(bars))
    return {name: found[name] for name in FEATURES}


def _chains(bars: LineBars) -> Values:
    found: Values = {}
    count = bars.line.bars
    for kind in _CHAINED:
        of_bars = bars.signatures[kind]
        for lag in (1, 2):
            run = longest_true_run(of_bars[lag:] == of_bars[:-lag]) if count > lag else 0
            found[f"chain{lag}_{kind}"] = run / count
    rhythm = bars.signatures["rhythm"]
    uneven = np.array(
        [
            len(np.unique(bars.events.ioi_steps[bars.bounds[bar] : bars.bounds[bar + 1] - 1])) > 1
            for bar in range(count)
        ]
    )
    found["chain1_rhythm_uneven"] = share((rhythm[1:] == rhythm[:-1]) & uneven[1:])
    scale = bars.signatures["scale"]
    _, index, times = np.unique(scale, return_inverse=True, return_counts=True)
    found["bars_again_scale"] = share(times[index] > 1)
    for lag in (1, 2, 4):
        found[f"bars_lag{lag}_scale"] = share(scale[lag:] == scale[:-lag])
    return found


def _sequences(bars: LineBars) -> Values:
    """Features of bars that are an earlier bar moved within the scale."""
    scale, filled = bars.signatures["scale"], bars.signatures["filled"]
    first = bars.degree[np.minimum(bars.bounds[:-1], len(bars.degree) - 1)]
    found: Values = {}
    moves = np.zeros(0)
    for lag, name in ((1, "sequence_scale"), (2, "sequence_two_scale")):
        moved = first[lag:] - first[:-lag]
        is_one = (scale[lag:] == scale[:-lag]) & (moved != 0) & (filled[lag:] > 0)
        found[name] = share(is_one)
        if lag == 1:
            moves = moved[is_one]
            found["sequence_longest"] = longest_true_run(is_one) / bars.line.bars
            inside = np.concatenate(([False], is_one))
            pitch_class = (bars.events.top - bars.key.tonic) % 12
            odd = ~np.isin(pitch_class, (0, 2, 3, 5, 7, 8, 9, 10, 11) if bars.key.minor else _MAJOR)
            here = inside[np.minimum(bars.events.bar, bars.line.bars - 1)]
            found["sequence_foreign"] = share(odd[here])
    direction = np.sign(moves)
    found["sequence_turns"] = share(direction[1:] != direction[:-1])
    found["sequence_kinds"] = entropy_bits(moves)
    found["sequence_down"] = share(direction < 0)
    return found


_MAJOR = (0, 2, 4, 5, 7, 9, 11)


def _figures(bars: LineBars) -> Values:
    """Features of stretches in which the last few notes are repeated exactly."""
    events = bars.events
    ioi = np.minimum(events.ioi_steps, 999).astype(np.int64)
    steps = np.diff(bars.degree, prepend=bars.degree[:1])
    rows = {
        "pitch": events.top.astype(np.int64) * 1000 + ioi,
        "scale": (steps + 60) * 1000 + ioi,
        "rhythm": ioi,
    }
    found: Values = {"longest_run_scale": float(repeat_lengths(rows["scale"]).max()) / len(events)}
    for kind, tokens in rows.items():
        covered = np.zeros(len(tokens) + 1, np.int64)
        longest = 0
        for period in _PERIODS:
            same = tokens[period:] == tokens[:-period]
            if not same.any():
                continue
            edges = np.flatnonzero(np.diff(np.concatenate(([0], same.astype(np.int8), [0]))))
            starts, ends = edges[::2], edges[1::2]
            whole = ends - starts >= period  # the figure at least once again, all of it
            starts, ends = starts[whole], ends[whole] + period
            if len(starts):
                longest = max(longest, int((ends - starts).max()))
                np.add.at(covered, starts, 1)
                np.add.at(covered, ends, -1)
        found[f"figure_{kind}"] = longest / len(tokens)
        found[f"figures_{kind}"] = share(np.cumsum(covered[:-1]) > 0)
    return found


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
    for kind in ("rhythm", "scale", "pitch"):
        of_bars = bars.signatures[kind]
        found[f"outer_{kind}"] = share(np.isin(of_bars[~is_outer], of_bars[is_outer]))
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
