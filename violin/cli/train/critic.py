"""`violin train critic`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.progress import progress
from violin.cli.common.warnings import summarize


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path), default=Path("data/phrases"), show_default=True,
    help="The phrase store; only its validation side is used.",
)  # fmt: skip
@click.option(
    "--weights", type=click.Path(path_type=Path), help="Composer to use instead of the shipped one."
)
@click.option("--judge", type=click.Path(path_type=Path), help="Judge to use instead of the shipped one.")
@click.option("--answers", type=click.IntRange(1), default=4, show_default=True, help="Answers per phrase.")
@click.option("--others", type=click.IntRange(0), default=200, show_default=True,
              help="Phrases by composers outside the eight.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option("--ship", is_flag=True, help="Write the program's own critic, which every verb then uses.")
def command(
    data: Path,
    weights: Path | None,
    judge: Path | None,
    answers: int,
    others: int,
    seed: int,
    out: Path | None,
    ship: bool,
) -> None:
    """Fit the critic, which chooses among a composer's candidates, on works unseen by the composer.

    \b
    Example:
      violin train critic --weights runs/mine/best.safetensors --out runs/mine/critic.npz
    """
    if ship == (out is not None):
        raise click.UsageError("name the file to write with --out, or say --ship; not both")
    import torch

    from data_prep.corpus.store import PhraseStore
    from models.generation.model import ComposerModel
    from models.generation.sampling import SamplingOptions
    from models.judge import weights as judge_weights
    from models.reranking.critic import SHIPPED_CRITIC, Critic
    from models.reranking.critic_data import critic_examples, subjects

    torch.set_num_threads(1)  # as answers are written
    phrases = subjects(PhraseStore.load(data), others, seed)
    model = ComposerModel.load(weights, "cpu")
    knowledge = judge_weights.load(judge).knowledge
    with progress(len(phrases) * answers, "composing") as bar:
        examples = critic_examples(
            phrases, model, knowledge, answers, SamplingOptions(seed=seed + 7), lambda: bar.update(1)
        )
    human = int(examples.human.sum())
    about = {"human": human, "answers": len(examples) - human, "works": len(set(examples.group.tolist()))}
    path = out or SHIPPED_CRITIC
    Critic.fit(examples, knowledge, about, seed).save(path)
    summarize(
        f"{path}: {path.stat().st_size / 1e6:.1f} MB, from {human} human phrases of {about['works']} works "
        f"and {about['answers']} answers"
    )
