"""The linter, the fixes and the readers of phrases and pairs against files made to break them.

Whatever the bytes: no exception but a `ViolinError`, at most a second of CPU time and 100 MB.
`violin bench hostile` runs this on `violin.hostile`; the tests run a part of it.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from constraints.check import check_bytes
from constraints.fix import fix_bytes
from violin.errors import ViolinError
from violin.midi import phrase_bytes, read_phrase
from violin.pair import read_pair

MOST_SECONDS = 1.0
MOST_BYTES = 100_000_000

_Result = TypeVar("_Result")


class Trial(NamedTuple):
    """One file's trial: CPU seconds to lint and to fix, the findings' codes, and what was raised."""

    name: str
    size: int
    lint_seconds: float
    fix_seconds: float
    codes: tuple[str, ...]
    failures: tuple[str, ...]


def try_bytes(data: bytes, name: str, *, fix: bool = True) -> Trial:
    """Lint, read as a phrase and as a pair, and with `fix` mend and lint again. Raises nothing."""
    failures: list[str] = []
    started = time.process_time()
    findings = _attempt("lint", failures, lambda: check_bytes(data, name=name)) or []
    lint_seconds = time.process_time() - started
    _attempt("read", failures, lambda: phrase_bytes(read_phrase(data, name)))
    _attempt("pair", failures, lambda: read_pair(data, name))
    started = time.process_time()
    fixed = _attempt("fix", failures, lambda: fix_bytes(data, name=name, unsafe=True)) if fix else None
    fix_seconds = time.process_time() - started
    if fixed is not None and fixed.data != data:
        _attempt("lint what was fixed", failures, lambda: check_bytes(fixed.data, name=name))
    codes = tuple(sorted({finding.code for finding in findings}))
    return Trial(name, len(data), lint_seconds, fix_seconds, codes, tuple(failures))


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
    except Exception as error:  # any other one is what this is looking for
        failures.append(f"{what}: {type(error).__name__}: {error}")
        return None
