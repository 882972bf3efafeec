from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from violin.processes import memory_limit, return_memory

linux = pytest.mark.skipif(sys.platform != "linux", reason="the limit and the watch are Linux's")


@linux
def test_a_block_that_wants_too_much_memory_gets_an_error() -> None:
    with pytest.raises(MemoryError), memory_limit(64 << 20):
        bytearray(128 << 20)
    with memory_limit(256 << 20):
        assert len(bytearray(128 << 20)) == 128 << 20


@linux
def test_the_limit_ends_with_the_block() -> None:
    with memory_limit(64 << 20):
        pass
    assert len(bytearray(256 << 20)) == 256 << 20
    return_memory()


@linux
def test_a_worker_ends_with_its_owner() -> None:
    worker = (
        "import os, time\n"
        "from violin.processes import end_with_owner\n"
        "end_with_owner(os.getppid())\n"
        "time.sleep(60)\n"
    )
    owner = (
        "import subprocess, sys, time\n"
        f"worker = subprocess.Popen([sys.executable, '-c', {worker!r}])\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        time.sleep(1)
        assert is_running(pid)
        process.kill()
    deadline = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
