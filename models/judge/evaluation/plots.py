"""The figures of the judge's report: ROC and reliability; AUC by family, by length, and the transfer
matrix."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from models.judge.classifier.calibration import Interval
from models.judge.evaluation.records import Evaluation, Scored
from violin.files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage


def draw(result: Evaluation, scored: Scored, folder: Path) -> list[str]:
    """Write the figures as PNG into a folder. Returns the file names; none if matplotlib is not
    installed."""
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5))
    _draw_roc(left, scored)
    curve = result.default.curve
    right.plot([row[0] for row in curve], [row[1] for row in curve], "o-")
    right.plot([0, 1], [0, 1], "k:", linewidth=0.8)
    right.set(xlabel="predicted probability", ylabel="share of human phrases", title="reliability")
    widths = [3, 1.2, 3] if result.transfer else [5, 1.2]
    bars, panels = plt.subplots(1, len(widths), figsize=(15, 6), gridspec_kw={"width_ratios": widths})
    first, second = panels[:2]
    _draw_families(first, result)
    names = list(result.by_length)
    _draw_intervals(second, names, [result.by_length[name][1] for name in names])
    second.set(title="by length", ylabel="mean AUC, families left out")
    if result.transfer:
        bars.colorbar(_draw_transfer(panels[2], result.transfer), ax=panels[2], label="AUC")
    made = []
    for name, page in (("curves.png", figure), ("bars.png", bars)):
        page.tight_layout()
        picture = io.BytesIO()
        page.savefig(picture, dpi=100, metadata={"Software": None})
        write_whole(folder / name, picture.getvalue())
        plt.close(page)
        made.append(name)
    return made


def _draw_transfer(axes: Axes, transfer: Mapping[str, Mapping[str, float]]) -> AxesImage:
    clusters = list(transfer)
    shown = axes.imshow(
        [[transfer[a][b] for b in clusters] for a in clusters], vmin=0.4, vmax=1, cmap="viridis"
    )
    axes.set_xticks(range(len(clusters)), clusters, rotation=45, ha="right")
    axes.set_yticks(range(len(clusters)), clusters)
    axes.set(title="transfer: trained on (row), measured on (column)")
    return shown


def _draw_roc(axes: Axes, scored: Scored) -> None:
    import numpy as np

    for name, ours in scored.human.items():
        cuts = np.concatenate([[2.0], np.sort(np.unique(np.concatenate([ours, scored.machine[name]])))[::-1]])
        true = [(ours >= cut).mean() for cut in cuts]
        false = [(scored.machine[name] >= cut).mean() for cut in cuts]
        axes.plot(false, true, linewidth=0.8, label=name)
    axes.plot([0, 1], [0, 1], "k:", linewidth=0.8)
    axes.set(
        xlabel="machine phrases called human", ylabel="human phrases called human", title="families left out"
    )
    axes.legend(fontsize=5, ncol=2)


def _draw_families(axes: Axes, result: Evaluation) -> None:
    rows = sorted((*result.families, *result.composers, *result.further), key=lambda one: one.auc.value)
    _draw_intervals(axes, [one.name for one in rows], [one.auc for one in rows])
    axes.axhline(0.5, color="k", linestyle=":", linewidth=0.8)
    axes.set(title="by family and generator, left out", ylabel="AUC")


def _draw_intervals(axes: Axes, names: Sequence[str], values: Sequence[Interval]) -> None:
    low = [max(0.0, one.value - one.low) for one in values]
    high = [max(0.0, one.high - one.value) for one in values]
    axes.errorbar(range(len(names)), [one.value for one in values], yerr=[low, high], fmt="o", capsize=2)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
