"""`violin evaluate answers|composer|independent|judge|sheets|style`."""

from __future__ import annotations

import click

from violin.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    verbs={
        "answers": ("violin.cli.evaluate.answers", "Compare the first answers of several weights."),
        "composer": ("violin.cli.evaluate.composer", "Measure the composer on unseen works."),
        "independent": (
            "violin.cli.evaluate.independent",
            "Tell answers from human phrases by features that nothing else uses.",
        ),
        "judge": ("violin.cli.evaluate.judge", "Measure the judge on unseen works and generators."),
        "sheets": ("violin.cli.evaluate.sheets", "Engrave human phrases and answers for blind raters."),
        "style": ("violin.cli.evaluate.style", "Measure a style of your own on unseen pieces."),
    },
)
def command() -> None:
    """Measure the composer, the judge or a style of your own on unseen works."""
