"""`violin evaluate composer|judge`."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "composer": ("violin.cli.evaluate.composer", "Measure the composer on unseen works."),
        "judge": ("violin.cli.evaluate.judge", "Measure the judge on unseen works and generators."),
    },
)
def command() -> None:
    """Measure the composer or the judge on unseen works."""
