"""`violin train judge`: fit a judge on a phrase store, or on a user's own files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from violin.cli.common.progress import progress

if TYPE_CHECKING:
    from data_prep.corpus.store import PhraseStore


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("data/phrases"),
    show_default=True,
    help="Phrase store of human music, made by `violin prepare`.",
)
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
    help="Phrases per temperature in --composed.",
)
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Further checkpoint of our composer whose phrases go into --composed; named by its file.",
)
@click.option(
    "--further",
    type=click.Path(path_type=Path),
    help="Store of phrases by further generators of our own, for the open mode. If it does not exist, "
    "they are trained and write it first (a quarter of an hour on a CPU).",
)
@click.option(
    "--own-works",
    is_flag=True,
    help="Train on the eight composers' own works only, as the challenge's call says.",
)
@click.option("--humans", type=click.IntRange(100), default=6000, show_default=True, help="Human phrases.")
@click.option(
    "--per-family",
    type=click.IntRange(20),
    default=600,
    show_default=True,
    help="Machine phrases per family.",
)
@click.option("--trees", type=click.IntRange(10), default=100, show_default=True, help="Trees of the forest.")
@click.option(
    "--cache", type=click.Path(path_type=Path, file_okay=False), help="Folder that caches measured features."
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Number of processes.")
@click.option("--seed", type=int, default=0, show_default=True)
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
    models/judge/negatives. With --machine the judge also gets an open mode that learned from
    those generators; its default mode stays free of them.

    \b
    Examples:
      violin train judge --data data/phrases --out judge.npz
      violin train judge --human my_scores --machine rnn_output --out judge.npz
    """
    from data_prep.corpus.store import PhraseStore
    from models.judge import weights
    from models.judge.training import sources
    from models.judge.training.cache import FeatureCache
    from models.judge.training.fit import STEPS, Plan, fit, prepare
    from models.judge.training.sources import foreign_system, own_store

    plan = Plan.of(humans, per_family, trees, max(10, trees * 2 // 5), seed)
    store = PhraseStore.load(data) if human is None else own_store(human, _say)
    if own_works:
        store = sources.own_works(store)
    made = _composed(store, composed, checkpoint, composed_phrases, seed) if composed else None
    others = _further(store, further, composed_phrases, seed) if further else None
    foreign = [foreign_system(place, _say) for place in machine]
    kept = FeatureCache(cache)
    steps = STEPS * (2 if others or foreign else 1)
    with progress(steps, "judge") as bar:

        def step() -> None:
            bar.update(1)

        prepared = prepare(
            store, plan, composed=made, further=others, cache=kept, workers=workers, on_step=step
        )
        parts = fit(prepared, plan, foreign, cache=kept, workers=workers, on_step=step)
        written = weights.save(parts, out)
    about = parts.about
    click.echo(
        f"{out}: {out.stat().st_size / 1e6:.1f} MB, sha256 {written[:12]}; "
        f"{about['human_learnt']} human and {about['machine_learnt']} machine lines, "
        f"{about['features']} features, {len(about['families'])} families; "
        f"modes: positives-only, {', '.join(parts.ensembles)}"
    )


def _composed(
    store: PhraseStore, place: Path, checkpoints: tuple[Path, ...], count: int, seed: int
) -> PhraseStore:
    """The store of composed phrases, read or made."""
    from data_prep.corpus.store import PHRASES_NAME, PhraseStore
    from models.judge.training.composed import TEMPERATURES, composed_store

    if (place / PHRASES_NAME).is_file():
        return PhraseStore.load(place)
    named: dict[str, Path | None] = {"": None, **{one.stem: one for one in checkpoints}}
    counts = _counts(count)
    length = len(named) * len(TEMPERATURES) * sum(counts.values())
    with progress(length, "composing") as bar:
        made = composed_store(store, named, counts, seed, on_done=lambda: bar.update(1))
    made.save(place)
    return PhraseStore.load(place)


def _further(store: PhraseStore, place: Path, count: int, seed: int) -> PhraseStore:
    """The store of further generators' phrases, read or made."""
    from data_prep.corpus.store import PHRASES_NAME, PhraseStore
    from models.judge.training.generators.generator import written_store

    if not (place / PHRASES_NAME).is_file():
        written_store(store, _counts(count), seed).save(place)
    return PhraseStore.load(place)


def _counts(train: int) -> dict[str, int]:
    """Phrases of each side for so many of the training side."""
    return {"train": train, "validation": train * 3 // 8, "test": train * 5 // 8}


def _say(line: str) -> None:
    click.echo(f"skipped: {line}", err=True)
