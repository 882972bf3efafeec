"""The command line: one file a verb, found by name and imported only when it is called.

A new verb is a line in a table below and a module with a click command named `command`.
"""

from __future__ import annotations

import click

from violin import __version__
from violin.cli.lazy import LazyGroup

VERBS = {
    "lint": ("violin.cli.lint.verb", "Check that MIDI files are legal and playable."),
    "explain": ("violin.cli.explain", "Explain a rule of the linter."),
    "fingering": ("violin.cli.fingering", "Write a violin fingering for a phrase."),
    "render": ("violin.cli.render", "Make pictures, sound and scores of phrases."),
    "compose": ("violin.cli.compose", "Compose the missing bars of a phrase, or a whole phrase."),
    "studio": ("violin.cli.studio", "Open a local page to compose, hear and check phrases."),
    "judge": ("violin.cli.judge", "Estimate the probability that a human composed a phrase."),
    "submit": ("violin.cli.submit", "Build the challenge's archives: generator or judge."),
    "verify": ("violin.cli.verify", "Check a finished archive against the challenge's requirements."),
    "rehearse": ("violin.cli.rehearse", "Make practice datasets like the official ones."),
    "arena": ("violin.cli.arena", "Score generators against judges on a rehearsal."),
    "adapt": ("violin.cli.train.style", "Learn a style of your own from a few scores."),
    "prepare": ("violin.cli.prepare", "Turn scores into a store of phrases to train on."),
    "data": ("violin.cli.data", "List, check and report the training data."),
    "train": ("violin.cli.train", "Train the composer, its critic, the judge or the copy index."),
    "evaluate": ("violin.cli.evaluate", "Measure the composer or the judge on unseen works."),
    "novelty": ("violin.cli.novelty", "Report what phrases copy from the training music."),
    "bench": ("violin.cli.bench", "Measure speed, soundness and robustness; print the docs' figures."),
}


@click.group(cls=LazyGroup, verbs=VERBS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="violin")
def cli() -> None:
    """Compose, judge and check solo-violin phrases.

    \b
    Examples:
      violin compose pair.mid --composer paganini --bars 12 --out answers
      violin submit generator generator_evaluation_dataset.zip --out generator_output_final.zip
      violin lint answers
    """
