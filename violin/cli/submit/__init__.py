"""`violin submit generator|judge`."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "generator": ("violin.cli.submit.generator", "Build the generator's zip of 8 x 200 phrases."),
        "judge": ("violin.cli.submit.judge", "Build the judge's zip of probabilities."),
    },
)
def command() -> None:
    """Build the challenge's archives."""
