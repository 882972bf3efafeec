"""`violin bench lint|hostile|repertoire|fingering|compose|law|control`."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "lint": ("violin.cli.bench_lint", "The linter's speed beside a plain MIDI parser's."),
        "hostile": ("violin.cli.bench_hostile", "The reader against hostile and mutated files."),
        "repertoire": ("violin.cli.bench_repertoire", "The hand model against real repertoire."),
        "fingering": ("violin.cli.bench_fingering", "The search for a fingering beside a violinist's."),
        "compose": ("violin.cli.bench_compose", "The composer's speed."),
        "law": ("violin.cli.bench_law", "The masks against random logits: every answer is linted."),
        "control": ("violin.cli.bench_control", "Whether answers obey range, tier, bars and density."),
    },
)
def command() -> None:
    """Measure speed and robustness; prints the figures of the docs."""
