"""Draws the rooms from the imports: a Mermaid flowchart between two marks of ARCHITECTURE.md.

    python scripts/draw_rooms.py

A box is a folder, an arrow an import by at least one of its files. An import that follows from others
(A imports B, B imports C, and A imports C as well) has no arrow.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from import_graph import PACKAGES, import_graph

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "ARCHITECTURE.md"
_DRAWING = re.compile(
    r"(?<=<!-- rooms, by scripts/draw_rooms.py -->\n).*?(?=<!-- end of the rooms -->)", re.S
)
_FILES = {"violin": "music, instrument, MIDI"}  # the contents of the files directly in a package


def room_graph(root: Path) -> dict[str, set[str]]:
    """Each room (a package or a folder of it, as 'models.judge') with the rooms that it imports."""
    modules = import_graph(root)
    rooms = {".".join(name.split(".")[:2]) for name in modules if _is_folder(root, name)}

    def room(module: str) -> str:
        two = ".".join(module.split(".")[:2])
        if two == "violin.__main__":
            return "violin.cli"  # it starts the command line
        return two if two in rooms else module.split(".")[0]

    graph: dict[str, set[str]] = defaultdict(set)
    for module, imported in modules.items():
        graph[room(module)] |= {room(other) for other in imported} - {room(module)}
    return dict(graph)


def without_implied(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The graph without the arrows that follow from others: every room stays reachable."""
    kept = {room: set(goals) for room, goals in graph.items()}

    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        for following in kept.get(start, set()) - seen:
            seen.add(following)
            if following == goal or reaches(following, goal, seen):
                return True
        return False

    for room in sorted(graph):
        for goal in sorted(graph[room]):
            kept[room].remove(goal)
            if not reaches(room, goal, {room}):
                kept[room].add(goal)
    return kept


def flowchart(root: Path = ROOT) -> str:
    """The Mermaid text, the same for the same imports."""
    graph = room_graph(root)
    drawn_rooms = {room for room, goals in graph.items() if goals} | set().union(*graph.values())
    lines = ["```mermaid", "flowchart LR"]
    for package in PACKAGES:
        lines.append(f"  subgraph {package}")
        for room in sorted(drawn_rooms):
            if room.split(".")[0] == package:
                label = room.partition(".")[2] or _FILES.get(package, "its own files")
                lines.append(f'    {_id(room)}["{label}"]')
        lines.append("  end")
    for room, goals in sorted(without_implied(graph).items()):
        lines += [f"  {_id(room)} --> {_id(goal)}" for goal in sorted(goals)]
    return "\n".join([*lines, "```", ""])


def drawn(page: str, root: Path = ROOT) -> str:
    """The page with the current drawing between its marks; ValueError if it has no such marks."""
    text, count = _DRAWING.subn(flowchart(root), page)
    if count != 1:
        raise ValueError(f"{count} places for the drawing; legal: one pair of marks")
    return text


def _is_folder(root: Path, module: str) -> bool:
    parts = module.split(".")[:2]
    return len(parts) == 2 and root.joinpath(*parts).is_dir()


def _id(room: str) -> str:
    return room.replace(".", "_")


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
