"""`violin evaluate answers`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option
from violin.cli.common.progress import progress


@click.command()
@click.argument("weights", nargs=-1, type=click.Path(path_type=Path))
@data_option("The phrase store.")
@click.option("--split", type=click.Choice(["validation", "test"]), default="validation", show_default=True)
@click.option("--pairs", type=click.IntRange(8), default=250, show_default=True, help="Human phrases.")
@click.option("--variations", type=click.IntRange(2), default=16, show_default=True,
              help="Answers to one pair, to measure how they differ.")  # fmt: skip
@click.option("--trees", type=click.IntRange(10), default=100, show_default=True,
              help="Trees of the classifiers on the judge's features.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
def command(
    weights: tuple[Path, ...], data: Path, split: str, pairs: int, variations: int, trees: int, seed: int
) -> None:
    """Compare the first answers of weight files to the outer bars of unseen human phrases; without WEIGHTS
    measure the shipped ones.

    Prints bits per note, how well two classifiers tell answers from human phrases (AUC; .5: not at all), how
    the composed bars relate to the given ones, copies, and how much several answers to one pair differ.

    \b
    Example:
      violin evaluate answers models/weights/composer.safetensors runs/raft1/best.safetensors
    """
    from data_prep.corpus.store import PhraseStore
    from models.bench.first_answers import Terms, answers_table, measure_answers

    store = PhraseStore.load(data)
    terms = Terms(split, pairs, variations, trees, seed)
    with progress(len(weights) or 1, "measuring") as bar:
        measured = measure_answers(store, weights or (None,), terms, lambda name: bar.update(1))
    click.echo(answers_table(measured))
