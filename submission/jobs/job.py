"""A resumable job: parts with fixed content run on workers, and each is stored as soon as it is finished.

Workers append each finished phrase to their part's log (`submission.jobs.record_log`), so a stopped
run resumes from there. The result depends only on the parts: an interrupted run and an
uninterrupted one give the same bytes.
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

# Exceptions that a model may raise on unexpected input.
UNFORESEEN = (ValueError, LookupError, ArithmeticError, AssertionError, RuntimeError)


class Task(Protocol[Item]):
    """Does one part. It is sent to worker processes, so it must pickle."""

    def identity(self) -> str:
        """A string of everything that determines a payload besides the part: versions, weights,
        settings."""

    def __call__(self, part: tuple[Sequence[Item], RecordLog]) -> Payload:
        """The payload of a part. Items in its log are not computed again."""


@contextmanager
def finished_parts(
    task: Task[Item],
    parts: Sequence[Sequence[Item]],
    facts: Payload,
    work: str | Path,
    *,
    records: int = 1,
    workers: int = 1,
    backend: str = "loky",
    on_done: Callable[[int], None] = lambda count: None,
    on_notice: Callable[[str], None] = lambda text: None,
) -> Iterator[list[Payload]]:
    """The payload of each part, resuming from the folder `work`. Use as a context manager: inside,
    the folder is locked. When the context ends without an error, the folder's contents are deleted,
    so the result must be stored elsewhere by then.

    `facts` are what determines the result besides the task. A phrase is finished when it has
    `records` records in its part's log. `on_done` is called with the number of further finished
    phrases, including those found in the folder. Raises ArchiveError if another run uses the
    folder, OutputError if a file cannot be written.
    """
    work = Path(work)
    with WorkFolder(work, plan_digest({**facts, "who": task.identity()})) as folder:
        found = {index: folder.part(index) for index in range(len(parts))}
        if folder.damaged:
            on_notice(f"{folder.damaged} part(s) in the work folder are damaged and will be done again")
        kept = {index: payload for index, payload in found.items() if payload is not None}
        missing = {index: (part, folder.log(index)) for index, part in enumerate(parts) if index not in kept}
        whole = sum(len(parts[index]) for index in kept)
        on_done(whole)
        logged = sum(log.count() // records for _, log in missing.values())
        if whole or logged:
            total = sum(map(len, parts))
            on_notice(f"resuming: {whole + logged} of {total} phrases are in the work folder")
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
