"""A file is written whole or not at all, by one function."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from violin.errors import OutputError
from violin.files import check_writable, write_text_whole, write_whole

ROOT = Path(__file__).resolve().parents[2]


def test_an_interrupted_write_leaves_the_old_contents(tmp_path: Path) -> None:
    path = tmp_path / "out.zip"
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_text_whole(tmp_path / "a" / "b" / "c.txt", "Saint-Saëns")
    assert (tmp_path / "a" / "b" / "c.txt").read_text(encoding="utf-8") == "Saint-Saëns"


def test_a_very_long_name_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 255)
    write_whole(path, b"x", sync=False)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_place_of_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for write in (lambda path: write_whole(path, b""), check_writable):
        with pytest.raises(OutputError, match=re.escape(f"{tmp_path / 'file' / 'a'}: cannot be written")):
            write(tmp_path / "file" / "a")
    with pytest.raises(OutputError, match="is a folder; name a file"):
        check_writable(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_pipe_or_a_device_is_refused_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for special in (pipe, Path("/dev/null")):
        for write in (lambda path: write_whole(path, b"through"), check_writable):
            with pytest.raises(OutputError, match="is a device or a pipe; name a file"):
                write(special)
    assert pipe.is_fifo()
    assert Path("/dev/null").is_char_device()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


WRITES = re.compile(r"\.write_(bytes|text)\(|\.savefig\([^b]|\bos\.replace\(|\b(aside|part|tmp)\.replace\(")
ELSEWHERE = {  # files that write another way, with the reason
    "constraints/bench/lint_speed.py": "fills a temporary folder",
    "violin/cli/bench/lint.py": "fills a temporary folder",
    "submission/arena/plot.py": "draws into memory",
    "data_prep/report/plots.py": "draws into memory",
    "models/evaluation/plots.py": "draws into memory",
    "models/judge/evaluation/plots.py": "draws into memory",
    "violin/interop/piano_roll.py": "draws into memory",
    "violin/files.py": "the one function",
}


def test_no_other_module_writes_files() -> None:
    packages = ("violin", "constraints", "data_prep", "models", "submission")
    found = {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert found <= ELSEWHERE.keys(), f"use violin.files.write_whole in {sorted(found - ELSEWHERE.keys())}"
