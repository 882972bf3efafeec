"""`violin train tokens`: shrink each composer's embedding towards the null embedding."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.warnings import summarize


@click.command()
@click.option(
    "--data", default="data/phrases", show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
@click.option(
    "--weights", type=click.Path(path_type=Path), help="Weights to use instead of the shipped ones."
)
@click.option(
    "--per-composer", type=click.IntRange(1), default=60, show_default=True,
    help="Validation phrases per composer.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option("--ship", is_flag=True, help="Write the program's own weights, which every verb then uses.")
def command(data: Path, weights: Path | None, per_composer: int, out: Path | None, ship: bool) -> None:
    """Shrink each composer's token towards the null token, by the loss on his validation works.

    \b
    Example:
      violin train tokens --weights runs/more/best.safetensors
    """
    if ship == (out is not None):
        raise click.UsageError("name the file to write with --out, or say --ship; not both")
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
