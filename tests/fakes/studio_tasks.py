"""Tasks without music for a real composing process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from violin.errors import PairError
from violin.studio.work import tasks, worker


def _double(arguments: dict[str, Any], report: Callable[[str, Any], None]) -> int:
    for number in range(arguments["number"]):
        report("step", number)
    return 2 * int(arguments["number"])


def _sleep(arguments: dict[str, Any], report: Callable[[str, Any], None]) -> None:
    report("asleep", None)
    while True:
        time.sleep(0.01)


def _refuse(arguments: dict[str, Any], report: Callable[[str, Any], None]) -> None:
    raise PairError("a: no pair")


def _mistake(arguments: dict[str, Any], report: Callable[[str, Any], None]) -> None:
    raise KeyError("x")


def _die(arguments: dict[str, Any], report: Callable[[str, Any], None]) -> None:
    os._exit(9)


def work_on_test_tasks(connection: Connection) -> None:
    """`worker.work` with these tasks, in the new process."""
    tasks.TASKS.update(double=_double, sleep=_sleep, refuse=_refuse, mistake=_mistake, die=_die)
    tasks.warm_up = lambda: None  # type: ignore[assignment]
    worker.work(connection)
