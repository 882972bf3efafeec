"""`violin train tokens`: shrink each composer's embedding towards the null embedding."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option, out_or_ship, require_out_or_ship, weights_option
from violin.cli.common.warnings import summarize


@click.command()
@data_option("The phrase store that `violin prepare` made.")
@weights_option("Weights to use instead of the shipped ones.")
@click.option(
    "--per-composer", type=click.IntRange(1), default=60, show_default=True,
    help="Validation phrases per composer.",
)  # fmt: skip
@out_or_ship("weights")
def command(data: Path, weights: Path | None, per_composer: int, out: Path | None, ship: bool) -> None:
    """Shrink each composer's token towards the null token, by the loss on his validation works.

    \b
    Example:
      violin train tokens --weights runs/more/best.safetensors --out runs/more/shrunk.safetensors
    """
    require_out_or_ship(out, ship)
    import torch

    from data_prep.corpus.store import PhraseStore
    from models.composer.checkpoint import SHIPPED_WEIGHTS, load_weights, save_weights
    from models.evaluation.bits_per_note import tasks_of
    from models.evaluation.report import chosen_phrases
    from models.evaluation.token_shrinkage import SHARES, best_shares, costs, shrunk
    from violin.challenge import SLUGS

    whole = load_weights(weights)
    if "token_shares" in whole.facts:
        raise click.UsageError("the tokens of these weights are already shrunk; give those of the run.")
    phrases = chosen_phrases(PhraseStore.load(data), "validation", per_composer)
    tasks = tasks_of(phrases, whole.config.language)
    found = {}
    summarize("share of the way from the null token: " + ", ".join(map(str, SHARES)))
    for composer in SLUGS:
        mine = [task for task in tasks if task.composer == composer]
        if mine:
            found[composer] = costs(whole, composer, mine)
            bits = ", ".join(f"{cost:.3f}" for cost in found[composer].values())
            summarize(f"{composer}, {len(mine)} phrases: {bits} bits a note")
    shares = best_shares(found, SLUGS)
    path = out or SHIPPED_WEIGHTS
    save_weights(path, shrunk(whole, shares), torch.float16)
    summarize(f"{path}: " + ", ".join(f"{composer} {share}" for composer, share in shares.items()))
