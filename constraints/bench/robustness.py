"""The linter, the fixes and the readers of phrases and pairs against files made to break them.

Any bytes may raise only a `ViolinError`, and take at most a second of CPU time and 100 MB. `violin bench
robustness` runs this on all malformed, mutated and extreme files; the tests run it on some.
"""

from __future__ import annotations

import re
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from constraints.linter.check import check_bytes
from constraints.linter.fix import fix_bytes
from violin.errors import ViolinError
from violin.midi import phrase_bytes, read_phrase
from violin.pair import read_pair
from violin.smf import UNREADABLE_CODES

MOST_SECONDS = 1.0
MOST_SECONDS_OF_EXTREME_FILES = 2.0
MOST_BYTES = 100_000_000
MOST_PROCESS_BYTES = 300_000_000

_Result = TypeVar("_Result")


class Trial(NamedTuple):
    """One file's trial: CPU seconds to lint and to fix, the most memory that linting took (0 where it
    was not traced), the findings' codes, and the unexpected exceptions."""

    name: str
    size: int
    lint_seconds: float
    lint_bytes: int
    fix_seconds: float
    codes: tuple[str, ...]
    failures: tuple[str, ...]


class Trials:
    """Many trials: the worst times and memory, and the numbers of tracebacks and of files without a
    finding."""

    def __init__(self, most_seconds: float = MOST_SECONDS) -> None:
        self.most_seconds = most_seconds
        self.files = self.tracebacks = self.without_finding = self.unreadable = 0
        self.most_lint_seconds = self.most_fix_seconds = self.lint_seconds = 0.0
        self.most_bytes = 0
        self.faults: list[str] = []

    def add(self, trial: Trial) -> None:
        """Add a trial; `faults` gains a line for each limit that it exceeds."""
        self.files += 1
        self.tracebacks += bool(trial.failures)
        self.without_finding += not trial.codes
        self.unreadable += any(code in UNREADABLE_CODES for code in trial.codes)
        self.lint_seconds += trial.lint_seconds
        self.most_lint_seconds = max(self.most_lint_seconds, trial.lint_seconds)
        self.most_fix_seconds = max(self.most_fix_seconds, trial.fix_seconds)
        self.most_bytes = max(self.most_bytes, trial.lint_bytes)
        self.faults += [f"{trial.name}: {failure}" for failure in trial.failures]
        if trial.lint_seconds > self.most_seconds:
            self.faults.append(f"{trial.name}: {trial.lint_seconds:.2f} s to lint")
        if trial.lint_bytes > MOST_BYTES:
            self.faults.append(f"{trial.name}: {trial.lint_bytes / 1e6:.0f} MB to lint")

    def summary(self, what: str) -> str:
        """All trials in one line."""
        return (
            f"{self.files} {what}: {self.tracebacks} tracebacks, {self.without_finding} without a finding, "
            f"{self.unreadable} refused as MIDI; lint {self.lint_seconds:.1f} s of CPU in all, "
            f"at most {self.most_lint_seconds:.3f} s, fix at most {self.most_fix_seconds:.3f} s; "
            f"memory for one file at most {self.most_bytes / 1e6:.2f} MB"
        )


def peak_process_bytes() -> int:
    """The most memory that this process ever held, in bytes.

    Uses the kernel's figure (Linux) if there is one: `getrusage` starts at the parent's memory.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        [peak_kib] = re.findall(r"^VmHWM:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
        return int(peak_kib) * 1024
    import resource  # does not exist on every system; only the benchmarks need it
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def try_bytes(data: bytes, name: str, *, fix: bool = True, trace: bool = False) -> Trial:
    """Lint a file and read it as a phrase and as a pair; with `fix` make all fixes and lint again. Raises
    nothing.

    With `trace` it is linted once more with its memory traced, which takes five times as long.
    """
    failures: list[str] = []
    started = time.process_time()
    findings = _attempt("lint", failures, lambda: check_bytes(data, name=name)) or []
    lint_seconds = time.process_time() - started
    lint_bytes = _attempt("trace", failures, lambda: peak_bytes(data, name)) if trace and not failures else 0
    _attempt("read", failures, lambda: phrase_bytes(read_phrase(data, name)))
    _attempt("pair", failures, lambda: read_pair(data, name))
    started = time.process_time()
    fixed = _attempt("fix", failures, lambda: fix_bytes(data, name=name, unsafe=True)) if fix else None
    fix_seconds = time.process_time() - started
    if fixed is not None and fixed.data != data:
        _attempt("lint what was fixed", failures, lambda: check_bytes(fixed.data, name=name))
    codes = tuple(sorted({finding.code for finding in findings}))
    return Trial(name, len(data), lint_seconds, lint_bytes or 0, fix_seconds, codes, tuple(failures))


def peak_bytes(data: bytes, name: str) -> int:
    """The most memory that linting a file takes on top of the file itself; slow, since it is traced."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        check_bytes(data, name=name)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def _attempt(what: str, failures: list[str], call: Callable[[], _Result]) -> _Result | None:
    try:
        return call()
    except ViolinError:
        return None
    except Exception as error:  # any other exception is a failure
        failures.append(f"{what}: {type(error).__name__}: {error}")
        return None
