"""`violin data list|check|report`."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "list": ("violin.cli.data.list", "List the sources of the catalogue with their licences."),
        "check": ("violin.cli.data.check", "Prove that no work or copy lies on two sides of the split."),
        "report": ("violin.cli.data.report", "Describe a phrase store: bars, keys, drops by reason."),
    },
)
def command() -> None:
    """List, check and report the training data."""
