"""`violin bench choose`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import critic_option, data_option, weights_option
from violin.cli.common.progress import progress


@click.command()
@data_option("The phrase store.")
@weights_option("Composer to use instead of the shipped one.")
@critic_option
@click.option("--split", type=click.Choice(["validation", "test"]), default="test", show_default=True)
@click.option("--pairs", type=click.IntRange(1), default=64, show_default=True, help="Human phrases.")
@click.option("--candidates", "count", type=click.IntRange(2, 64), default=8, show_default=True)
@click.option("--guarded", type=click.IntRange(0), default=0, show_default=True,
              help="Training phrases; also count how many of them pass the guards.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
def command(
    data: Path,
    weights: Path | None,
    critic_file: Path | None,
    split: str,
    pairs: int,
    count: int,
    guarded: int,
    seed: int,
) -> None:
    """Measure the kept candidates: how their composed bars relate to the given ones.

    Prints means over human phrases, first answers and the best of several. Use the test split: the
    critic was fitted on the validation split.

    \b
    Example:
      violin bench choose --pairs 64 --guarded 2000
    """
    import numpy as np

    from data_prep.corpus.store import PhraseStore
    from models.generation.guards.pass_rates import pass_rates
    from models.generation.model import ComposerModel, one_thread
    from models.generation.sampling import SamplingOptions
    from models.judge.scorer import TrainedJudge
    from models.reranking.candidates import composed_candidates, drawn_phrases
    from models.reranking.mixture import Mixture
    from models.reranking.trained_critic import TrainedCritic
    from models.reranking.tuning import choosing_table

    store = PhraseStore.load(data)
    if guarded:
        training = store.select("train")
        drawn = np.random.default_rng(seed).permutation(len(training))[:guarded]
        for name, rate in pass_rates([training[place].phrase for place in drawn]).items():
            click.echo(f"{name}: {rate:.1%} of {len(drawn)} human training phrases pass")
    critic = TrainedCritic(critic_file)
    mixture = Mixture(count, TrainedJudge(), critic.shares, critic)
    phrases = drawn_phrases(store, split, pairs, seed)
    model = ComposerModel.load(weights, "cpu")
    with progress(len(phrases) * count, "composing") as bar, one_thread():
        options = SamplingOptions(seed=seed + 1)
        candidates = composed_candidates(phrases, model, count, options, lambda: bar.update(1))
    picks = mixture.pick(candidates.requests, candidates.answers)
    click.echo(choosing_table(candidates, np.array([pick.index for pick in picks])))
