"""`violin train index`: the fingerprints of the training music for the copy guard and report."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option, out_or_ship, require_out_or_ship
from violin.cli.common.warnings import summarize


@click.command()
@data_option("The phrase store that `violin prepare` made.")
@out_or_ship("index")
def command(data: Path, out: Path | None, ship: bool) -> None:
    """Index the training phrases of a store, and measure how much of it unseen human music shares.

    \b
    Example:
      violin train index --data data/phrases --out runs/mine/novelty.npz
    """
    require_out_or_ship(out, ship)
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
