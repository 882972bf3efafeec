"""A composer and a judge that need no weights, pairs to answer, and a job to be killed.

`python submission_fakes.py DATASET OUT WORKERS SECONDS [TALLY]` builds a generator's archive, the
composer taking so many seconds a phrase and noting each in the file TALLY, and prints how fast they
came once the workers were up. The environment's BACKEND may name another than loky.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from submission.assignments import dataset_assignments
from submission.composers import Draft, OnDone, Request
from submission.datasets import read_dataset
from submission.generator import build_generator_archive
from violin.midi import phrase_bytes
from violin.music import Key, Meter, Note, Phrase
from violin.pair import answer

COMMON = Meter(4, 4)
SCALE = (62, 64, 66, 67, 69, 71, 73, 74, 76)


@dataclass(frozen=True, slots=True)
class FakeComposer:
    """Quarter notes of D major, drawn by the key of a request; it fails at bars in `fails`.

    It takes `seconds` a phrase, notes the key of each in the file `tally` and tells of each at once.
    """

    seconds: float = 0.0
    fails: tuple[int, ...] = ()
    tally: Path | None = None
    identity: str = "fake"

    def answer(self, requests: Sequence[Request], on_done: OnDone | None = None) -> list[Draft]:
        drafts = []
        for index, request in enumerate(requests):
            time.sleep(self.seconds)
            drafts.append(Draft(self._one(request), 3.0))
            if self.tally:
                with self.tally.open("a", encoding="ascii") as file:
                    file.write(f"{request.key}\n")
            if on_done is not None:
                on_done(index, drafts[-1])
        return drafts

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

    identity: str = "fake"

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        if any(phrase.bars == 13 for phrase in phrases):
            raise ValueError("13 bars bring bad luck")
        return [1 - phrase.notes[0].pitch / 127 for phrase in phrases]


def given_phrase(number: int, bars: int = 2, meter: Meter = COMMON, lowest: int = 62) -> Phrase:
    """`bars` bars of quarter notes from `lowest` up, at 96 ticks a beat."""
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


def main() -> None:
    dataset, out, workers, seconds, *tally = sys.argv[1:]
    print("ready", flush=True)
    told: list[tuple[float, int]] = []
    build_generator_archive(
        Path(out),
        dataset_assignments(read_dataset(Path(dataset)), seed=1),
        FakeComposer(float(seconds), tally=Path(tally[0]) if tally else None),
        seed=1,
        workers=int(workers),
        backend=os.environ.get("BACKEND", "loky"),
        on_done=lambda count: told.append((time.monotonic(), count)) if count else None,
    )
    (first, early), (last, _) = told[0], told[-1]
    print(f"{sum(count for _, count in told) - early} phrases in the {last - first:.1f} s after the first")


if __name__ == "__main__":
    main()
