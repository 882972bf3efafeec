"""Lines for a terminal: results, notes and warnings, not more than a screen of the last two."""

from __future__ import annotations

from collections.abc import Iterable

import click

from violin.errors import printable

SHOWN = 20


def say(text: str, err: bool = False) -> None:
    """One line of results, with escapes for what a terminal would obey in the names of files."""
    click.echo(printable(text), err=err)


def note(text: str) -> None:
    """One line that is no warning."""
    click.echo(f"Note: {printable(text)}", err=True)


def warn(texts: Iterable[str], where: str = "the report lists all") -> None:
    """One line each, and how many more there are; `where` says where all can be found."""
    listed = list(texts)
    for text in listed[:SHOWN]:
        click.echo(f"Warning: {printable(text)}", err=True)
    if len(listed) > SHOWN:
        click.echo(f"Warning: ... and {len(listed) - SHOWN} more; {where}", err=True)
