"""`violin evaluate independent`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option, weights_option
from violin.cli.common.warnings import inform


@click.command()
@data_option("The phrase store.")
@weights_option("Composer to measure instead of the shipped one.")
@click.option("--split", type=click.Choice(["validation", "test"]), default="test", show_default=True)
@click.option("--pairs", type=click.IntRange(8), default=700, show_default=True, help="Human phrases.")
@click.option("--candidates", type=click.IntRange(2, 64), default=8, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def command(data: Path, weights: Path | None, split: str, pairs: int, candidates: int, seed: int) -> None:
    """Tell answers from human phrases by features that no critic, judge or guard uses.

    Prints the AUC of classifiers on music21's jSymbolic features and on runs of steps, durations and scale
    degrees, fitted on other works (.5: no difference), for first answers and the best of several, and for
    short and long phrases.

    \b
    Example:
      violin evaluate independent --pairs 700 --candidates 8
    """
    from data_prep.corpus.store import PhraseStore
    from models.bench.independent import Terms, independent_table, independent_test
    from models.reranking.mixture import Mixture

    store = PhraseStore.load(data)
    terms = Terms(split, pairs, seed)
    found = independent_test(
        store, weights, Mixture.shipped(candidates), terms, lambda name: inform(f"measured: {name}")
    )
    click.echo(independent_table(found))
