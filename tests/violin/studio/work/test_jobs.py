"""The composing process itself: its tasks, cancellation, and what a failure leaves behind."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("starlette", reason="starlette is not installed")

from studio_tasks import work_on_test_tasks

from violin.studio.answers import BusyError, NotFoundError
from violin.studio.work import jobs
from violin.studio.work.jobs import Job, Jobs

SECONDS = 60


class Desk:
    """Jobs of one session, with the changes and reports that they sent."""

    def __init__(self) -> None:
        self.jobs = Jobs(lambda session, name, data: self.changes.append(data))
        self.changes: list[dict[str, Any]] = []
        self.reports: list[tuple[str, Any]] = []
        self.found: list[Any] = []

    def put(self, kind: str, **arguments: Any) -> Job:
        return self.jobs.put(
            "s", kind, arguments, lambda job, *report: self.reports.append(report),
            lambda job, value: self.found.append(value),
        )  # fmt: skip

    def wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not until():
            assert time.monotonic() < end, "nothing happened"
            time.sleep(0.005)

    def state(self, job: Job) -> str:
        self.wait(lambda: job.state not in ("queued", "running"))
        return job.state


@pytest.fixture
def desk() -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "work", work_on_test_tasks)
        found = Desk()
        found.jobs.start()
        yield found
        found.jobs.close()


def test_one_process_does_all_and_outlives_its_failures(desk: Desk) -> None:
    done = desk.put("double", number=3)
    assert desk.state(done) == "done"
    assert (desk.reports, desk.found) == ([("step", 0), ("step", 1), ("step", 2)], [6])
    refused, mistake = desk.put("refuse"), desk.put("mistake")
    assert (desk.state(refused), refused.message) == ("failed", "a: no pair")
    assert (desk.state(mistake), "KeyError" in mistake.message) == ("failed", True)

    asleep, waiting = desk.put("sleep"), desk.put("double", number=1)
    desk.wait(lambda: ("asleep", None) in desk.reports)
    desk.jobs.cancel("s", asleep.id)
    assert (desk.state(asleep), desk.state(waiting), desk.found[-1]) == ("cancelled", "done", 2)

    dead, after = desk.put("die"), desk.put("double", number=0)
    assert desk.state(dead) == "failed" and "exit code 9" in dead.message
    assert (desk.state(after), desk.found[-1]) == ("done", 0)
    assert [one["state"] for one in desk.changes if one["id"] == done.id] == [
        "queued",
        *["running"] * 4,
        "done",
    ]


def test_the_process_ends_when_the_server_is_killed_while_it_works() -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work_on_test_tasks, args=(theirs,))
    process.start()
    theirs.close()
    ours.send(("task", "j1", "sleep", {}))
    assert ours.recv() == ("report", "j1", "asleep", None)
    ours.close()
    process.join(SECONDS)
    assert process.exitcode == 0


def test_a_waiting_job_is_cancelled_only_by_its_own_session() -> None:
    desk = Desk()  # never started: all wait
    first, second = desk.put("double", number=1), desk.put("double", number=1)
    with pytest.raises(NotFoundError):
        desk.jobs.cancel("other", first.id)
    assert desk.jobs.cancel("s", first.id).state == "cancelled"
    assert second.state == "queued"
    for _ in range(jobs.MOST_WAITING - 1):
        desk.put("double", number=1)
    with pytest.raises(BusyError, match="jobs wait already"):
        desk.put("double", number=1)
