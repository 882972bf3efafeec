"""`violin data list|check|report`."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "list": ("violin.cli.data.list", "List the sources of the catalogue with their licences."),
        "check": ("violin.cli.data.check", "Check that no work or copy is in two splits."),
        "report": (
            "violin.cli.data.report",
            "Describe a phrase store: bars, keys, dropped phrases by reason.",
        ),
    },
)
def command() -> None:
    """List, check and report the training data."""
