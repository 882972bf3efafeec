"""The fault matrix: whatever happens to a run, the same command then gives an undisturbed run's bytes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import submission_fakes
from submission_fakes import FakeComposer, write_dataset

from submission import generator
from submission.assignments import Assignment, dataset_assignments
from submission.datasets import read_dataset
from submission.generator import build_generator_archive
from violin.errors import ArchiveError

PER_COMPOSER = 12  # 96 files in 8 parts


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("faults") / "dataset", PER_COMPOSER)


@pytest.fixture(scope="module")
def assignments(dataset: Path) -> list[Assignment]:
    return dataset_assignments(read_dataset(dataset), seed=1)


@pytest.fixture(scope="module")
def undisturbed(assignments: list[Assignment], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    out = tmp_path_factory.mktemp("undisturbed") / "out.zip"
    build_generator_archive(out, assignments, FakeComposer(), seed=1)
    return out.read_bytes()


def _start(
    dataset: Path, out: Path, workers: int = 1, seconds: float = 0.002, tally: Path | None = None
) -> subprocess.Popen[str]:
    script = str(Path(submission_fakes.__file__))
    return subprocess.Popen(
        [
            sys.executable,
            script,
            str(dataset),
            str(out),
            str(workers),
            str(seconds),
            *([str(tally)] * bool(tally)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=_listen_to_interrupts,
    )


def _listen_to_interrupts() -> None:
    """A shell's background job, and all that it starts, ignores Ctrl-C unless told otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _await_parts(out: Path, count: int) -> None:
    """Until so many parts lie in the work folder."""
    for _ in range(12_000):
        if len(list(out.parent.glob("*.work/*/part-*.json"))) >= count or out.exists():
            return
        time.sleep(0.01)
    raise AssertionError("the run makes no parts")


@pytest.mark.parametrize(
    ("signal_number", "workers", "parts"),
    [
        (signal.SIGKILL, 1, 0),
        (signal.SIGKILL, 1, 3),
        (signal.SIGKILL, 2, 2),
        (signal.SIGTERM, 1, 5),
        (signal.SIGINT, 1, 1),
    ],
)
def test_a_process_killed_in_the_middle(
    dataset: Path,
    assignments: list[Assignment],
    undisturbed: bytes,
    tmp_path: Path,
    signal_number: signal.Signals,
    workers: int,
    parts: int,
) -> None:
    out = tmp_path / "out.zip"
    with _start(dataset, out, workers, seconds=0.012) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        _await_parts(out, parts)
        run.send_signal(signal_number)
        assert run.wait(timeout=60) != 0
    assert not out.exists()
    asked: list[int] = []
    build_generator_archive(out, assignments, FakeComposer(), seed=1, on_done=asked.append)
    assert out.read_bytes() == undisturbed
    assert asked[0] >= 12 * parts  # what was found in the work folder
    assert sum(asked) == len(assignments)  # nothing lost, nothing twice
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]


def _logged(out: Path) -> int:
    """How many phrases the work folder of an archive holds.

    Each log is read before its part is looked for: a part is written before its log goes, so that
    a log that is gone, or stands beside its part, is counted with the part.
    """
    lines: dict[str, int] = {}
    for path in out.parent.glob("*.work/*/part-*.log"):
        with contextlib.suppress(FileNotFoundError):
            name = path.name[:10]
            lines[name] = lines.get(name, 0) + path.read_bytes().count(b"\n")
    kept = {path.name[:10] for path in out.parent.glob("*.work/*/part-*.json")}
    return 12 * len(kept) + sum(count for name, count in lines.items() if name not in kept)


def _run(dataset: Path, out: Path, tally: Path) -> None:
    """A job for a process of its own."""
    build_generator_archive(
        out, dataset_assignments(read_dataset(dataset), seed=1), FakeComposer(0.004, tally=tally), seed=1
    )


def test_killed_again_and_again_at_random_moments(
    dataset: Path, assignments: list[Assignment], undisturbed: bytes, tmp_path: Path
) -> None:
    """Twenty times `kill -9`: each run goes on from the last finished phrase of the one before."""
    random = Random(1)
    out, tally = tmp_path / "out.zip", tmp_path / "tally"
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["submission.generator", "submission.datasets"])
    for wanted in sorted(random.sample(range(len(assignments) - 5), 20)):
        run = processes.Process(target=_run, args=(dataset, out, tally))
        run.start()
        while _logged(out) < wanted:
            assert run.is_alive()
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.01))
        run.kill()
        run.join(60)
        assert run.exitcode == -signal.SIGKILL
        assert not out.exists()
    _check_the_tally(assignments, out, tally, most_in_hand=20)
    assert out.read_bytes() == undisturbed


def test_two_workers_killed_again_and_again(
    dataset: Path, assignments: list[Assignment], undisturbed: bytes, tmp_path: Path
) -> None:
    out, tally = tmp_path / "out.zip", tmp_path / "tally"
    for wanted in (15, 40, 65):
        with _start(dataset, out, 2, seconds=0.02, tally=tally) as run:
            assert run.stdout is not None
            while _logged(out) < wanted:
                assert run.poll() is None
                time.sleep(0.002)
            run.kill()
            assert run.stdout.read() in ("ready\n", "")  # ends with the last worker
        assert not out.exists()
    _check_the_tally(assignments, out, tally, most_in_hand=6)
    assert out.read_bytes() == undisturbed


def _check_the_tally(assignments: list[Assignment], out: Path, tally: Path, most_in_hand: int) -> None:
    """Go on to the end: what was finished is not composed again, and each phrase was composed."""
    logged, before = _logged(out), len(tally.read_text().splitlines())
    build_generator_archive(out, assignments, FakeComposer(tally=tally), seed=1)
    composed = tally.read_text().splitlines()
    assert len(composed) - before == len(assignments) - logged
    assert len(assignments) <= len(composed) <= len(assignments) + most_in_hand
    assert len(set(composed)) == len(assignments)


def test_ctrl_c_at_a_terminal_stops_all_processes_without_a_traceback(dataset: Path, tmp_path: Path) -> None:
    """A terminal sends it to the workers too."""
    script = str(Path(submission_fakes.__file__))
    with subprocess.Popen(
        [sys.executable, script, str(dataset), str(tmp_path / "out.zip"), "2", "0.03"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_listen_to_interrupts,
    ) as run:
        while _logged(tmp_path / "out.zip") < 2:
            assert run.poll() is None
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGINT)
        _, said = run.communicate(timeout=60)
    assert run.returncode != 0
    assert said.count("Traceback") <= 1, said  # that of the fake's own main
    assert _logged(tmp_path / "out.zip") >= 2


class Killed(BaseException):
    """What stands for a kill inside one process: no handler of ours may swallow it."""


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
    assignments: list[Assignment],
    undisturbed: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: int,
) -> None:
    out = tmp_path / "out.zip"
    with monkeypatch.context() as patch:
        _kill_at(moment, patch)
        try:
            build_generator_archive(out, assignments, FakeComposer(), seed=1)
        except Killed:
            assert not out.exists() or out.read_bytes() == undisturbed
    build_generator_archive(out, assignments, FakeComposer(), seed=1)
    assert out.read_bytes() == undisturbed


@pytest.mark.parametrize("limit_bytes", [1_000, 20_000])
def test_a_full_disk(
    assignments: list[Assignment], undisturbed: bytes, tmp_path: Path, limit_bytes: int
) -> None:
    """20,000 bytes let the parts through and stop the zip; 1,000 stop the first part."""
    out = tmp_path / "out.zip"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        with pytest.raises(ArchiveError, match="cannot be written"):
            build_generator_archive(out, assignments, FakeComposer(), seed=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not out.exists()
    assert not list(tmp_path.rglob("*.part"))
    build_generator_archive(out, assignments, FakeComposer(), seed=1)
    assert out.read_bytes() == undisturbed


def test_a_folder_that_cannot_be_written(
    assignments: list[Assignment], undisturbed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a user without rights and on a read-only disk; root writes anywhere, so the call fails by hand."""
    out = tmp_path / "answers" / "out.zip"

    def refuse(*arguments: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        with pytest.raises(ArchiveError, match="Permission denied"):
            build_generator_archive(out, assignments, FakeComposer(), seed=1)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(ArchiveError, match="Permission denied"):
            build_generator_archive(out, assignments, FakeComposer(), seed=1)
    build_generator_archive(out, assignments, FakeComposer(), seed=1)
    assert out.read_bytes() == undisturbed


@pytest.mark.parametrize("damage", [b"", b"{}", b"\0" * 5000], ids=["emptied", "other", "zeros"])
def test_a_damaged_journal(
    assignments: list[Assignment],
    undisturbed: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: bytes,
) -> None:
    out = tmp_path / "out.zip"
    with monkeypatch.context() as patch:
        patch.setattr(generator, "write_archive", lambda path, files: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            build_generator_archive(out, assignments, FakeComposer(), seed=1)
    for path in sorted(tmp_path.rglob("part-*.json"))[::3]:
        path.write_bytes(damage)
    notices: list[str] = []
    build_generator_archive(out, assignments, FakeComposer(), seed=1, on_notice=notices.append)
    assert "3 part(s) in the work folder are damaged" in notices[0]
    assert out.read_bytes() == undisturbed


def test_a_clock_that_jumps(
    assignments: list[Assignment], undisturbed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Random(1)
    monkeypatch.setattr(time, "time", lambda: clock.uniform(0, 4e9))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    out = tmp_path / "out.zip"
    build_generator_archive(out, assignments, FakeComposer(), seed=1)
    assert out.read_bytes() == undisturbed


def test_two_runs_on_one_output_refuse_each_other(
    dataset: Path, assignments: list[Assignment], undisturbed: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "out.zip"
    with _start(dataset, out, seconds=0.025) as run:
        _await_parts(out, 1)
        with pytest.raises(ArchiveError, match="another run"):
            build_generator_archive(out, assignments, FakeComposer(), seed=1)
        assert run.wait(timeout=120) == 0
    assert out.read_bytes() == undisturbed


@pytest.mark.parametrize("moment", [0.0, 0.5, 2.0], ids=["at once", "starting", "working"])
def test_workers_end_with_a_killed_owner(dataset: Path, tmp_path: Path, moment: float) -> None:
    with _start(dataset, tmp_path / "out.zip", workers=2, seconds=0.5) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        time.sleep(moment)
        run.kill()
        run.wait(timeout=60)
        # The workers hold the pipe too: it ends when the last of them does.
        readable, _, _ = select.select([run.stdout], [], [], 60)
        assert readable, "workers live on"
        assert run.stdout.read() == ""
