"""`violin bench styles`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option, weights_option
from violin.cli.common.progress import progress


@click.command()
@data_option("The phrase store.")
@weights_option("Composer to use instead of the shipped one.")
@click.option("--split", type=click.Choice(["validation", "test"]), default="test", show_default=True)
@click.option("--pairs", type=click.IntRange(2), default=48, show_default=True,
              help="Human phrases whose outer bars are given.")  # fmt: skip
@click.option("--guidance", type=click.FloatRange(0), default=1.0, show_default=True,
              help="Classifier-free guidance towards the composer; 1: off. It doubles the time.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
def command(data: Path, weights: Path | None, split: str, pairs: int, guidance: float, seed: int) -> None:
    """Measure whether answers for a composer are nearest to that composer's own music.

    The same outer bars are answered for each of the eight.

    \b
    Example:
      violin bench styles --pairs 48
    """
    from data_prep.corpus.store import PhraseStore
    from models.evaluation.style_distances import (
        answers_by_composer,
        distances_table,
        music_by_composer,
        style_distances,
    )
    from models.generation.model import ComposerModel, one_thread
    from models.generation.sampling import SamplingOptions
    from models.reranking.candidates import drawn_phrases

    store = PhraseStore.load(data)
    music = music_by_composer(store)
    phrases = drawn_phrases(store, split, pairs, seed)
    model = ComposerModel.load(weights, "cpu")
    options = SamplingOptions(seed=seed + 1, guidance=guidance)
    with progress(len(phrases) * len(music), "composing") as bar, one_thread():
        answers = answers_by_composer(model, phrases, list(music), options, lambda: bar.update(1))
    click.echo(distances_table(style_distances(answers, music)))
