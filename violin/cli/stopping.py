"""How a long verb ends when it is stopped: by Ctrl-C or a termination, in one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

STOPPED = 130


@contextmanager
def resumable() -> Iterator[None]:
    """End with exit code 130 and a word on how to go on."""
    from submission.workers import interruptible

    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        click.echo("\nStopped. What is done is kept: the same command goes on from there.", err=True)
        sys.exit(STOPPED)
