"""Progress of long work, reported through a callback."""

from __future__ import annotations

from collections.abc import Callable

ProgressReport = Callable[[str, int, int], object]
"""Called with the stage, the finished steps and all steps of that stage."""


def no_report(stage: str, done: int, total: int) -> None:
    """A report that shows nothing."""


class Stage:
    """Counts the finished steps of one stage and reports each.

    Calling it finishes one step; the arguments are ignored, so it serves as any callback. `total` may be
    an estimate: further steps are not counted.

    >>> stage = Stage(print, "reading", 2)
    reading 0 2
    >>> stage()
    reading 1 2
    """

    def __init__(self, report: ProgressReport, name: str, total: int) -> None:
        self._report, self._name, self._total, self._done = report, name, total, 0
        report(name, 0, total)

    def __call__(self, *_: object) -> None:
        if self._done < self._total:
            self._done += 1
            self._report(self._name, self._done, self._total)
