"""Processes killed from outside, also repeatedly: the same command then writes the bytes of an undisturbed
run and composes or scores no phrase twice. A process that will be killed works up to a set point and waits
there."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
import submission_fakes
from submission_fakes import JOBS, Pace

PHRASES, PER_PART = 96, 12


def _command(
    job: str, dataset: Path, out: Path, workers: int, seconds: float, most: int | None = None
) -> list[str]:
    options = ["--job", job, "--tally", str(_tally(out)), *(["--most", str(most)] if most else [])]
    script = str(Path(submission_fakes.__file__))
    return [sys.executable, script, str(dataset), str(out), str(workers), str(seconds), *options]


def _start(
    job: str, dataset: Path, out: Path, workers: int = 1, seconds: float = 0.002, most: int | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        _command(job, dataset, out, workers, seconds, most),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=_listen_to_interrupts,
    )


def _listen_to_interrupts() -> None:
    """A shell's background job, and all that it starts, ignores Ctrl-C unless told otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _await_all(run: subprocess.Popen[str]) -> None:
    """Wait until the process and its workers have ended: they hold the pipe too. A loky worker whose owner
    ends while it is starting may write to it."""
    run.communicate(timeout=60)


def _tally(out: Path) -> Path:
    return out.with_name("tally")


def _parts(out: Path) -> int:
    """The number of complete parts in the work folder of an archive."""
    return len(list(out.parent.glob("*.work/*/part-*.json")))


def _logged(out: Path) -> int:
    """The number of phrases in the work folder of an archive.

    Each log is read before its part is looked for: a part is written before its log goes, so that
    a log that is gone, or is still beside its part, is counted with the part.
    """
    lines: dict[str, int] = {}
    for path in out.parent.glob("*.work/*/part-*.log"):
        with contextlib.suppress(FileNotFoundError):
            name = path.name[:10]
            lines[name] = lines.get(name, 0) + path.read_bytes().count(b"\n")
    kept = {path.name[:10] for path in out.parent.glob("*.work/*/part-*.json")}
    return PER_PART * len(kept) + sum(count for name, count in lines.items() if name not in kept)


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
    job: str,
    long_dataset: Path,
    undisturbed: Mapping[str, bytes],
    tmp_path: Path,
    signal_number: signal.Signals,
    workers: int,
    parts: int,
) -> None:
    out = tmp_path / "out.zip"
    most = PER_PART * parts // workers + 1  # per process
    with _start(job, long_dataset, out, workers, 0.005, most) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        while _parts(out) < parts:
            assert run.poll() is None
            time.sleep(0.01)
        run.send_signal(signal_number)
        _await_all(run)
    assert run.returncode != 0
    assert not out.exists()
    asked: list[int] = []
    JOBS[job](long_dataset, out, on_done=asked.append)
    assert out.read_bytes() == undisturbed[job]
    assert asked[0] >= PER_PART * parts  # what was found in the work folder
    assert sum(asked) == PHRASES  # nothing lost, nothing twice
    assert not list(tmp_path.glob("*.work"))


def test_killed_again_and_again_at_random_moments(
    job: str, long_dataset: Path, undisturbed: Mapping[str, bytes], tmp_path: Path
) -> None:
    """Twenty times `kill -9`: each run continues from the last finished phrase of the one before."""
    random = Random(1)
    out = tmp_path / "out.zip"
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["submission.generator", "submission.judge"])
    for wanted in sorted(random.sample(range(PHRASES - 5), 20)):
        pace = Pace(0.004, _tally(out), most=max(wanted + 3 - _logged(out), 1))
        run = processes.Process(target=JOBS[job], args=(long_dataset, out, pace))
        run.start()
        while _logged(out) < wanted:
            assert run.is_alive()
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.01))
        run.kill()
        run.join(60)
        assert run.exitcode == -signal.SIGKILL
        assert not out.exists()
    _check_the_tally(job, long_dataset, out, most_in_hand=20)
    assert out.read_bytes() == undisturbed[job]


def test_two_workers_killed_again_and_again(
    job: str, long_dataset: Path, undisturbed: Mapping[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out.zip"
    for wanted in (15, 40, 65):
        most = (wanted - _logged(out)) // 2 + 1  # per process; both together reach `wanted`
        with _start(job, long_dataset, out, 2, 0.01, most) as run:
            while _logged(out) < wanted:
                assert run.poll() is None
                time.sleep(0.002)
            run.kill()
            _await_all(run)
        assert not out.exists()
    _check_the_tally(job, long_dataset, out, most_in_hand=6)
    assert out.read_bytes() == undisturbed[job]


def _check_the_tally(job: str, dataset: Path, out: Path, most_in_hand: int) -> None:
    """Finish the job: no finished phrase is done again, and each phrase was done."""
    pace = Pace(tally=_tally(out))
    logged, before = _logged(out), len(pace.done())
    JOBS[job](dataset, out, pace)
    done = pace.done()
    assert len(done) - before == PHRASES - logged
    assert PHRASES <= len(done) <= PHRASES + most_in_hand
    assert len(set(done)) == PHRASES


def test_ctrl_c_at_a_terminal_stops_all_processes_without_a_traceback(
    job: str, long_dataset: Path, tmp_path: Path
) -> None:
    """A terminal sends it to the workers too."""
    out = tmp_path / "out.zip"
    with subprocess.Popen(
        _command(job, long_dataset, out, workers=2, seconds=0.01, most=1),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_listen_to_interrupts,
    ) as run:
        while _logged(out) < 2:  # one of each worker: both have started
            assert run.poll() is None
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGINT)
        _, output = run.communicate(timeout=60)
    assert run.returncode != 0
    assert output.count("Traceback") <= 1, output  # that of the fake's own main
    assert _logged(out) == 2


@pytest.mark.parametrize("moment", [0.0, 0.5, 2.0], ids=["at once", "starting", "working"])
def test_workers_end_with_a_killed_owner(long_dataset: Path, tmp_path: Path, moment: float) -> None:
    with _start("generator", long_dataset, tmp_path / "out.zip", workers=2, seconds=0.5) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        time.sleep(moment)
        run.kill()
        _await_all(run)
