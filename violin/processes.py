"""Rules for worker processes: end with the owner, return freed memory, keep to a memory limit."""

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

    Otherwise a worker whose owner was killed would wait for tasks for ever. Ctrl-C, which a terminal sends
    to all processes, is left to the owner.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == owner:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-owner").start()


def return_memory() -> None:
    """Give freed memory back to the system, if the C library can (glibc).

    The library may keep hundreds of megabytes. loky takes that for a leak, replaces the worker and warns
    that one stopped.
    """
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def memory_limit(more_bytes: int) -> Iterator[None]:
    """Limit this process, within the block, to `more_bytes` more memory than now; beyond it, MemoryError.

    The limit is for the private data of the process, numpy arrays included (RLIMIT_DATA), only on Linux.
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
