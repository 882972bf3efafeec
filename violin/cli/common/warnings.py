"""Lines for a terminal: results, summaries, notes, and at most twenty warnings."""

from __future__ import annotations

from collections.abc import Iterable

import click

from violin.cli.common.quiet import is_quiet
from violin.errors import printable

SHOWN = 20


def say(text: str, err: bool = False) -> None:
    """One line of results, with the control characters in names of files escaped."""
    click.echo(printable(text), err=err)


def summarize(text: str) -> None:
    """One line that sums up what was done; not with --quiet."""
    if not is_quiet():
        say(text)


def inform(text: str) -> None:
    """One line on stderr about the work; not with --quiet."""
    if not is_quiet():
        say(text, err=True)


def note(text: str) -> None:
    """One line that is not a warning; not with --quiet."""
    inform(f"Note: {text}")


def warn(texts: Iterable[str], where: str = "the report lists all") -> None:
    """One line each, and how many more there are; `where` says where all can be found. Not with --quiet."""
    listed = list(texts)
    for text in listed[:SHOWN]:
        inform(f"Warning: {text}")
    if len(listed) > SHOWN:
        inform(f"Warning: ... and {len(listed) - SHOWN} more; {where}")
