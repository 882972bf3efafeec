"""`violin train index`: the fingerprints of the training music for the copy guard and report."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.warnings import summarize


@click.command()
@click.option(
    "--data", default="data/phrases", show_default=True, type=click.Path(path_type=Path, file_okay=False)
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option("--ship", is_flag=True, help="Write the program's own index, which every verb then uses.")
def command(data: Path, out: Path | None, ship: bool) -> None:
    """Index the training phrases of a store, and measure how much of it unseen human music shares.

    \b
    Example:
      violin train index --data data/phrases --out runs/mine/novelty.npz
    """
    if ship == (out is not None):
        raise click.UsageError("name the file to write with --out, or say --ship; not both")
    from data_prep.corpus.store import PhraseStore
    from models.novelty import SHIPPED_INDEX, RunIndex, measure_norm

    store = PhraseStore.load(data)
    training = store.select(split="train", windows=True)
    index = RunIndex.build((s.phrase, s.work_id, s.start_bar) for s in training)
    unseen = [s.phrase for s in store.select(split="validation", windows=False)]
    index.norm = measure_norm(index, unseen)
    path = out or SHIPPED_INDEX
    index.save(path)
    norm = index.norm
    summarize(f"{path}: {len(index):,} runs of {len(index.names)} works, {path.stat().st_size / 1e6:.1f} MB")
    summarize(
        f"{norm.phrases} unseen human phrases: 99 % have no familiar run over {norm.limit_notes} notes; "
        f"copied share {norm.share_90:.2f} at the 90th percentile, {norm.share_95:.2f} at the 95th; "
        f"{norm.half_copied:.1%} share half of their notes with one work"
    )
