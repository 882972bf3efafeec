"""`violin train preferences`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import click

from violin.cli.common.options import data_option, weights_option
from violin.cli.common.progress import StageProgress
from violin.cli.common.warnings import summarize


@click.command()
@click.option(
    "--method", type=click.Choice(["raft", "dpo"]), default="raft", show_default=True,
    help="raft: train on the best answers; dpo: make the best answers likelier than the worst.",
)  # fmt: skip
@data_option("The phrase store; answers are composed to phrases of its training split.")
@weights_option("Composer to tune instead of the shipped one.")
@click.option("--run", "folder", type=click.Path(path_type=Path), help="Folder of the run's files.")
@click.option("--pairs", type=click.IntRange(8), default=500, show_default=True, help="Training phrases.")
@click.option("--answers", type=click.IntRange(2, 64), default=8, show_default=True,
              help="Answers to each pair.")  # fmt: skip
@click.option("--epochs", type=click.IntRange(1), default=1, show_default=True,
              help="How often each pair is used.")  # fmt: skip
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), default=0.05, show_default=True,
    help="Factor on the learning rates of the weights' config.",
)  # fmt: skip
@click.option("--beta", type=click.FloatRange(min=0, min_open=True), default=0.1, show_default=True,
              help="For dpo: factor on log-ratios of likelihoods.")  # fmt: skip
@click.option("--tie", type=click.FloatRange(min=0), default=0.5, show_default=True,
              help="For dpo: weight of the human phrases' loss.")  # fmt: skip
@click.option("--human", type=click.IntRange(1, 16), default=4, show_default=True,
              help="Human phrases to train on per answer.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), help="Threads; default: all cores.")
def command(
    method: str,
    data: Path,
    weights: Path | None,
    folder: Path | None,
    pairs: int,
    answers: int,
    epochs: int,
    rate: float,
    beta: float,
    tie: float,
    human: int,
    seed: int,
    threads: int | None,
) -> None:
    """Tune the composer by preference: compose answers to training phrases, order them by a critic fitted on
    other works, then train on the best ones, or on best against worst, and on human phrases.

    Give the same command again to continue a stopped run. The run's folder holds the tuned weights in
    best.safetensors, training figures in metrics.jsonl, the answers in answers.jsonl, and in preferences.md
    how best and worst answers differ. Another round starts from the tuned weights. To see whether a round
    helped, measure it on works that it did not use: violin evaluate answers.

    \b
    Examples:
      violin train preferences --run runs/raft1
      violin train preferences --weights runs/raft1/best.safetensors --method dpo --run runs/dpo
      violin evaluate answers runs/raft1/best.safetensors runs/dpo/best.safetensors
    """
    if folder is None:
        raise click.UsageError("Missing option '--run'.")
    import torch

    from models.preferences.tune import PreferenceSettings, tune_composer
    from models.training.trainer import BEST_NAME

    if threads:
        torch.set_num_threads(threads)
    settings = PreferenceSettings(
        cast(Literal["raft", "dpo"], method), pairs, answers, epochs, rate, beta, tie, human, seed
    )
    with StageProgress() as shown:
        tuned = tune_composer(settings, data, folder, weights, shown.update)
    click.echo(tuned.table)
    summarize(f"{folder / BEST_NAME}: {tuned.bits_per_note:.3f} validation bits per note")
