"""The pre-commit hook finds what it must in a repository with MIDI files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from violin import Key, Note, Phrase

ROOT = Path(__file__).resolve().parents[1]
LOW = Phrase((Note(0, 50, 192), *(Note(bar * 192, 69, 192) for bar in range(1, 8))), 8, key=Key())


def test_the_hook_runs_on_the_files_that_it_names(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    LOW.save(tmp_path / "music" / "LOW.MID")
    (tmp_path / "readme.txt").write_text("no music")
    names = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    matched = [name for name in names if re.search(hook["files"], name)]
    assert matched == ["music/LOW.MID"]
    program, *arguments = hook["entry"].split()
    assert program == "violin"
    done = subprocess.run(
        [sys.executable, "-m", "violin", *arguments, *matched], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "C041 below-violin: bar 1 beat 1" in done.stdout
