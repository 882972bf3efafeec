"""A composer and a judge that need no weights, pairs to answer, and a job to be killed.

`python submission_fakes.py DATASET OUT WORKERS SECONDS` builds a generator's archive, or a judge's
with `--job judge`, each phrase taking so many seconds, and prints how fast they came after the
workers had started. The environment variable BACKEND can name a backend other than loky.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from models.generation.request import Answer, OnAnswer, Request
from submission.assignments import dataset_assignments
from submission.datasets import read_dataset
from submission.generator import build_generator_archive
from submission.judge import build_judge_archive
from violin.midi import phrase_bytes
from violin.music import Key, Meter, Note, Phrase
from violin.pair import answer

COMMON = Meter(4, 4)
SCALE = (62, 64, 66, 67, 69, 71, 73, 74, 76)


@dataclass(frozen=True, slots=True)
class Pace:
    """`seconds` per phrase; each finished phrase is a line of the file `tally`. With `most`, a process that
    has done this many waits to be killed, so that even on a slow machine it is still running.
    """

    seconds: float = 0.0
    tally: Path | None = None
    most: int | None = None

    def begin(self) -> None:
        time.sleep(self.seconds)
        while self.most is not None and self._own() >= self.most:
            time.sleep(0.01)

    def end(self, phrase: object) -> None:
        if self.tally:
            with self.tally.open("a", encoding="ascii") as file:
                file.write(f"{phrase}\t{os.getpid()}\n")

    def done(self) -> list[str]:
        """The phrases of the tally."""
        return [line.split("\t")[0] for line in self._lines()]

    def _own(self) -> int:
        return sum(line.split("\t")[1] == str(os.getpid()) for line in self._lines())

    def _lines(self) -> list[str]:
        assert self.tally is not None
        return self.tally.read_text().splitlines() if self.tally.exists() else []


NO_WAIT = Pace()


@dataclass(frozen=True, slots=True)
class FakeComposer:
    """Quarter notes of D major, drawn by the key of a request; it fails at bars in `fails`.

    It reports each phrase at once.
    """

    pace: Pace = NO_WAIT
    fails: tuple[int, ...] = ()
    identity: str = "fake"

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        answers = []
        for index, request in enumerate(requests):
            self.pace.begin()
            answers.append(Answer(self._one(request), 3.0))
            self.pace.end(request.key)
            if on_done is not None:
                on_done(index, answers[-1])
        return answers

    def _one(self, request: Request) -> Phrase:
        pair = request.pair
        if pair.given_bars in self.fails:
            raise ValueError(f"cannot take {pair.given_bars} given bars")
        random = Random(repr(request.key))
        beats = (request.bars - pair.given_bars) * pair.meter.numerator
        middle = tuple(Note(48 * beat, random.choice(SCALE), 48) for beat in range(beats))
        return answer(pair, request.bars, middle)


@dataclass(frozen=True, slots=True)
class FakeJudge:
    """The lower the first note, the more human; it has no score for 13 bars."""

    pace: Pace = NO_WAIT
    identity: str = "fake"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        scores = []
        for phrase in phrases:
            self.pace.begin()
            if phrase.bars == 13:
                raise ValueError("no score for 13 bars")
            scores.append(1 - phrase.notes[0].pitch / 127)
            self.pace.end(f"{composer} {phrase.tempo_us_per_beat}")
        return scores


def given_phrase(number: int, bars: int = 2, meter: Meter = COMMON, lowest: int = 62) -> Phrase:
    """`bars` bars of quarter notes from `lowest` up, at 96 ticks a beat; the tempo encodes the number."""
    beats = bars * meter.numerator
    notes = tuple(Note(96 * beat, lowest + (number + beat) % 8, 96) for beat in range(beats))
    return Phrase(notes, bars, meter, Key(number % 3), 600_000 + number, ticks_per_beat=96)


def write_dataset(folder: Path, per_composer: int = 3) -> Path:
    """A folder of pairs side by side for all eight composers."""
    for composer in range(1, 9):
        (folder / f"composer{composer}").mkdir(parents=True)
        for number in range(1, per_composer + 1):
            meter = Meter(3 + number % 2, 4)
            phrase = given_phrase(8 * number + composer, meter=meter)
            (folder / f"composer{composer}" / f"{number:03d}.mid").write_bytes(phrase_bytes(phrase))
    return folder


def compose(dataset: Path, out: Path, pace: Pace = NO_WAIT, **how: Any) -> None:
    """The generator's archive by the fake; `how` are arguments of `build_generator_archive`."""
    assignments = dataset_assignments(read_dataset(dataset), seed=1)
    build_generator_archive(out, assignments, FakeComposer(pace), seed=1, **how)


def judge(dataset: Path, out: Path, pace: Pace = NO_WAIT, **how: Any) -> None:
    """The judge's archive by the fake; `how` are arguments of `build_judge_archive`."""
    build_judge_archive(out, read_dataset(dataset), FakeJudge(pace), **how)


JOBS: Mapping[str, Callable[..., None]] = {"generator": compose, "judge": judge}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("workers", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--tally", type=Path)
    parser.add_argument("--most", type=int)
    parser.add_argument("--job", choices=sorted(JOBS), default="generator")
    options = parser.parse_args()
    print("ready", flush=True)
    done: list[tuple[float, int]] = []
    JOBS[options.job](
        options.dataset,
        options.out,
        Pace(options.seconds, options.tally, options.most),
        on_done=lambda count: done.append((time.monotonic(), count)) if count else None,
        workers=options.workers,
        backend=os.environ.get("BACKEND", "loky"),
    )
    (first, early), (last, _) = done[0], done[-1]
    print(f"{sum(count for _, count in done) - early} phrases in the {last - first:.1f} s after the first")


if __name__ == "__main__":
    main()
