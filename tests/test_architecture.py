"""The house stands: imports run one way, heavy libraries stay in their rooms, files stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("violin", "constraints", "data_prep", "models", "submission")
MAX_LINES = 400

# What a room may import of ours: itself and everything before it.
ROOMS = {
    "violin": {"violin"},
    "constraints": {"violin", "constraints"},
    "data_prep": {"violin", "constraints", "data_prep"},
    "models": {"violin", "constraints", "data_prep", "models"},
    "submission": {"violin", "constraints", "data_prep", "models", "submission"},
    "violin.cli": set(PACKAGES),
}
# What a room may import of others: the core and the constraints stay light.
LIGHT_ROOMS = {"violin": set(), "constraints": {"numpy"}}
LIGHT_FILES = {  # what single files of the light rooms import besides, inside a function
    "constraints/bench/lint_speed.py": {"mido"},
    "constraints/bench/mido_check.py": {"mido"},
    "constraints/linter/files.py": {"joblib"},
}
HEAVY = {"data_prep": {"torch", "x_transformers", "sklearn"}, "models": {"music21"}}
ONE_FILE = {"x_transformers": "models/composer/network.py"}

FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    if parts[:2] == ("violin", "cli") or parts == ("violin", "__main__.py"):
        return "violin.cli"
    return parts[0]


def _imports(path: Path) -> set[str]:
    """Top-level names of every import in a file, those inside functions included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_run_one_way(path: Path) -> None:
    room = _room(path)
    modules = _imports(path)
    tops = {module.split(".")[0] for module in modules}
    ours = tops & set(PACKAGES)
    assert ours <= ROOMS[room], f"{path} of {room} imports {ours - ROOMS[room]}"
    if room != "violin.cli":
        assert not any(module.startswith("violin.cli") for module in modules)
    others = tops - set(PACKAGES) - set(sys.stdlib_module_names)
    if room in LIGHT_ROOMS:
        allowed = LIGHT_ROOMS[room] | LIGHT_FILES.get(str(path.relative_to(ROOT)), set())
        assert others <= allowed, f"{path} imports {others}; {room} stays light"
    assert not others & HEAVY.get(room, set()), f"{path} imports {others & HEAVY[room]}"
    for library, home in ONE_FILE.items():
        if library in tops:
            assert str(path.relative_to(ROOT)) == home


@pytest.mark.parametrize(
    "path", [*FILES, *sorted((ROOT / "tests").rglob("*.py"))], ids=lambda path: path.name
)
def test_a_file_holds_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


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
