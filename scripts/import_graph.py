"""Which file of the packages imports which: for the architecture test and the picture of the rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGES = ("violin", "constraints", "data_prep", "models", "submission")
_HOLDS_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


def module_files(root: Path) -> dict[str, Path]:
    """Dotted name to file, for every module of the packages under `root`."""
    files = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return {_dotted(path.relative_to(root)): path for path in files}


def import_graph(root: Path) -> dict[str, set[str]]:
    """Each module with the modules of the packages that it imports.

    Imports inside functions count; those under `if TYPE_CHECKING:` do not, since they never run.
    """
    files = module_files(root)
    return {
        module: {
            found
            for name in _imported(path.read_text(encoding="utf-8"))
            if (found := _known(name, files)) and found != module
        }
        for module, path in files.items()
    }


def folder_graphs(root: Path) -> dict[str, dict[str, set[str]]]:
    """For each folder, which of the files and folders directly in it import which, by name.

    An import from `models/judge/score.py` in `models/evaluation/trial.py` counts in `models`, as an import
    of `judge` in `evaluation`.
    """
    places = {
        module: path.relative_to(root).with_suffix("").parts for module, path in module_files(root).items()
    }
    graphs: dict[str, dict[str, set[str]]] = {}
    for importer, imported in import_graph(root).items():
        for module in imported:
            one, other = places[importer], places[module]
            depth = next(index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
            folder = graphs.setdefault("/".join(one[:depth]), {})
            folder.setdefault(one[depth], set()).add(other[depth])
    return graphs


def import_circle(graph: Mapping[str, set[str]]) -> list[str]:
    """One circle, each module imported by the one after it; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imported(text: str) -> frozenset[str]:
    found = set()
    for statement in statements(ast.parse(text), running=True):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            found |= {f"{statement.module}.{alias.name}" for alias in statement.names}
    return frozenset(found)


def statements(tree: ast.AST, running: bool) -> Iterator[ast.AST]:
    """The statements below a node, in no order; with `running`, none under `if TYPE_CHECKING:`."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if running and isinstance(node, ast.If) and _is_for_types(node.test):
            waiting += node.orelse
            continue
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, _HOLDS_STATEMENTS)]


def _is_for_types(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "TYPE_CHECKING" for node in ast.walk(test))


def _known(name: str, files: Mapping[str, Path]) -> str | None:
    """`a.b.c` as the module `a.b.c`, or as a name that the module `a.b` defines."""
    return next((one for one in (name, name.rpartition(".")[0]) if one in files), None)
