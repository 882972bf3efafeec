"""The generator's answer: composes, checks, packs and reports every assignment.

The assignments are divided into parts with fixed content (`submission.jobs.job`). Within a part,
each finished candidate is logged (`submission.drafting`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from constraints.linter.answers import check_answer
from models.generation.engine import Engine
from models.reranking.choice import Choice, FirstAnswer
from submission.archive import write_archive
from submission.assignments import Assignment, by_length
from submission.drafting import candidates_of
from submission.jobs.job import finished_parts
from submission.jobs.journal import Payload
from submission.jobs.record_log import RecordLog
from violin.files import check_writable
from violin.midi import phrase_bytes
from violin.music import Phrase

_MOST_IN_A_PART, _FEWEST_IN_A_PART, _PARTS_AT_LEAST = 100, 12, 8


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """One file of the archive and its row in the report.

    `errors` are findings in composed bars (there should be none), `inherited` those in given bars.
    """

    name: str
    data: bytes
    bars: int
    remarks: tuple[str, ...]
    errors: tuple[str, ...]
    inherited: tuple[str, ...]
    scores: dict[str, float]


def build_generator_archive(
    out: str | Path,
    assignments: Sequence[Assignment],
    engine: Engine,
    *,
    seed: int = 0,
    choice: Choice | None = None,
    workers: int = 1,
    backend: str = "loky",
    work: str | Path | None = None,
    on_done: Callable[[int], None] = lambda count: None,
    on_notice: Callable[[str], None] = lambda text: None,
) -> list[GeneratedFile]:
    """Compose all assignments and write the zip. Returns the files, like `compose`."""
    out = Path(out)
    work = Path(work) if work is not None else None

    check_writable(out)

    def write(files: Sequence[GeneratedFile]) -> None:
        write_archive(out, {file.name: file.data for file in files})

    return compose(
        assignments,
        engine,
        write,
        work=work or out.with_name(f"{out.name}.work"),
        seed=seed,
        choice=choice,
        workers=workers,
        backend=backend,
        on_done=on_done,
        on_notice=on_notice,
    )


def compose(
    assignments: Sequence[Assignment],
    engine: Engine,
    write: Callable[[Sequence[GeneratedFile]], None],
    *,
    work: str | Path,
    seed: int = 0,
    choice: Choice | None = None,
    workers: int = 1,
    backend: str = "loky",
    on_done: Callable[[int], None] = lambda count: None,
    on_notice: Callable[[str], None] = lambda text: None,
) -> list[GeneratedFile]:
    """Compose all assignments, resuming from the folder `work`, pass the files to `write` and clear
    the folder. Returns the files sorted by name.

    `on_done` is called with the number of further finished files, those found in the work folder
    included.
    Raises ArchiveError if another run uses the work folder, OutputError if a file cannot be written.
    """
    work = Path(work)
    task = Composing(engine, choice or FirstAnswer(), seed)
    ordered = by_length(assignments)
    size = min(max(-(-len(ordered) // _PARTS_AT_LEAST), _FEWEST_IN_A_PART), _MOST_IN_A_PART)
    asked = hashlib.sha256(repr(ordered).encode()).hexdigest()
    with finished_parts(
        task,
        [ordered[start : start + size] for start in range(0, len(ordered), size)],
        {"job": "generator", "seed": seed, "assignments": asked},
        work,
        records=task.choice.candidates,
        workers=workers,
        backend=backend,
        on_done=on_done,
        on_notice=on_notice,
    ) as payloads:
        files = [file for payload in payloads for file in unpacked(payload)]
        files.sort(key=lambda file: file.name)
        write(files)
    return files


@dataclass(frozen=True, slots=True)
class Composing:
    """The task of one part: answers each assignment; its payload is stored in the work folder."""

    engine: Engine
    choice: Choice
    seed: int

    def identity(self) -> str:
        return f"{self.engine.identity}; {self.choice.identity}"

    def __call__(self, part: tuple[Sequence[Assignment], RecordLog]) -> Payload:
        assignments, log = part
        found = candidates_of(self.engine, assignments, self.seed, self.choice.candidates, log)
        answers = [[candidate.answer for candidate in candidates] for candidates in found]
        picks = self.choice.pick([each.answered(self.seed) for each in assignments], answers)
        kept = [candidates[pick.index] for candidates, pick in zip(found, picks, strict=True)]
        return {
            "files": [
                _packed(_file(candidate.of(each), candidate.answer.phrase, pick.scores))
                for each, candidate, pick in zip(assignments, kept, picks, strict=True)
            ]
        }


def _file(assignment: Assignment, phrase: Phrase, scores: dict[str, float]) -> GeneratedFile:
    data = phrase_bytes(phrase)
    check = check_answer(data, assignment.name, assignment.given)
    return GeneratedFile(
        assignment.name,
        data,
        phrase.bars,
        assignment.remarks,
        check.own,
        check.inherited,
        scores,
    )


def row(file: GeneratedFile) -> dict[str, object]:
    """The report's row for a file."""
    return {
        "file": file.name,
        "bars": file.bars,
        "scores": file.scores,
        "remarks": list(file.remarks),
        "errors": list(file.errors),
        "inherited": list(file.inherited),
    }


def _packed(file: GeneratedFile) -> Payload:
    return {
        "name": file.name,
        "midi": base64.b64encode(file.data).decode("ascii"),
        "bars": file.bars,
        "remarks": file.remarks,
        "errors": file.errors,
        "inherited": file.inherited,
        "scores": file.scores,
    }


def unpacked(payload: Payload) -> list[GeneratedFile]:
    """The files of one finished part."""
    return [
        GeneratedFile(
            kept["name"],
            base64.b64decode(kept["midi"]),
            kept["bars"],
            tuple(kept["remarks"]),
            tuple(kept["errors"]),
            tuple(kept["inherited"]),
            kept["scores"],
        )
        for kept in payload["files"]
    ]
