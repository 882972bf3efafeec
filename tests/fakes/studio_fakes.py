"""A studio that serves from a thread of this process; its composing process is a thread with fakes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from submission_fakes import FakeComposer, FakeJudge

from models.composer.blend import Blend, is_blend
from models.generation import engine
from models.generation.request import Request
from violin.errors import ViolinError
from violin.music import Note, Phrase
from violin.pair import Pair, Redo
from violin.studio.app import application
from violin.studio.server import bound_socket
from violin.studio.studio import Studio
from violin.studio.work import tasks, trained
from violin.studio.work.jobs import Jobs

Report = Callable[[str, Any], None]
may_continue = threading.Event()
"""Cleared by a test that looks at the page while it has only one of several variations."""
may_continue.set()


class ThreadAsProcess:
    """Does the tasks of `violin.studio.work.tasks` in a thread, one after another; cancels none."""

    exitcode = 0

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while True:
            try:
                message = self._connection.recv()
            except (EOFError, OSError):
                return
            if message[0] == "end":
                return
            if message[0] != "task":
                continue
            _, job, name, arguments = message

            def report(kind: str, value: Any, job: str = job) -> None:
                self._connection.send(("report", job, kind, value))

            try:
                answer: tuple[Any, ...] = ("done", job, tasks.TASKS[name](arguments, report))
            except ViolinError as error:
                answer = ("failed", job, str(error))
            self._connection.send(answer)

    def is_alive(self) -> bool:
        return True

    def terminate(self) -> None:
        """Nothing: the thread ends by the message "end"."""

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)


def use_thread(jobs: Jobs) -> None:
    """Let jobs be done by a thread of this process."""

    def start() -> None:
        jobs._pipe, child = Pipe()
        jobs._process = ThreadAsProcess(child)

    jobs._start_process = start  # type: ignore[method-assign]


def compose(arguments: dict[str, Any], report: Report) -> list[dict[str, Any]]:
    """The task "compose" by `FakeComposer`, or one low note in each new bar of a phrase; the first
    variation is the best."""
    settings, given = arguments["settings"], arguments["given"]
    ranking = []
    [style] = settings["composers"]
    slug = Blend.parse(style).main if is_blend(style) else style
    for variation in range(1, settings["variations"] + 1):
        if isinstance(given, Pair):
            bars = settings.get("bars") or given.choose_bars()
            [answer] = FakeComposer().answer([Request(given, slug, bars, (settings["seed"], variation))])
            phrase = answer.phrase
        else:
            phrase = _redone(given, 62 + variation)
        report("answer", {"variation": variation, "phrase": phrase})
        may_continue.wait(60)
        why = {
            "score": 1 - variation / 10,
            "measures": {"critic": 0.8, "judge": 0.7, "seam": 1.0, "form": 0.9, "novelty": 1.0, "tier": 1.0},
            "bits_per_note": 3.0,
            "copied_notes": 4,
            "tier": "easy",
            "words": ["The critic says 80% human.", f"In the style of {style}."],
        }
        ranking.append({"variation": variation, "why": why})
    return ranking


def _redone(given: Redo, pitch: int) -> Phrase:
    phrase = given.phrase
    bar = phrase.bar_ticks
    kept = [note for note in phrase.notes if note.onset_ticks // bar not in given.new_bars]
    return replace(phrase, notes=(*kept, *(Note(bar * place, pitch, bar) for place in given.new_bars)))


def judge(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """The task "judge" by `FakeJudge`."""
    [probability] = FakeJudge().score([arguments["phrase"]], arguments["composer"])
    reason = {"sentence": "Its first note is low: this speaks for a human.", "moved": 0.4}
    words = f"{probability:.0%} human: the judge thinks that a human composed it."
    return {"probability": round(probability, 4), "reasons": [reason], "words": words}


@contextmanager
def faked(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fakes in place of all that needs weights."""
    patch.setattr(engine, "TrainedComposer", lambda *arguments: FakeComposer())
    patch.setattr(trained, "shipped_judge", FakeJudge)
    patch.setitem(tasks.TASKS, "compose", compose)
    patch.setitem(tasks.TASKS, "judge", judge)
    yield


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a studio that serves until the end of the block."""
    studio = Studio(folder)
    use_thread(studio.jobs)
    socket = bound_socket(0)
    config = uvicorn.Config(
        application(studio), http="h11", ws="none", log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}/{studio.token}/"
    finally:
        server.should_exit = True
        thread.join(10)
