"""The progress of a long verb, on stderr: a bar on a terminal, else nothing, or a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any, TypeVar

import click

from violin.cli.common.quiet import is_quiet

_Item = TypeVar("_Item")


def _shows_bars() -> bool:
    return sys.stderr.isatty() and not is_quiet()


def progress(length: int, label: str) -> AbstractContextManager[Any]:
    """A click progress bar of `length` steps; `.update(count)` moves it."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not _shows_bars())


def counted(items: Iterable[_Item], length: int, label: str) -> Iterator[_Item]:
    """The items, `length` of them, with a progress bar that moves with each."""
    with progress(length, label) as bar:
        for item in items:
            yield item
            bar.update(1)


class ShareProgress:
    """A progress bar for work whose finished share is known, with a text beside it."""

    _STEPS = 10_000

    def __init__(self, label: str) -> None:
        self._bar = click.progressbar(
            length=self._STEPS, label=label, file=sys.stderr, show_pos=False,
            item_show_func=lambda text: text, hidden=not _shows_bars(),
        )  # fmt: skip

    def __enter__(self) -> ShareProgress:
        self._bar.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._bar.__exit__(*error)

    def update(self, share: float, text: str) -> None:
        """Show the finished share, 0 to 1, and a text."""
        self._bar.update(round(share * self._STEPS) - self._bar.pos, text)


class StageProgress:
    """Progress in stages, one bar per stage; if stderr is not a terminal, a line at the start and the end of
    each stage and at most every ten seconds between."""

    SECONDS_BETWEEN_LINES = 10.0

    def __init__(self) -> None:
        self._stage = ""
        self._done = 0
        self._open = ExitStack()
        self._advance: Callable[[int], object] = lambda steps: None
        self._shows_bars = _shows_bars()
        self._next_line = 0.0

    def __enter__(self) -> StageProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def update(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of a stage are finished."""
        if not self._shows_bars:
            self._line(stage, done, total)
            return
        if stage != self._stage:
            self._open.close()
            self._advance = self._open.enter_context(progress(total, stage)).update
            self._stage, self._done = stage, 0
        self._advance(done - self._done)
        self._done = done

    def _line(self, stage: str, done: int, total: int) -> None:
        if is_quiet():
            return
        if stage != self._stage or done >= total or time.monotonic() >= self._next_line:
            click.echo(f"{stage}: {done} of {total}", err=True)
            self._stage, self._next_line = stage, time.monotonic() + self.SECONDS_BETWEEN_LINES
