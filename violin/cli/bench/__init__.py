"""`violin bench`: a verb for each figure of the docs."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "lint": ("violin.cli.bench.lint", "The linter's speed beside a plain MIDI parser's."),
        "robustness": ("violin.cli.bench.robustness", "The reader against malformed and mutated files."),
        "verbs": ("violin.cli.bench.verbs", "Every verb against malformed and extreme files."),
        "repertoire": ("violin.cli.bench.repertoire", "The hand model against real repertoire."),
        "fingering": ("violin.cli.bench.fingering", "The search for a fingering beside a violinist's."),
        "compose": ("violin.cli.bench.compose", "The composer's speed."),
        "render": ("violin.cli.bench.render", "How fast phrases become pictures and sound."),
        "plans": ("violin.cli.bench.plans", "How stable the plans of human phrases are."),
        "soundness": ("violin.cli.bench.soundness", "Random logits under the masks: every answer is linted."),
        "controllability": (
            "violin.cli.bench.controllability",
            "Whether answers obey range, tier, bars and density.",
        ),
    },
)
def command() -> None:
    """Measure speed and robustness; prints the figures of the docs."""
