"""`violin bench`: a verb for each figure of the docs."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "lint": ("violin.cli.bench.lint", "Time the linter and a plain MIDI parser."),
        "robustness": ("violin.cli.bench.robustness", "Check the reader with malformed and mutated files."),
        "verbs": ("violin.cli.bench.verbs", "Check every verb with malformed and extreme files."),
        "repertoire": ("violin.cli.bench.repertoire", "Check the hand model with chords of real scores."),
        "fingering": ("violin.cli.bench.fingering", "Compare the fingerings with a violinist's."),
        "compose": ("violin.cli.bench.compose", "Time the composer."),
        "render": ("violin.cli.bench.render", "Time the rendering of pictures and sound."),
        "judge": ("violin.cli.bench.judge", "Measure how steady the judge is after small slips."),
        "plans": ("violin.cli.bench.plans", "Measure how stable the plans of human phrases are."),
        "choose": ("violin.cli.bench.choose", "Measure the candidates that are kept."),
        "styles": (
            "violin.cli.bench.styles",
            "Measure whose music the answers for a composer resemble.",
        ),
        "soundness": ("violin.cli.bench.soundness", "Lint answers sampled from random logits."),
        "controllability": (
            "violin.cli.bench.controllability",
            "Check that answers obey range, tier, bars and density.",
        ),
    },
)
def command() -> None:
    """Measure speed, soundness and robustness; print the docs' figures."""
