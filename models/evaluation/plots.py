"""The composer's report as one figure; matplotlib is in the extra `dev`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from models.evaluation.report import Comparison, inside_shares
from models.judge.evaluation.two_sample import TwoSampleFigures
from violin.files import write_whole


def draw(comparison: Comparison, two_sample: Mapping[str, TwoSampleFigures], path: Path) -> bool:
    """Write a PNG: how well a classifier separates each writer from humans, and how often each
    metric of form lies inside the human band. Returns False and writes nothing if matplotlib is not
    installed."""
    try:
        from matplotlib.figure import Figure  # no display and no global state
    except ImportError:
        return False
    figure = Figure(figsize=(11, 5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    names = list(two_sample)[::-1]
    values = [two_sample[name].pooled for name in names]
    errors = [[one.value - one.low for one in values], [one.high - one.value for one in values]]
    left.barh(names, [one.value for one in values], xerr=errors, color="tab:gray")
    left.axvline(0.5, color="k", linestyle=":")
    left.set_xlim(0.3, 1)
    left.set_xlabel("AUC of a classifier trained for this writer")
    shares = {name: inside_shares(comparison, name) for name in comparison.answers}
    rows = list(next(iter(shares.values())))
    height = 0.8 / len(shares)
    for place, (name, found) in enumerate(shares.items()):
        heights = [row + place * height for row in range(len(rows))]
        right.barh(heights, [found[row] for row in rows], height, label=name)
    right.set_yticks([row + 0.4 for row in range(len(rows))], rows)
    right.axvline(0.75, color="k", linestyle=":")
    right.invert_yaxis()
    right.set_xlabel("share of answers inside the human 10-90 % band")
    right.legend(fontsize="x-small")
    picture = io.BytesIO()
    figure.savefig(picture, dpi=110)
    write_whole(path, picture.getvalue())
    return True
