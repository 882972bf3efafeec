"""`violin train judge`: fit a judge on a phrase store, or on a user's own files."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.judge_training import judge_training_options
from violin.cli.common.progress import StageProgress
from violin.cli.common.warnings import inform, summarize


@click.command()
@judge_training_options(trees=60)
@click.option(
    "--human",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of human MIDI files to use instead of --data; subfolders named composerN or by "
    "a composer's name give the composer.",
)
@click.option(
    "--machine",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Folder of one generator's MIDI phrases, for the open mode; may be given several times.",
)
@click.option(
    "--composed",
    type=click.Path(path_type=Path),
    help="Store of phrases by our own composer, to train on. If it does not exist, the shipped composer "
    "writes it first (minutes to an hour on a CPU).",
)
@click.option(
    "--composed-phrases",
    type=click.IntRange(10),
    default=160,
    show_default=True,
    help="Phrases per way of sampling in --composed.",
)
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Further checkpoint of our composer whose phrases go into --composed, sampled at temperature 1; "
    "named by its file.",
)
@click.option(
    "--further",
    type=click.Path(path_type=Path),
    help="Store of phrases by further generators of our own, for the open mode. If it does not exist, "
    "they are trained and write it first (a quarter of an hour on a CPU).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("judge.npz"),
    show_default=True,
    help="The weight file to write.",
)
def command(
    data: Path,
    human: Path | None,
    machine: tuple[Path, ...],
    composed: Path | None,
    composed_phrases: int,
    checkpoint: tuple[Path, ...],
    further: Path | None,
    own_works: bool,
    humans: int,
    per_family: int,
    trees: int,
    cache: Path | None,
    workers: int,
    seed: int,
    out: Path,
) -> None:
    """Train a judge.

    The negatives are made out of the human phrases themselves, by the families of
    models/judge/training/negatives. With --machine the judge also gets an open mode that learned from
    those generators; its default mode is trained without them.

    \b
    Examples:
      violin train judge --data data/phrases --out judge.npz
      violin train judge --human my_scores --machine rnn_output --out judge.npz
    """
    from models.judge import weights
    from models.judge.training.fit import Plan
    from models.judge.training.train import Sources, train_judge
    from models.reranking.trained_critic import TrainedCritic

    plan = Plan.of(humans, per_family, trees, max(10, trees * 2 // 5), seed)
    sources = Sources(
        data, human, own_works, machine, composed, further, checkpoint, composed_phrases, TrainedCritic()
    )
    with StageProgress() as stages:
        parts = train_judge(
            sources, plan, cache=cache, workers=workers, on_progress=stages.update, on_skip=_print_skipped
        )
    sha256 = weights.save(parts, out)
    about = parts.about
    summarize(
        f"{out}: {out.stat().st_size / 1e6:.1f} MB, sha256 {sha256[:12]}; "
        f"{about['human_learnt']} human and {about['machine_learnt']} machine lines, "
        f"{about['features']} features, {len(about['families'])} families; "
        f"modes: positives-only, {', '.join(parts.ensembles)}"
    )


def _print_skipped(reason: str) -> None:
    inform(f"skipped: {reason}")
