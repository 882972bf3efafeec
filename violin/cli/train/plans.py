"""`violin train plans`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option, out_or_ship, require_out_or_ship
from violin.cli.common.progress import ShareProgress
from violin.cli.common.warnings import summarize


@click.command()
@data_option("The phrase store that `violin prepare` made.")
@click.option("--epochs", type=click.IntRange(1), default=4, show_default=True)
@click.option(
    "--phrases", type=click.IntRange(1), help="At most this many phrases of each split; default: all."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--threads", type=click.IntRange(1), help="Threads; default: all cores.")
@out_or_ship("plan writer")
def command(
    data: Path,
    epochs: int,
    phrases: int | None,
    seed: int,
    threads: int | None,
    out: Path | None,
    ship: bool,
) -> None:
    """Train the network that writes a plan before the notes, on the plans of human phrases.

    \b
    Example:
      violin train plans --phrases 12000 --threads 1 --out runs/planner.safetensors
    """
    require_out_or_ship(out, ship)
    import torch

    from models.planning.train import train_planner
    from models.planning.weights import SHIPPED_PLANNER

    if threads:
        torch.set_num_threads(threads)

    path = out or SHIPPED_PLANNER
    with ShareProgress("training") as shown:
        fit = train_planner(data, path, epochs=epochs, phrases=phrases, seed=seed, on_step=shown.update)
    summarize(f"{path}: from {fit.phrases} phrases; {fit.bits_per_bar:.2f} bits a bar on unseen works")
