"""The fault matrix inside one process: after any fault, the same command gives an undisturbed run's bytes.
`test_kills.py` kills processes from outside."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pytest
from submission_fakes import JOBS

from submission import generator, judge
from violin.errors import ArchiveError, OutputError

MODULES = {"generator": generator, "judge": judge}


class Killed(BaseException):
    """Stands for a kill inside one process; no handler may catch it."""


def _kill_at(moment: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Make the n-th system call that writes, syncs or renames fail as if the process ended there; a
    write has then written half."""
    calls = [0]

    def half(file: int, data: bytes) -> int:
        calls[0] += 1
        if calls[0] == moment:
            write(file, data[: len(data) // 2])
            raise Killed
        return write(file, data)

    write = os.write
    monkeypatch.setattr(os, "write", half)

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            calls[0] += 1
            if calls[0] == moment:
                raise Killed
            return real(*arguments, **named)

        return call

    monkeypatch.setattr(os, "fsync", counted(os.fsync))
    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    monkeypatch.setattr(Path, "unlink", counted(Path.unlink))
    return calls


@pytest.mark.parametrize("moment", [*sorted(Random(5).sample(range(1, 130), 20)), *range(130, 140)])
def test_a_run_that_ends_at_any_write(
    job: str,
    long_dataset: Path,
    undisturbed: Mapping[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: int,
) -> None:
    out = tmp_path / "out.zip"
    with monkeypatch.context() as patch:
        _kill_at(moment, patch)
        try:
            JOBS[job](long_dataset, out)
        except Killed:
            assert not out.exists() or out.read_bytes() == undisturbed[job]
    JOBS[job](long_dataset, out)
    assert out.read_bytes() == undisturbed[job]


@pytest.mark.parametrize(
    ("name", "limit_bytes"), [("generator", 1_000), ("generator", 20_000), ("judge", 1_000)]
)
def test_a_full_disk(
    long_dataset: Path, undisturbed: Mapping[str, bytes], tmp_path: Path, name: str, limit_bytes: int
) -> None:
    """20,000 bytes let the parts through and stop the zip; 1,000 stop the first part."""
    out = tmp_path / "out.zip"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            JOBS[name](long_dataset, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not out.exists()
    assert not list(tmp_path.rglob("*.part"))
    JOBS[name](long_dataset, out)
    assert out.read_bytes() == undisturbed[name]


def test_a_folder_that_cannot_be_written(
    job: str,
    long_dataset: Path,
    undisturbed: Mapping[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a user without rights and on a read-only disk; root writes anywhere, so the call is made to fail."""
    out = tmp_path / "answers" / "out.zip"

    def refuse(*arguments: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    for call in ("mkdir", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, call, refuse)
            with pytest.raises(OutputError, match="Permission denied"):
                JOBS[job](long_dataset, out)
    JOBS[job](long_dataset, out)
    assert out.read_bytes() == undisturbed[job]


@pytest.mark.parametrize("damage", [b"", b"{}", b"\0" * 5000], ids=["emptied", "other", "zeros"])
def test_a_damaged_journal(
    job: str,
    long_dataset: Path,
    undisturbed: Mapping[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: bytes,
) -> None:
    out = tmp_path / "out.zip"
    with monkeypatch.context() as patch:
        patch.setattr(MODULES[job], "write_archive", lambda path, files: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            JOBS[job](long_dataset, out)
    for path in sorted(tmp_path.rglob("part-*.json"))[::3]:
        path.write_bytes(damage)
    notices: list[str] = []
    JOBS[job](long_dataset, out, on_notice=notices.append)
    assert "3 part(s) in the work folder are damaged" in notices[0]
    assert "resuming: 60 of 96 phrases" in notices[1]
    assert out.read_bytes() == undisturbed[job]


def test_a_clock_that_jumps(
    job: str,
    long_dataset: Path,
    undisturbed: Mapping[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Random(1)
    monkeypatch.setattr(time, "time", lambda: clock.uniform(0, 4e9))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    out = tmp_path / "out.zip"
    JOBS[job](long_dataset, out)
    assert out.read_bytes() == undisturbed[job]


def test_two_runs_on_one_output_refuse_each_other(
    job: str, long_dataset: Path, undisturbed: Mapping[str, bytes], tmp_path: Path
) -> None:
    """The second is refused while the first works; the first is not disturbed."""
    out = tmp_path / "out.zip"
    refused: list[str] = []

    def intrude(count: int) -> None:
        if not refused:
            with pytest.raises(ArchiveError, match="another run") as error:
                JOBS[job](long_dataset, out)
            refused.append(str(error.value))

    JOBS[job](long_dataset, out, on_done=intrude)
    assert len(refused) == 1
    assert out.read_bytes() == undisturbed[job]
