"""The arena's result as one figure: both league tables with their intervals, and the matrix."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from submission.arena.league import HUMAN, Board, Place

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CONSTANT_JUDGE = 1.0  # its official score


def plot(board: Board) -> bytes:
    """The figure as PNG, or b"" without matplotlib. The same board gives the same bytes."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return b""

    generators, judges = board.generators_table(), board.judges_table()
    rows = len(board.generators) + 1
    heights = [0.8 + 0.32 * max(len(generators), len(judges)), 1.7 + 0.34 * rows]
    figure = Figure(figsize=(11, 0.6 + sum(heights)), layout="constrained")
    FigureCanvasAgg(figure)
    halves = figure.subfigures(2, 1, squeeze=False, height_ratios=heights)[:, 0]
    left, right = halves[0].subplots(1, 2)
    _league(left, generators, "Generators: mean HCS over the judges")
    _league(right, judges, "Judges: official score (a constant judge has 1)")
    right.axvline(_CONSTANT_JUDGE, color="grey", linestyle=":", linewidth=1)
    _matrix(halves[1].subplots(), board)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def _league(axes: Axes, places: Sequence[Place], title: str) -> None:
    """Best on top; error bars are the intervals."""
    order = list(reversed(places))
    scores = [place.score for place in order]
    around = [
        [max(0.0, place.score - place.low) for place in order],
        [max(0.0, place.high - place.score) for place in order],
    ]
    axes.errorbar(scores, range(len(order)), xerr=around, fmt="o", color="#274c77", capsize=3)
    axes.set_yticks(range(len(order)), [place.name for place in order])
    axes.set_ylim(-0.6, len(order) - 0.4)
    axes.grid(axis="x", alpha=0.3)
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)


def _matrix(axes: Axes, board: Board) -> None:
    rows, judges = [HUMAN, *board.generators], board.judges
    means = [[board.mean(name, judge) for judge in judges] for name in rows]
    shown = [[float("nan") if value is None else value for value in row] for row in means]
    image = axes.imshow(shown, vmin=0, vmax=1, cmap="cividis", aspect="auto")
    axes.set_xticks(range(len(judges)), judges, rotation=25, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_title("Mean HCS of each row's phrases by each judge", fontsize=10)
    for place, row in enumerate(means):
        for column, value in enumerate(row):
            if value is not None:
                colour = "white" if value < 0.5 else "black"
                axes.text(column, place, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=8)
    axes.figure.colorbar(image, ax=axes, label="mean HCS")
