"""Imports run one way and in no circle, heavy libraries stay in their rooms, files and folders stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from import_graph import PACKAGES, folder_graphs, import_circle, import_graph, statements

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES = 300
MAX_FILES = 14

LONG_FILES: dict[str, str] = {}  # files that may be longer, with the reason
FULL_FOLDERS = {  # folders that may hold more Python files, with the reason
    "models/judge/features": "one family of features per file",
    "models/judge/training/negatives": "one family of machine-made phrases per file",
}

# Which rooms a room may import: itself and all before it.
ROOMS = {
    "violin": {"violin"},
    "constraints": {"violin", "constraints"},
    "data_prep": {"violin", "constraints", "data_prep"},
    "models": {"violin", "constraints", "data_prep", "models"},
    "submission": {"violin", "constraints", "data_prep", "models", "submission"},
    "violin.render": {"violin"},
    "violin.interop": {"violin"},
    "violin.api": set(PACKAGES),
    "violin.studio": set(PACKAGES),
    "violin.cli": set(PACKAGES),
}
# Which libraries a room may import: the core and the constraints stay light.
LIGHT_ROOMS = {
    "violin": set(),
    "constraints": {"numpy"},
    "violin.render": {"numpy", "verovio", "cairosvg", "fluidsynth", "soundfile"},
    "violin.interop": {"numpy", "pretty_midi", "miditoolkit", "music21", "matplotlib"},
    "violin.studio": {"starlette", "uvicorn", "jinja2"},
}
# The outermost rooms inside `violin`, and the rooms that may not import them.
OUTER_ROOMS = {
    "violin.render": {"violin", "constraints", "data_prep", "models"},
    "violin.interop": {"violin", "constraints", "data_prep", "models", "violin.render"},
    "violin.api": {"violin", "constraints", "data_prep", "models", "submission"},
    "violin.studio": {*PACKAGES, "violin.api", "violin.render", "violin.interop"},
    "violin.cli": {*PACKAGES, "violin.api", "violin.render", "violin.interop", "violin.studio"},
}
LIGHT_FILES = {  # what single files of the light rooms import besides, inside a function
    "constraints/bench/lint_speed.py": {"mido"},
    "constraints/bench/mido_check.py": {"mido"},
    "constraints/linter/files.py": {"joblib"},
}
HEAVY = {"data_prep": {"torch", "x_transformers", "sklearn"}, "models": {"music21"}}
HEAVY_FILES = {"models/judge/evaluation/independent.py": {"music21"}}  # inside a function, to measure only
TYPED_AHEAD = {  # files that name types of other rooms and libraries, only under TYPE_CHECKING
    "violin/__init__.py",  # the public face: its names are loaded when they are used
    "violin/conversions.py",  # what a phrase can be turned into
}
ONE_FILE = {"x_transformers": "models/composer/network.py"}

FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
ALL_FILES = [
    *FILES,
    *sorted(path for folder in ("scripts", "tests") for path in (ROOT / folder).rglob("*.py")),
]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    if parts == ("violin", "__main__.py"):
        return "violin.cli"
    return ".".join(parts[:2]) if ".".join(parts[:2]) in OUTER_ROOMS else parts[0]


@cache
def _imports(path: Path) -> set[str]:
    """The modules of every import in a file, those inside functions included. Of a file in TYPED_AHEAD, those
    under TYPE_CHECKING do not count."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in statements(tree, running=_name(path) in TYPED_AHEAD):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_arrows_run_one_way(path: Path) -> None:
    room = _room(path)
    modules = _imports(path)
    tops = {module.split(".")[0] for module in modules}
    ours = tops & set(PACKAGES)
    assert ours <= ROOMS[room], f"{path} of {room} imports {ours - ROOMS[room]}"
    for outer, left in OUTER_ROOMS.items():
        if room in left:
            assert not any(module.startswith(outer) for module in modules), f"{path} imports {outer}"
    others = tops - set(PACKAGES) - set(sys.stdlib_module_names)
    if room in LIGHT_ROOMS:
        allowed = LIGHT_ROOMS[room] | LIGHT_FILES.get(_name(path), set())
        assert others <= allowed, f"{path} imports {others}; {room} stays light"
    heavy = HEAVY.get(room, set()) - HEAVY_FILES.get(_name(path), set())
    assert not others & heavy, f"{path} imports {others & heavy}"
    for library, home in ONE_FILE.items():
        if library in tops:
            assert _name(path) == home


def test_no_import_runs_in_a_circle() -> None:
    circle = import_circle(import_graph(ROOT))
    assert not circle, "imports in a circle: " + " imports ".join(reversed(circle))


def test_a_circle_is_found_inside_functions_but_not_under_type_checking(tmp_path: Path) -> None:
    room = tmp_path / "violin"
    room.mkdir()
    (room / "a.py").write_text("from violin import b\n")
    (room / "b.py").write_text("def late():\n    from violin.c import name\n")
    (room / "c.py").write_text("if TYPE_CHECKING:\n    from violin import a\n")
    assert import_graph(tmp_path) == {"violin.a": {"violin.b"}, "violin.b": {"violin.c"}, "violin.c": set()}
    assert import_circle(import_graph(tmp_path)) == []
    (room / "c.py").write_text("def name():\n    import violin.a\n")
    assert set(import_circle(import_graph(tmp_path))) == {"violin.a", "violin.b", "violin.c"}


def test_no_import_between_folders_runs_in_a_circle() -> None:
    """Below the packages: those hold `violin.cli`, which imports all others, so ROOMS orders them."""
    for folder, graph in folder_graphs(ROOT).items():
        circle = import_circle(graph) if folder else []
        assert not circle, f"imports in a circle in {folder}: " + " imports ".join(reversed(circle))


def test_a_circle_of_folders_is_found(tmp_path: Path) -> None:
    for name in ("models/a/one.py", "models/b/two.py", "models/a/three.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "models/a/one.py").write_text("from models.b import two\n")
    (tmp_path / "models/b/two.py").write_text("import models.a.three\n")
    (tmp_path / "models/a/three.py").write_text("")
    assert import_circle(import_graph(tmp_path)) == []
    assert folder_graphs(tmp_path) == {"models": {"a": {"b"}, "b": {"a"}}}
    assert import_circle(folder_graphs(tmp_path)["models"])


def test_no_exception_is_out_of_date() -> None:
    """Every entry of the tables above still allows something that would fail without it."""
    names = {_name(path): path for path in FILES}
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ALL_FILES}
    counts = Counter(_name(path.parent) for path in ALL_FILES)
    assert not [name for name in LONG_FILES if lengths.get(name, 0) <= MAX_LINES], "LONG_FILES"
    assert not [name for name in FULL_FOLDERS if counts[name] <= MAX_FILES], "FULL_FOLDERS"
    for name, libraries in LIGHT_FILES.items():
        assert libraries == libraries & _tops(names[name]), f"{name} no longer imports all of {libraries}"
    for name in TYPED_AHEAD:
        hidden = {
            node.module or ""
            for node in ast.walk(ast.parse(names[name].read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        } - _imports(names[name])
        assert {module.split(".")[0] for module in hidden} - {"violin"} or any(
            module.startswith(tuple(OUTER_ROOMS)) for module in hidden
        ), f"{name} names no type of another room"
    for library, name in ONE_FILE.items():
        assert library in _tops(names[name])
    used: dict[str, set[str]] = {}
    for path in FILES:
        used.setdefault(_room(path), set()).update(_tops(path))
    for room, libraries in LIGHT_ROOMS.items():
        assert libraries <= used[room], f"{room} no longer imports {libraries - used[room]}"
    for table in (ROOMS, OUTER_ROOMS):
        for room, others in table.items():
            assert {room, *others} <= {*used, *PACKAGES}, f"{room}: no such room in {others}"


def _tops(path: Path) -> set[str]:
    return {module.split(".")[0] for module in _imports(path)}


def test_a_file_holds_one_idea() -> None:
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ALL_FILES}
    long = {name: lines for name, lines in lengths.items() if lines > MAX_LINES and name not in LONG_FILES}
    assert not long, f"more than {MAX_LINES} lines: {long}; split by idea, or give a reason in LONG_FILES"


def test_a_folder_has_few_files() -> None:
    counts = Counter(_name(path.parent) for path in ALL_FILES)
    full = {name: count for name, count in counts.items() if count > MAX_FILES and name not in FULL_FOLDERS}
    assert not full, f"more than {MAX_FILES} files: {full}; group them, or give a reason in FULL_FOLDERS"


def test_the_linter_starts_without_heavy_libraries() -> None:
    code = (
        "import sys, violin.cli.lint, constraints.linter.check\n"
        "heavy = {'numpy', 'torch', 'sklearn', 'music21', 'joblib', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_foreign_models_folder_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("raise RuntimeError('the foreign models')\n")
    done = subprocess.run(
        [sys.executable, "-m", "violin", "train", "composer", "--list-configs"],  # imports models
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "foreign" not in done.stderr
