"""The progress bar of a long verb: on stderr, and only where that is a terminal."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import Any

import click


def progress(length: int, label: str) -> AbstractContextManager[Any]:
    """A click progress bar of `length` steps; `.update(count)` moves it."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
