"""The progress of a job, read from the logs of unfinished parts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import TracebackType

from submission.jobs.record_log import RecordLog
from violin.errors import ArchiveError

_LOOK_SECONDS = 1.0


class Progress:
    """Calls `on_done` with the number of further finished phrases. Use as a context manager:
    inside, the logs of the unfinished parts are read every second.

    `parts` maps a part's index to (phrases, log); a phrase is finished after `records` records.
    """

    def __init__(
        self, on_done: Callable[[int], None], parts: Mapping[int, tuple[int, RecordLog]], records: int
    ) -> None:
        self._on_done = on_done
        self._parts = parts
        self._records = records
        self._reported = dict.fromkeys(parts, 0)
        self._closed: set[int] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="progress")

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def part_done(self, index: int) -> None:
        """Report that all phrases of a part are finished and stored."""
        with self._lock:
            self._closed.add(index)
            self._report(index, self._parts[index][0])

    def look(self) -> None:
        for index, (phrases, log) in self._parts.items():
            if index in self._closed:
                continue
            try:
                finished = min(log.count() // self._records, phrases)
            except ArchiveError:  # the worker that needs the log reports it
                continue
            with self._lock:
                if index not in self._closed:
                    self._report(index, finished)

    def _report(self, index: int, finished: int) -> None:
        if finished > self._reported[index]:
            self._on_done(finished - self._reported[index])
            self._reported[index] = finished

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self.look()
