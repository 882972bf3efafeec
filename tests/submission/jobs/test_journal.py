"""The work folder: parts whole or not at all, one run at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from submission.archive import archive_bytes
from submission.jobs.journal import WorkFolder, plan_digest
from violin.errors import ArchiveError

PLAN = plan_digest({"seed": 1})


def test_a_part_comes_back(tmp_path: Path) -> None:
    with WorkFolder(tmp_path / "work", PLAN) as folder:
        assert folder.part(3) is None
        folder.keep(3, {"answers": ["é", 1, 0.5]})
    with WorkFolder(tmp_path / "work", PLAN) as folder:
        assert folder.part(3) == {"answers": ["é", 1, 0.5]}
        folder.clear()
    assert not (tmp_path / "work").exists()


def test_another_plan_neither_uses_nor_loses_it(tmp_path: Path) -> None:
    with WorkFolder(tmp_path / "work", PLAN) as folder:
        folder.keep(0, {"a": 1})
    with WorkFolder(tmp_path / "work", plan_digest({"seed": 2})) as other:
        assert other.part(0) is None
        other.clear()
    with WorkFolder(tmp_path / "work", PLAN) as folder:
        assert folder.part(0) == {"a": 1}


def test_plans_whose_folders_have_one_name_are_kept_apart(tmp_path: Path) -> None:
    """A folder's name has only the start of a plan's digest; the part holds all of it."""
    first, second = "0" * 16 + "a" * 48, "0" * 16 + "b" * 48
    with WorkFolder(tmp_path / "work", first) as folder:
        folder.keep(0, {"a": 1})
    with WorkFolder(tmp_path / "work", second) as other:
        assert other.part(0) is None
        assert other.damaged == 1


def test_whatever_becomes_of_a_part_it_is_whole_or_not_done(tmp_path: Path) -> None:
    with WorkFolder(tmp_path / "work", PLAN) as folder:
        folder.keep(0, {"a": list(range(20))})
        path = next((tmp_path / "work").rglob("part-*.json"))
        whole = path.read_bytes()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            assert folder.part(0) is None
        for place in range(0, len(whole), 3):
            path.write_bytes(whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :])
            assert folder.part(0) is None
        assert folder.damaged > 100
        path.write_bytes(whole)
        assert folder.part(0) == {"a": list(range(20))}
        path.rename(path.with_name("part-00001.json"))
        assert folder.part(1) is None  # the part of another place


def test_two_runs_refuse_each_other(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from submission.jobs.journal import WorkFolder\n"
        "with WorkFolder(Path(sys.argv[1]), 'other'):\n"
        "    print('locked', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    work = tmp_path / "work"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(work)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    with pytest.raises(ArchiveError, match=f"another run \\(process {holder.pid}\\)"), WorkFolder(work, PLAN):
        pass
    holder.kill()  # the lock ends with the process
    holder.communicate()
    with WorkFolder(work, PLAN) as folder:
        folder.keep(0, {})


def test_a_work_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="no work folder"), WorkFolder(tmp_path / "file" / "work", PLAN):
        pass


def test_the_same_files_give_the_same_archive() -> None:
    files = {"composer2/001.mid": b"two", "composer1/001.mid": b"one"}
    packed = archive_bytes(files)
    assert packed == archive_bytes(dict(reversed(files.items())))
    assert packed.index(b"composer1/001.mid") < packed.index(b"composer2/001.mid")
