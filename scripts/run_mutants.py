"""Puts small faults into copies of the code, one at a time: the named test file must fail on each.

A fault is an entry of tests/mutants/*.toml: `old` occurs exactly once in the files of `folder` and becomes
`new`. First every named test must pass without a fault. `make mutants` runs all of them; with words, only
those whose table, description, folder or test contains one:

    python scripts/run_mutants.py --workers 2 judge linter

A fault is caught if a test failed. It survived if all passed. Runs that take too long, and runs in which no
test ran, are counted separately.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "mutants"
PROCESSOR_SECONDS = 120
"""A process of a test that computes for longer is ended: a test should say what is wrong, not hang."""

SECONDS = 1800
"""A test that takes longer, waiting included, is ended."""

PRELOADED = ("numpy", "sklearn.ensemble", "torch")
"""Libraries that are imported once for all tests: importing torch takes longer than many tests."""

_COPIED = ("violin", "constraints", "data_prep", "models", "submission", "tests", "scripts", "docs")
_TOO_LONG = 124  # as `timeout` of the shell
_VERDICTS = {0: "SURVIVED", 1: "caught", _TOO_LONG: "TOO LONG", -signal.SIGXCPU: "TOO LONG"}


@cache
def _texts(folder: Path) -> dict[Path, str]:
    """The Python files below a folder. A fault is taken out of its file before the next one is put in."""
    return {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}


@dataclass(frozen=True)
class Mutant:
    """One fault: what it is, the folder that holds the file, the text that is replaced, and the test that
    must fail (a file, or one test of it as `file::test`)."""

    table: str
    what: str
    folder: str
    old: str
    new: str
    test: str

    def file(self, root: Path = ROOT) -> Path:
        """The file below the folder that holds `old`; ValueError unless it occurs exactly once."""
        texts = _texts(root / self.folder)
        found = [path for path, text in texts.items() if self.old in text]
        if len(found) != 1 or texts[found[0]].count(self.old) != 1:
            names = ", ".join(str(path.relative_to(root)) for path in found) or "no file"
            raise ValueError(f"{self.folder}: {self.old!r} occurs in {names}; legal: once")
        return found[0]


@dataclass(frozen=True)
class Outcome:
    """The verdict ("caught", "SURVIVED", "TOO LONG" or "NOT RUN"), how long the test took, and the end of
    what it printed."""

    verdict: str
    seconds: float
    tail: str


def mutants(words: Sequence[str] = ()) -> list[Mutant]:
    """The faults of all tables, or those whose table, description, folder or test contains a word."""
    found = [
        Mutant(path.stem, **entry)
        for path in sorted(FOLDER.glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    ]
    return [
        one
        for one in found
        if not words or any(word in f"{one.table} {one.what} {one.folder} {one.test}" for word in words)
    ]


def copy_of_the_code(folder: Path) -> Path:
    """A copy of the packages, tests and documents in `folder`."""
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "Makefile", *(path.name for path in ROOT.glob("*.md"))):
        shutil.copy(ROOT / name, folder / name)
    return folder


@dataclass(frozen=True)
class Run:
    """The exit status of a test's process and what it printed. Status 124 or -SIGXCPU: it took too long."""

    status: int
    output: str

    @property
    def tail(self) -> str:
        return self.output[-1500:]


def run_test(code: Path, test: str) -> Run:
    """Run one test file against the packages in a folder, in a process that has the large libraries."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as log:
        process = context.Process(target=_pytest, args=(code, test, log.name, PROCESSOR_SECONDS))
        process.start()
        process.join(SECONDS)
        is_late = process.is_alive()
        process.kill()
        process.join()
        status = _TOO_LONG if is_late or process.exitcode is None else process.exitcode
        return Run(status, log.read())


def _pytest(code: Path, test: str, log: str, processor_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds + 5))
    with Path(log).open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(PYTHONPATH=str(code), PYTHONDONTWRITEBYTECODE="1", OMP_NUM_THREADS="1")
    os.chdir(code)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(code))
    import pytest

    status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", test])
    for worker in multiprocessing.active_children():
        worker.terminate()  # idle workers of joblib, for whose end this process would wait
    sys.exit(status)


def try_out(mutant: Mutant, code: Path) -> Outcome:
    """Put the fault into a copy, run its test and take the fault out again."""
    path = mutant.file(code)
    text = path.read_text(encoding="utf-8")
    began = time.monotonic()
    try:
        path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        done = run_test(code, mutant.test)
    finally:
        path.write_text(text, encoding="utf-8")
    verdict = _VERDICTS.get(done.status, "NOT RUN")
    return Outcome(verdict, time.monotonic() - began, done.tail)


class Copies:
    """Copies of the code, each lent to one test at a time."""

    def __init__(self, folder: Path, count: int) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            self._free.put(copy_of_the_code(folder / str(number)))

    @contextmanager
    def one(self) -> Iterator[Path]:
        code = self._free.get()
        try:
            yield code
        finally:
            self._free.put(code)

    def unchanged(self, test: str) -> Run:
        """Run a test on the unchanged code."""
        with self.one() as code:
            return run_test(code, test)

    def outcome(self, mutant: Mutant) -> Outcome:
        with self.one() as code:
            return try_out(mutant, code)


def main() -> int:
    parser = argparse.ArgumentParser(description="Puts small faults into copies of the code, one at a time.")
    parser.add_argument("words", nargs="*", help="only faults that one of the words describes")
    parser.add_argument("--workers", type=int, default=1, help="how many tests run at once")
    parser.add_argument("--skip-baseline", action="store_true", help="don't first run the tests as they are")
    asked = parser.parse_args()
    chosen = mutants(asked.words)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.workers) as pool:
        Path(folder).chmod(0o755)  # some tests read the copy as another user
        copies = Copies(Path(folder), asked.workers)
        if not asked.skip_baseline:
            tests = sorted({mutant.test for mutant in chosen})
            print(f"First {len(tests)} tests run on the unchanged code.", flush=True)
            runs = dict(zip(tests, pool.map(copies.unchanged, tests), strict=True))
            failing = [test for test, run in runs.items() if run.status]
            for test in failing:
                print(f"{test} fails on the unchanged code (status {runs[test].status}):\n{runs[test].tail}")
            if failing:
                return 2
        counts: Counter[str] = Counter()
        for mutant, found in zip(chosen, pool.map(copies.outcome, chosen), strict=True):
            counts[found.verdict] += 1
            print(f"{found.verdict:8} {found.seconds:5.1f} s  {mutant.table}: {mutant.what}", flush=True)
            if found.verdict != "caught":
                print(f"    {mutant.folder}: {mutant.old!r} -> {mutant.new!r}; {mutant.test}\n{found.tail}")
    others = "".join(f", {count} {verdict}" for verdict, count in counts.items() if verdict != "caught")
    print(f"{counts['caught']} of {len(chosen)} caught{others}")
    return 0 if counts["caught"] == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
