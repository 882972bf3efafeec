"""Runs the parts of a job on processes with one thread each, and yields results as they finish.

The assignment of parts to processes does not affect the result: a part is a fixed list of requests.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any, TypeVar

from violin.errors import SettingsError, ViolinError
from violin.processes import end_with_owner, return_memory

Part = TypeVar("Part")
Result = TypeVar("Result")

BACKENDS = ("loky", "dask")
_LOST_WORKER = ("TerminatedWorkerError", "KilledWorker")  # of loky and of dask


def processors() -> int:
    """The number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


@contextmanager
def interruptible() -> Iterator[None]:
    """Make SIGTERM raise KeyboardInterrupt, like Ctrl-C, so that files stay intact."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def require_same_identity(
    work: Callable[[Part], Result], identity: Callable[[], str]
) -> Callable[[Part], Result]:
    """Wrap `work` to raise a SettingsError on a cluster machine whose `identity()` differs from
    this one's, because its result would differ."""
    return partial(_checked, work, identity, identity())


def _checked(work: Callable[[Part], Result], identity: Callable[[], str], wanted: str, part: Part) -> Result:
    if identity() != wanted:
        raise SettingsError(
            f"{platform.node()} would give another result: it has {identity()}, not {wanted}; "
            "legal: the same version and weights on every worker"
        )
    return work(part)


def run_parts(
    work: Callable[[Part], Result], parts: Mapping[int, Part], workers: int = 1, backend: str = "loky"
) -> Iterator[tuple[int, Result]]:
    """(index, work(part)) for each part, in order of completion.

    `backend` "dask" uses the cluster at DASK_SCHEDULER_ADDRESS, else a local one with `workers`
    workers. Raises SettingsError if the library is not installed, ViolinError if workers are
    killed. If no process can be started because shared memory is not available, this
    process does all work and prints a note to stderr.
    """
    if workers > 1 and backend == "loky" and (problem := _shared_memory_problem()):
        print(f"Note: one process does all work; no others can be started: {problem}", file=sys.stderr)
        workers = 1
    try:
        yield from _run(work, parts, workers, backend)
    except Exception as error:
        if type(error).__name__ not in _LOST_WORKER:
            raise
        raise ViolinError(
            "a worker process was killed, most likely because memory ran out; finished work is kept: "
            "run the same command again with fewer --workers"
        ) from error


def _run(
    work: Callable[[Part], Result], parts: Mapping[int, Part], workers: int, backend: str
) -> Iterator[tuple[int, Result]]:
    if (workers <= 1 or len(parts) <= 1) and backend == "loky":
        for index, part in parts.items():
            yield index, work(part)
        return
    from joblib import Parallel, delayed, parallel_config

    local: dict[str, Any] = {}
    if backend == "loky":
        local = {"inner_max_num_threads": 1, "initializer": end_with_owner, "initargs": (os.getpid(),)}
    jobs = min(workers, len(parts)) if backend == "loky" else -1
    with _cluster(backend, workers), parallel_config(backend=backend, n_jobs=jobs, **local):
        tasks = [delayed(_numbered)(work, index, part) for index, part in parts.items()]
        yield from Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs")(tasks)


def _shared_memory_problem() -> str:
    """Why worker processes cannot share locks here, such as a /dev/shm without rights; '' where they can."""
    try:
        multiprocessing.get_context("spawn").Lock()
    except (OSError, ImportError) as error:
        return f"shared memory (/dev/shm) cannot be used: {error}"
    return ""


@contextmanager
def _cluster(backend: str, workers: int) -> Iterator[None]:
    if backend != "dask":
        yield
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise SettingsError(f"--backend {backend} needs {error.name}, which is not installed") from error
    if "DASK_SCHEDULER_ADDRESS" in os.environ:
        with Client():
            yield
        return
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster),
    ):
        yield


def _numbered(work: Callable[[Part], Result], index: int, part: Part) -> tuple[int, Result]:
    result = work(part)
    return_memory()
    return index, result
