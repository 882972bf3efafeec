"""How a long verb ends when Ctrl-C or a termination signal stops it: with one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import click

STOPPED = 130


@contextmanager
def stoppable(outcome: str) -> Iterator[None]:
    """End with exit code 130 and a line that says what happened to the work."""
    from submission.jobs.workers import interruptible

    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        click.echo(f"\nStopped. {outcome}", err=True)
        sys.exit(STOPPED)


def resumable() -> AbstractContextManager[None]:
    """`stoppable` for a verb that can be continued."""
    return stoppable("Finished work is kept: the same command continues from there.")
