"""Counts the files and packages that a path through the code enters: what a reader has to open.

    python scripts/count_walks.py

A file counts when one of its functions runs; the modules are imported and the models loaded before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from constraints.linter.answers import check_answer
from models.generation.engine import TrainedComposer
from models.generation.request import Request
from submission.archive import write_archive
from submission.assignments import dataset_assignments
from submission.datasets import read_dataset
from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase
from violin.pair import outer_pair, pair_of

ROOT = Path(__file__).resolve().parents[1]


def files_entered(walk: Callable[[], Any]) -> set[str]:
    """The files of the repository whose functions run during the call `walk`."""
    entered: set[str] = set()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            entered.add(frame.f_code.co_filename)

    walk()  # the first call loads everything that is loaded late
    sys.setprofile(note)
    try:
        walk()
    finally:
        sys.setprofile(None)
    here = Path(__file__).resolve()
    paths = [Path(name).resolve() for name in entered if name.endswith(".py")]
    return {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if path.is_relative_to(ROOT) and ".venv" not in path.parts and path != here
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", action="store_true", help="Also name the files.")
    options = parser.parse_args()
    notes = tuple(Note(48 * beat, 62 + beat % 8, 48) for beat in range(32))
    pair = outer_pair(Phrase(notes, 8, key=Key(2)), 1, 1)
    engine = TrainedComposer()
    requests = [Request(pair, "bach", 8, (number,)) for number in range(2)]
    given = Phrase(notes[:8], 2, key=Key(2))
    with tempfile.TemporaryDirectory() as folder:
        zipped = Path(folder) / "dataset.zip"
        write_archive(zipped, {f"composer{number}/001.mid": phrase_bytes(given) for number in range(1, 9)})
        data = phrase_bytes(engine.answer(requests)[0].phrase)
        walks: dict[str, Callable[[], Any]] = {
            "dataset zip to assignments": lambda: dataset_assignments(read_dataset(zipped)),
            "requests to composed bars": lambda: engine.answer(requests),
            "an answer's own check": lambda: check_answer(data, "001.mid", pair_of(given)),
        }
        for name, walk in walks.items():
            entered = files_entered(walk)
            rooms = {path.split("/")[0] for path in entered}
            print(f"{name}: {len(entered)} files of {len(rooms)} packages ({', '.join(sorted(rooms))})")
            if options.files:
                print("\n".join(f"  {path}" for path in sorted(entered)))


if __name__ == "__main__":
    main()
