"""A long job: parts of fixed content over workers, each kept as soon as it is finished.

Workers append each finished phrase to their part's log (`submission.jobs.record_log`), so that a
stopped run goes on from there. A result depends on the parts alone: a killed run and an undisturbed
one give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from submission.jobs.journal import Payload, WorkFolder, plan_digest
from submission.jobs.progress import Progress
from submission.jobs.record_log import RecordLog
from submission.jobs.workers import require_same_identity, run_parts

Item = TypeVar("Item", contravariant=True)

# What a model may raise at an input that its authors did not foresee.
UNFORESEEN = (ValueError, LookupError, ArithmeticError, AssertionError, RuntimeError)


class Task(Protocol[Item]):
    """Does one part; it travels to worker processes, so it pickles."""

    def identity(self) -> str:
        """Names everything that decides a payload besides the part: versions, weights, settings."""

    def __call__(self, part: tuple[Sequence[Item], RecordLog]) -> Payload:
        """What is to be kept of a part. What its log holds is not done again."""


@contextmanager
def finished_parts(
    task: Task[Item],
    parts: Sequence[Sequence[Item]],
    facts: Payload,
    work: Path,
    *,
    records: int = 1,
    workers: int = 1,
    backend: str = "loky",
    on_done: Callable[[int], None] = lambda count: None,
    on_notice: Callable[[str], None] = lambda text: None,
) -> Iterator[list[Payload]]:
    """The payload of each part, with the folder `work` to go on from. Use as a context: the folder
    is locked inside, and what is kept in it is dropped once the context ends without an error, so
    the result must lie elsewhere by then.

    `facts` say what besides the task determines the result. A phrase is finished with `records`
    records in its part's log; `on_done` is called with the number of further finished phrases, those
    found in the folder included. ArchiveError where another run has the folder, OutputError where
    something cannot be written.
    """
    with WorkFolder(work, plan_digest({**facts, "who": task.identity()})) as folder:
        found = {index: folder.part(index) for index in range(len(parts))}
        if folder.damaged:
            on_notice(f"{folder.damaged} part(s) in the work folder are damaged: done again")
        kept = {index: payload for index, payload in found.items() if payload is not None}
        missing = {index: (part, folder.log(index)) for index, part in enumerate(parts) if index not in kept}
        whole = sum(len(parts[index]) for index in kept)
        on_done(whole)
        logged = sum(log.count() // records for _, log in missing.values())
        if whole or logged:
            total = sum(map(len, parts))
            on_notice(f"going on: {whole + logged} of {total} phrases are in the work folder")
        sizes = {index: (len(part), log) for index, (part, log) in missing.items()}
        with Progress(on_done, sizes, records) as progress:
            for index, payload in run_parts(
                require_same_identity(task, task.identity), missing, workers, backend
            ):
                folder.keep(index, payload)
                kept[index] = payload
                progress.part_done(index)
        yield [kept[index] for index in range(len(parts))]
        folder.clear()
