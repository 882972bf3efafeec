"""The arena's result as Markdown tables, JSON and a figure of the matrix."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from submission.arena.league import HUMAN, Board, Place
from submission.arena.plot import plot
from violin.challenge import COMPOSERS
from violin.files import write_whole


def markdown(board: Board, facts: Mapping[str, Any]) -> str:
    """The report: both tables, overall and by composer, and the matrix."""
    judges, generators = board.judges_table(), board.generators_table()
    rows = [HUMAN, *board.generators]
    matrix = [[name, *(_figure(board.mean(name, judge)) for judge in board.judges)] for name in rows]
    counted = len(board.common_judges)
    return (
        "\n\n".join(
            [
                "# Arena",
                _table(["", ""], [[name, str(value)] for name, value in facts.items()]),
                "## Generators",
                f"Mean HCS of a generator's phrases over {counted} judges: 1 if every judge takes "
                "them for human.",
                _places(generators),
                "## Judges",
                "Mean HCS of the human phrases + mean (1 - HCS) of all generated ones: 2 at best; a "
                "constant judge has 1.",
                _places(judges),
                "Intervals: the middle 95 % of 1,000 bootstrap draws of phrases.",
                "## Scores by generator and judge",
                "Mean HCS of each row's phrases by each judge.",
                _table(["", *board.judges], matrix),
                "## Generators by composer",
                _by_composer(generators),
                "## Judges by composer",
                _by_composer(judges),
            ]
        )
        + "\n"
    )


def provenance(generators: Mapping[str, Any], judges: Mapping[str, Any]) -> dict[str, str]:
    """What determines each entrant's answers: versions, weights, settings; for files, their name."""
    return {
        f"{kind} {name}": str(entrant) if isinstance(entrant, Path) else _shortened(entrant.identity)
        for kind, entrants in (("generator", generators), ("judge", judges))
        for name, entrant in entrants.items()
    }


def _shortened(identity: str) -> str:
    """The identity with every digest cut to its first characters."""
    return re.sub(r"\b([0-9a-f]{8})[0-9a-f]{56}\b", r"\1", identity)


def write(board: Board, facts: Mapping[str, Any], out: str | Path) -> list[Path]:
    """arena.md, arena.json and, where matplotlib is installed, arena.png in a folder."""
    out = Path(out)
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
    picture = plot(board)
    if picture:
        paths.append(out / "arena.png")
        write_whole(paths[-1], picture)
    return paths


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
