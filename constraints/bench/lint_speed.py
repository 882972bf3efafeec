"""The speed of the linter: against mido's parsing, at process start, and for growing numbers of files.

All figures of one call come from one run on the same files. The best of several rounds counts, since
other work on the machine can only add to a time. The race and the growth are in processor seconds, the start
of a process in wall-clock seconds.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from constraints.linter.check import check_bytes
from violin.challenge import DEFAULT_BARS
from violin.errors import ViolinError
from violin.instrument import Tier, playable_sets
from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

_STEPS_TICKS = (12, 12, 24, 24, 24, 48, 48, 96)
_LEAST_SECONDS = 0.02


def made_phrases(count: int, seed: int = 1) -> list[bytes]:
    """`count` files of eight bars, about 450 bytes each: a melody with a few easy chords."""
    chance = random.Random(seed)
    chords = [pitches for pitches, level in playable_sets() if 1 < len(pitches) < 4 and level is Tier.EASY]
    files = []
    for _ in range(count):
        notes: list[Note] = []
        onset, pitch = 0, chance.randint(60, 80)
        length = DEFAULT_BARS * Phrase((), DEFAULT_BARS).bar_ticks
        while onset < length:
            step = min(chance.choice(_STEPS_TICKS), length - onset)
            pitch = min(max(pitch + chance.randint(-4, 4), 55), 93)
            struck = chance.choice(chords) if chance.random() < 0.08 else (pitch,)
            notes += [Note(onset, one, step) for one in struck]
            onset += step
        files.append(phrase_bytes(Phrase(tuple(notes), DEFAULT_BARS, key=Key())))
    return files


def seconds_of(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long one run takes."""
    start = clock()
    work()
    return clock() - start


def _processor_seconds(work: Callable[[], object]) -> float:
    """The processor time of one run: the mean of as many as take `_LEAST_SECONDS`, since the clock of some
    systems advances in steps."""
    start, runs = time.process_time(), 0
    while True:
        work()
        runs += 1
        passed = time.process_time() - start
        if passed >= _LEAST_SECONDS:
            return passed / runs


class ParseRace(NamedTuple):
    """Processor seconds for all files: every rule under `submission`, and mido, which only parses."""

    files: int
    mean_bytes: float
    lint_seconds: float
    mido_seconds: float

    @property
    def ratio(self) -> float:
        return self.lint_seconds / self.mido_seconds


def race(files: list[bytes], rounds: int = 3) -> ParseRace:
    """Lint and mido in turn over the same files. ViolinError if mido is not installed."""
    try:
        import mido
    except ModuleNotFoundError as error:
        raise ViolinError("mido is not installed; pip install 'violin[dev]'") from error

    def lint() -> None:
        for data in files:
            check_bytes(data, name="bench.mid")

    def parse() -> None:
        for data in files:
            mido.MidiFile(file=BytesIO(data))

    lint()  # the first run fills the tables of chords
    best_lint, best_mido = float("inf"), float("inf")
    for _ in range(rounds):
        best_lint = min(best_lint, _processor_seconds(lint))
        best_mido = min(best_mido, _processor_seconds(parse))
    return ParseRace(len(files), sum(map(len, files)) / len(files), best_lint, best_mido)


class Start(NamedTuple):
    """Seconds from the start of a process to its end."""

    label: str
    seconds: float
    times_bare: float


def starts(file: Path, rounds: int) -> list[Start]:
    """A bare interpreter, `violin --version` and `violin lint` of one file."""
    commands = {
        "python -c pass": ["-c", "pass"],
        "violin --version": ["-m", "violin", "--version"],
        "violin lint ONE.mid": ["-m", "violin", "lint", str(file), "--exit-zero"],
    }
    best = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):  # in turn, so that other work on the machine slows all of them
        for label, arguments in commands.items():
            best[label] = min(best[label], seconds_of(partial(_run, arguments)))
    bare = best["python -c pass"]
    return [Start(label, seconds, seconds / bare) for label, seconds in best.items()]


def _run(arguments: list[str]) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


class Growth(NamedTuple):
    """One process over a folder of that many files: its processor seconds and its peak memory."""

    files: int
    seconds: float
    peak_mib: float


_MEASURED = """
import sys, time
from violin.cli import cli
try:
    cli(["lint", sys.argv[1], "--exit-zero", "--statistics", "--jobs", "1"])
finally:
    from constraints.bench.robustness import peak_process_bytes
    print(time.process_time(), peak_process_bytes(), file=sys.stderr)
"""


def growth(files: list[bytes], counts: list[int], folder: Path) -> list[Growth]:
    """`violin lint FOLDER --jobs 1` for growing folders, made below `folder` from the given files."""
    result = []
    for count in counts:
        here = folder / str(count)
        for number in range(count):
            place = here / f"{number // 1_000:03d}" / f"{number % 1_000:03d}.mid"
            if number % 1_000 == 0:
                place.parent.mkdir(parents=True)
            place.write_bytes(files[number % len(files)])
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, str(here)], check=True, capture_output=True, text=True
        )
        seconds, peak_bytes = done.stderr.split()[-2:]
        result.append(Growth(count, float(seconds), int(peak_bytes) / 2**20))
    return result
