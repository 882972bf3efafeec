"""Parts over processes and clusters: the same results from any worker."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import submission_fakes
from submission_fakes import NO_WAIT, FakeComposer, FakeJudge, write_dataset

from submission.assignments import dataset_assignments, free_assignments
from submission.datasets import read_dataset
from submission.generator import build_generator_archive
from submission.jobs.workers import interruptible, processors, run_parts
from submission.judge import build_judge_archive
from violin.errors import SettingsError, ViolinError


def _double(part: int) -> int:
    return 2 * part


@pytest.mark.parametrize("workers", [1, 2])
def test_each_part_is_done_once(workers: int) -> None:
    done = list(run_parts(len, {3: "abc", 5: "", 7: "ab"}, workers))
    assert sorted(done) == [(3, 3), (5, 0), (7, 2)]


def test_there_is_a_processor() -> None:
    assert processors() >= 1


def test_a_termination_is_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)


def test_a_backend_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match="--backend dask needs distributed"):
        list(run_parts(_double, {1: 1, 2: 2}, 2, "dask"))


def _killed(part: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return part


def test_a_worker_killed_for_lack_of_memory_is_one_line() -> None:
    with pytest.raises(ViolinError, match="with fewer --workers"):
        list(run_parts(_killed, {1: 1, 2: 2}, 2))


@pytest.mark.parametrize("name", ["TerminatedWorkerError", "KilledWorker"])
def test_a_lost_worker_is_one_line_under_any_backends_name(name: str) -> None:
    def lost(part: int) -> int:
        raise type(name, (Exception,), {})

    with pytest.raises(ViolinError, match="with fewer --workers"):
        list(run_parts(lost, {1: 1}))


_KEPT: list[bytes] = []


def _keeps_freed_memory(part: int) -> int:
    """Returns the process id; from the third part on, 400 MB of freed memory stay below one block in use."""
    if part > 1:
        blocks = [bytes(64 << 10) for _ in range(6_400)]
        _KEPT.append(blocks.pop())
    time.sleep(1.1)  # loky looks at most once a second
    return os.getpid()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this C library keeps no freed memory or all")
def test_a_worker_that_freed_its_memory_is_not_taken_for_one_that_leaks(
    recwarn: pytest.WarningsRecorder,
) -> None:
    processes = {pid for _, pid in run_parts(_keeps_freed_memory, {part: part for part in range(8)}, 2)}
    assert len(processes) <= 2
    assert not list(recwarn)


class Other(FakeComposer):
    """A composer that is another one wherever it is unpickled: a worker with other weights."""

    def __reduce__(self) -> tuple[object, ...]:
        return FakeComposer, (NO_WAIT, (), "another")


def test_a_worker_with_another_composer_is_refused(tmp_path: Path) -> None:
    assignments = free_assignments(per_composer=4)
    with pytest.raises(
        SettingsError, match="would give another result: it has another; plain, not fake; plain"
    ):
        build_generator_archive(tmp_path / "out.zip", assignments, Other(), workers=2)
    assert not (tmp_path / "out.zip").exists()


class OtherJudge(FakeJudge):
    """A judge that is another one wherever it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return FakeJudge, (NO_WAIT, "another")


def test_a_worker_with_another_judge_is_refused(tmp_path: Path) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "dataset"))
    with pytest.raises(SettingsError, match="would give another result: it has another, not fake"):
        build_judge_archive(tmp_path / "out.zip", dataset, OtherJudge(), workers=2)
    assert not (tmp_path / "out.zip").exists()


CLUSTER = """
import sys, time, threading
from pathlib import Path
import distributed
from submission_fakes import FakeComposer, Pace
from submission.assignments import dataset_assignments
from submission.datasets import read_dataset
from submission.generator import build_generator_archive

killed = []

def kill_one():
    client = distributed.default_client()
    first = next(iter(client.run(__import__("os").getpid).values()))
    import os, signal
    os.kill(first, signal.SIGKILL)
    killed.append(first)

def on_done(count):
    if count and not killed:
        kill_one()

def main():
    assignments = dataset_assignments(read_dataset(Path(sys.argv[1])), seed=1)
    composer = FakeComposer(Pace(0.05))
    build_generator_archive(
        Path(sys.argv[2]), assignments, composer, seed=1, workers=2, backend="dask", on_done=on_done
    )
    print("killed", len(killed))

if __name__ == "__main__":
    main()
"""


def test_a_dask_worker_killed_half_way(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    dataset = write_dataset(tmp_path / "dataset", per_composer=6)
    build_generator_archive(
        tmp_path / "alone.zip", dataset_assignments(read_dataset(dataset), seed=1), FakeComposer(), seed=1
    )
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    paths = [str(Path(submission_fakes.__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, str(script), str(dataset), str(tmp_path / "cluster.zip")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert "killed 1" in done.stdout, done.stderr[-2000:]
    assert (tmp_path / "cluster.zip").read_bytes() == (tmp_path / "alone.zip").read_bytes()


def test_without_shared_memory_one_process_does_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: object, *, ctx: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("multiprocessing.synchronize.Lock.__init__", refuse)
    assert dict(run_parts(abs, {0: -1, 1: -2}, workers=2)) == {0: 1, 1: 2}
    message = (
        "Note: one process does all work; no others can be started: shared memory (/dev/shm) cannot be used"
    )
    assert message in capsys.readouterr().err
