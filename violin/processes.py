"""What a worker process owes the machine: it ends with its owner, gives memory back, keeps to a limit."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_WATCH_SECONDS = 0.5


def end_with_owner(owner: int) -> None:
    """Make this worker end soon after its owner, the process with that id, has ended.

    A worker whose owner was killed waits for tasks that never come. Ctrl-C, which a terminal sends to all
    processes, is left to the owner.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == owner:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-owner").start()


def return_memory() -> None:
    """Give freed memory back to the system, where the C library can (glibc).

    It holds on to hundreds of megabytes; loky takes that for a leak and replaces the worker, with a
    warning that one stopped.
    """
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def memory_limit(more_bytes: int) -> Iterator[None]:
    """Within the block this process may hold so much memory more than it holds now, else MemoryError.

    It limits the private data of the process, numpy arrays included (RLIMIT_DATA), on Linux alone.
    """
    held = _held_bytes()
    if held is None:
        yield
        return
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = held + more_bytes
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


def _held_bytes() -> int | None:
    """The private data of this process; None if the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:")), None)
