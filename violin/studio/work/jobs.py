"""The queue of the composing process: jobs run in order and can be cancelled; a crash ends one job only."""

from __future__ import annotations

import itertools
import multiprocessing
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from violin.studio.answers import BusyError, NotFoundError
from violin.studio.work.worker import work

MOST_WAITING = 32
_KEPT_JOBS = 200

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"


@dataclass(slots=True)
class Job:
    """One task for the composing process.

    on_report(kind, value) and on_done(value) are called by the queue's thread, as the process reports.
    """

    id: str
    session: str
    kind: str
    arguments: dict[str, Any]
    on_report: Callable[[Job, str, Any], None]
    on_done: Callable[[Job, Any], None]
    state: str = QUEUED
    message: str = ""
    done: int = 0
    total: int = 1
    facts: dict[str, Any] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "state": self.state,
            "message": self.message,
            "done": self.done,
            "total": self.total,
            **self.facts,
        }


class Jobs:
    """The jobs of all sessions and the one process that does them."""

    def __init__(self, publish: Callable[[str, str, dict[str, Any]], None]) -> None:
        self._publish = publish
        self._lock = threading.Lock()
        self._wakes = threading.Condition(self._lock)
        self._waiting: deque[Job] = deque()
        self._jobs: dict[str, Job] = {}
        self._numbers = itertools.count(1)
        self._running: Job | None = None
        self._process: Any = None
        self._pipe: Connection | None = None
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start the process, which loads its weights, and the thread that feeds it."""
        self._start_process()
        self._thread.start()

    def close(self) -> None:
        """End the process and drop the waiting jobs."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            self._wakes.notify_all()
        if self._process is not None and self._pipe is not None:
            with suppress(OSError):
                self._pipe.send(("end",))
            self._process.terminate()
            self._process.join(5)
        if self._thread.is_alive():
            self._thread.join(5)

    def put(
        self,
        session: str,
        kind: str,
        arguments: dict[str, Any],
        on_report: Callable[[Job, str, Any], None],
        on_done: Callable[[Job, Any], None],
        total: int = 1,
        **facts: Any,
    ) -> Job:
        """Queue a task of `violin.studio.work.tasks.TASKS` and return its job. BusyError if too many wait."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                raise BusyError(f"{MOST_WAITING} jobs wait already; wait for one or cancel one")
            job = Job(f"j{next(self._numbers)}", session, kind, arguments, on_report, on_done, total=total,
                      facts=facts)  # fmt: skip
            self._waiting.append(job)
            self._jobs[job.id] = job
            while len(self._jobs) > _KEPT_JOBS:
                self._jobs.pop(next(iter(self._jobs)))
            self._wakes.notify_all()
        self._tell(job)
        return job

    def cancel(self, session: str, job_id: str) -> Job:
        """Take a waiting job out of the queue, or stop the running one; a finished one stays as it is."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.session != session:
                raise NotFoundError(f"there is no job {job_id[:20]!r}")
            if job in self._waiting:
                self._waiting.remove(job)
                job.state = CANCELLED
            elif job is self._running and self._pipe is not None:
                self._pipe.send(("cancel", job.id))
        self._tell(job)
        return job

    def _tell(self, job: Job) -> None:
        self._publish(job.session, "job", job.summary())

    def _start_process(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, child = context.Pipe()
        self._process = context.Process(target=work, args=(child,), daemon=True, name="violin-composer")
        self._process.start()
        child.close()

    def _run(self) -> None:
        while True:
            with self._lock:
                while not self._waiting and not self._is_closed:
                    self._wakes.wait()
                if self._is_closed:
                    return
                job = self._running = self._waiting.popleft()
                job.state = RUNNING
            self._tell(job)
            try:
                self._follow(job)
            except Exception as error:  # a callback failed: this ends the job, not the queue
                job.state, job.message = FAILED, f"the answer could not be kept: {error}"
            with self._lock:
                self._running = None
            self._tell(job)

    def _follow(self, job: Job) -> None:
        """Give a job to the process and take its reports until it ends."""
        if not self._process.is_alive():
            self._start_process()
        assert self._pipe is not None
        try:
            self._pipe.send(("task", job.id, job.kind, job.arguments))
            while True:
                kind, job_id, *rest = self._pipe.recv()
                if job_id != job.id:
                    continue
                if kind == "report":
                    job.on_report(job, *rest)
                    self._tell(job)
                    continue
                job.state = kind
                if kind == DONE:
                    job.done = job.total
                    job.on_done(job, rest[0])
                elif kind == FAILED:
                    job.message = rest[0]
                return
        except (EOFError, OSError):
            self._process.join(1)
            job.state = FAILED
            job.message = (
                ""
                if self._is_closed
                else f"the composing process ended (exit code {self._process.exitcode}); "
                "try again: it will be restarted"
            )
