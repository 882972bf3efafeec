"""The composing process: takes one task after another from a pipe and reports what it finds.

    parent -> ("task", job, name, arguments) | ("cancel", job) | ("end",)
    child  -> ("report", job, kind, value) | ("done", job, value) | ("failed", job, sentence)
              | ("cancelled", job)

The libraries and weights are loaded once. A thread listens for cancellations while a task runs, and
interrupts the main thread between two steps of Python.
"""

from __future__ import annotations

import _thread
import logging
import queue
import signal
import threading
from multiprocessing.connection import Connection
from typing import Any

from violin.errors import ViolinError

_LOG = logging.getLogger("violin.studio")


class _CancelledError(BaseException):
    """Raised in the main thread when its task is cancelled; no task catches it."""


class _Inbox:
    """Reads the pipe in a thread: tasks are queued, a cancellation interrupts the running task."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cancelled: set[str] = set()
        self._running: str | None = None
        self._lock = threading.Lock()
        self.tasks: queue.Queue[tuple[Any, ...] | None] = queue.Queue()
        signal.signal(signal.SIGINT, self._on_interrupt)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                message = self._connection.recv()
            except (EOFError, OSError):  # the parent was killed: nobody waits for the running task
                self._cancel(self._running)
                message = ("end",)
            if message[0] == "task":
                self.tasks.put(message[1:])
            elif message[0] == "cancel":
                self._cancel(message[1])
            else:
                self.tasks.put(None)
                return

    def _cancel(self, job: str | None) -> None:
        with self._lock:
            if job is not None:
                self._cancelled.add(job)
                if self._running == job:
                    _thread.interrupt_main()

    def _on_interrupt(self, *_: object) -> None:
        # Ctrl-C in the terminal reaches this process too: then nothing was cancelled, and the parent ends it.
        if self._running is not None and self._running in self._cancelled:
            raise _CancelledError

    def begin(self, job: str) -> None:
        with self._lock:
            self._running = job
            if job in self._cancelled:
                raise _CancelledError

    def end(self) -> None:
        self._running = None


def work(connection: Connection) -> None:
    """Run tasks until the parent sends "end" or exits."""
    from violin.studio.work.tasks import TASKS, warm_up

    inbox = _Inbox(connection)
    warm_up()
    while (message := inbox.tasks.get()) is not None:
        job, name, arguments = message

        def report(kind: str, value: Any, job: str = job) -> None:
            connection.send(("report", job, kind, value))

        try:
            try:
                inbox.begin(job)
                answer: tuple[Any, ...] = ("done", job, TASKS[name](arguments, report))
            finally:
                inbox.end()
        except _CancelledError:
            answer = ("cancelled", job)
        except ViolinError as error:
            answer = ("failed", job, str(error))
        except MemoryError:
            answer = ("failed", job, "there is not enough memory")
        except Exception as error:
            _LOG.error("%s failed", name, exc_info=error)
            answer = ("failed", job, f"an error in the composing process ({type(error).__name__})")
        try:
            connection.send(answer)
        except OSError:  # the parent is gone
            return
