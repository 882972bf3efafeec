"""Long work on an archive, in small jobs, so that other tabs are answered in between.

Composing 1,600 answers takes hours. Each job holds a few of them; when it is done, the next one goes to
the end of the queue.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from violin.studio.entrant.row import COMPOSED, REDONE, Row, Score, Version, digest_of
from violin.studio.entrant.store import Entrants
from violin.studio.studio import Studio
from violin.studio.work.jobs import QUEUED, RUNNING, Job

COMPOSING, SCORING = "entrant-compose", "entrant-score"
_AT_ONCE = {COMPOSING: 4, SCORING: 8}


class LongWork:
    """One kind of work on the files of one archive: COMPOSING or SCORING."""

    def __init__(self, studio: Studio, entrants: Entrants, entrant_id: str, kind: str) -> None:
        self.kind = kind
        self._studio = studio
        self._entrants = entrants
        self._entrant_id = entrant_id
        self._lock = threading.RLock()
        self._waiting: list[str] = []
        self._done = self._total = 0
        self._job: Job | None = None

    def put(self, names: Sequence[str], first: bool = False) -> None:
        """Add files; with `first`, before the waiting ones."""
        with self._lock:
            new = [name for name in names if name not in set(self._waiting)]
            if not self.is_running:
                self._waiting.clear()
                self._done = self._total = 0
                new = list(names)
            self._waiting = new + self._waiting if first else self._waiting + new
            self._total += len(new)
            if not self.is_running:
                self._next()

    def cancel(self) -> None:
        """Drop the waiting files and stop the running job."""
        with self._lock:
            self._waiting.clear()
            if self._job is not None and self.is_running:
                self._studio.jobs.cancel(self._entrant_id, self._job.id)
            self._tell()

    @property
    def is_running(self) -> bool:
        return self._job is not None and self._job.state in (QUEUED, RUNNING)

    def _next(self) -> None:
        count = _AT_ONCE[self.kind]
        names, self._waiting = self._waiting[:count], self._waiting[count:]
        if names:
            entrant = self._entrants.get(self._entrant_id)
            rows = [entrant.row(name) for name in names]
            arguments = self._arguments(rows)
            self._job = self._studio.jobs.put(
                self._entrant_id, self.kind, arguments, self._reported, self._finished, len(names)
            )
        else:
            self._job = None
        self._tell()

    def _arguments(self, rows: Sequence[Row]) -> dict[str, Any]:
        if self.kind == SCORING:
            versions = [(row, row.version) for row in rows]
            return {
                "answers": [
                    (row.name, row.assignment.composer.slug, version.data, row.given)
                    for row, version in versions
                    if version is not None
                ]
            }
        entrant = self._entrants.get(self._entrant_id)
        return {
            "assignments": [(row.assignment, entrant.next_seed(row)) for row in rows],
            "candidates": entrant.candidates,
        }

    def _reported(self, job: Job, kind: str, value: dict[str, Any]) -> None:
        """Save what the composing process reports, then publish it."""
        entrant = self._entrants.get(self._entrant_id)
        name = value["name"]
        if kind == "answer":
            origin = REDONE if entrant.row(name).versions else COMPOSED
            entrant.add_version(name, Version(value["data"], origin, value["seed"], tuple(value["remarks"])))
        score = Score(value["judge"], tuple(value["own"]), tuple(value["inherited"]))
        entrant.add_score(digest_of(value["data"]), score)
        self._done += 1
        self._studio.events.publish(self._entrant_id, "row", entrant.row_json(entrant.row(name)))
        self._tell()

    def _finished(self, job: Job, value: Any) -> None:
        with self._lock:
            self._next()

    def _tell(self) -> None:
        is_running = self._job is not None and self.is_running
        progress = {"kind": self.kind, "done": self._done, "total": self._total, "running": is_running}
        self._studio.events.publish(self._entrant_id, "progress", progress)
