"""`violin train critic`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option, out_or_ship, require_out_or_ship, weights_option
from violin.cli.common.progress import progress
from violin.cli.common.warnings import summarize


@click.command()
@data_option("The phrase store; only its validation split is used.")
@weights_option("Composer to use instead of the shipped one.")
@click.option("--pairs", type=click.IntRange(8), default=128, show_default=True, help="Human phrases.")
@click.option("--answers", type=click.IntRange(2, 64), default=8, show_default=True,
              help="Answers per phrase.")  # fmt: skip
@click.option("--index", is_flag=True, help="First index the store's training phrases (violin train index).")
@click.option("--seed", type=int, default=0, show_default=True)
@out_or_ship("critic")
@click.pass_context
def command(
    context: click.Context,
    data: Path,
    weights: Path | None,
    pairs: int,
    answers: int,
    index: bool,
    seed: int,
    out: Path | None,
    ship: bool,
) -> None:
    """Fit the critic, which chooses among a composer's candidates, on works unseen by the composer, and
    tune the shares of the mixture with it.

    Prints how the composed bars relate to the given ones, in human phrases, first answers and kept ones;
    what is kept was chosen by critics that do not know the work.

    \b
    Example:
      violin train critic --weights runs/mine/best.safetensors --out runs/mine/critic.npz
    """
    require_out_or_ship(out, ship)
    if index and not ship:
        raise click.UsageError("--index replaces the program's own index, so it needs --ship")
    from data_prep.corpus.store import PhraseStore
    from models.generation.model import ComposerModel, one_thread
    from models.generation.sampling import SamplingOptions
    from models.reranking.candidates import composed_candidates, drawn_phrases
    from models.reranking.critic import SHIPPED_CRITIC
    from models.reranking.tuning import choosing_table, tuned_critic
    from violin.cli.train.index import command as train_index

    if index:
        context.invoke(train_index, data=str(data), out=None, ship=True)
    phrases = drawn_phrases(PhraseStore.load(data), "validation", pairs, seed)
    model = ComposerModel.load(weights, "cpu")
    options = SamplingOptions(seed=seed + 7)
    with progress(len(phrases) * answers, "composing") as bar, one_thread():
        candidates = composed_candidates(phrases, model, answers, options, lambda: bar.update(1))
    tuned = tuned_critic(candidates, seed)
    path = out or SHIPPED_CRITIC
    tuned.critic.save(path)
    click.echo(choosing_table(candidates, tuned.kept))
    shares = ", ".join(f"{name} {share:g}" for name, share in tuned.critic.shares)
    summarize(f"{path}: {path.stat().st_size / 1e6:.1f} MB; shares: {shares}")
