"""`violin train composer|preferences|plans|tokens|index|critic|judge`."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "composer": ("violin.cli.train.composer", "Train the composing transformer on a phrase store."),
        "preferences": ("violin.cli.train.preferences", "Tune the composer on its own best answers."),
        "plans": ("violin.cli.train.plans", "Train the network that writes the plans of answers."),
        "tokens": ("violin.cli.train.tokens", "Shrink the composers' tokens by validation loss."),
        "index": ("violin.cli.train.index", "Make the index of training music for the copy guard."),
        "critic": ("violin.cli.train.critic", "Fit the critic that chooses among a composer's candidates."),
        "judge": ("violin.cli.train.judge", "Train a judge on human and machine phrases."),
    },
)
def command() -> None:
    """Train the composer, the writer of its plans, its critic, the judge, or the index of the copy guard."""
