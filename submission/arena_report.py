"""The arena's outcome for people and programs: tables in Markdown, JSON, and a plot of the matrix."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from submission.archive import write_whole
from submission.league import HUMAN, Board, Place
from violin.challenge import COMPOSERS


def markdown(board: Board, facts: Mapping[str, Any]) -> str:
    """Both tables, both by composer, and the matrix."""
    judges, generators = board.judges_table(), board.generators_table()
    rows = [HUMAN, *board.generators]
    matrix = [[name, *(_figure(board.mean(name, judge)) for judge in board.judges)] for name in rows]
    return (
        "\n\n".join(
            [
                "# Arena",
                _table(["", ""], [[name, str(value)] for name, value in facts.items()]),
                "## Generators: mean HCS over all judges",
                _places(generators),
                "## Judges: mean HCS of human phrases + mean (1 - HCS) of generated ones",
                _places(judges),
                "A judge that knows nothing has 1.",
                "## Mean HCS of each row's phrases by each judge",
                _table(["", *board.judges], matrix),
                "## Generators by composer",
                _by_composer(generators),
                "## Judges by composer",
                _by_composer(judges),
            ]
        )
        + "\n"
    )


def write(board: Board, facts: Mapping[str, Any], out: Path) -> list[Path]:
    """arena.md, arena.json and, where matplotlib is installed, arena.png in a folder."""
    paths = [out / "arena.md", out / "arena.json"]
    write_whole(paths[0], markdown(board, facts).encode())
    content = {
        "facts": dict(facts),
        "generators": [_plain(place) for place in board.generators_table()],
        "judges": [_plain(place) for place in board.judges_table()],
        "matrix": {
            name: {judge: board.mean(name, judge) for judge in board.judges}
            for name in (HUMAN, *board.generators)
        },
    }
    write_whole(paths[1], (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
    plot = _plot(board)
    if plot:
        paths.append(out / "arena.png")
        write_whole(paths[-1], plot)
    return paths


def _plot(board: Board) -> bytes:
    """The matrix as a picture, b"" without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return b""
    import io

    rows, judges = [HUMAN, *board.generators], board.judges
    means = [[board.mean(name, judge) for judge in judges] for name in rows]
    figure = Figure(figsize=(2.5 + 1.1 * len(judges), 1.8 + 0.45 * len(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    shown = [[float("nan") if value is None else value for value in row] for row in means]
    image = axes.imshow(shown, vmin=0, vmax=1, cmap="cividis", aspect="auto")
    axes.set_xticks(range(len(judges)), judges, rotation=30, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    for place, row in enumerate(means):
        for column, value in enumerate(row):
            if value is not None:
                colour = "white" if value < 0.5 else "black"
                axes.text(column, place, f"{value:.2f}", ha="center", va="center", color=colour)
    figure.colorbar(image, label="mean HCS")
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=120, metadata={"Software": None})
    return buffer.getvalue()


def _plain(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "score": place.score,
        "interval": [place.low, place.high],
        "composers": dict(place.composers),
    }


def _places(places: Sequence[Place]) -> str:
    rows = [
        [str(rank), place.name, f"{place.score:.3f}", f"{place.low:.3f} to {place.high:.3f}"]
        for rank, place in enumerate(places, start=1)
    ]
    return _table(["", "name", "score", "95 % interval"], rows)


def _by_composer(places: Sequence[Place]) -> str:
    slugs = [
        composer.slug for composer in COMPOSERS if any(composer.slug in each.composers for each in places)
    ]
    rows = [[place.name, *(_figure(place.composers.get(slug)) for slug in slugs)] for place in places]
    return _table(["", *slugs], rows)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
