"""`violin bench plans`: how stable the plans computed from music are."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option, weights_option


@click.command()
@data_option("Phrase store, made by `violin prepare`.")
@click.option("--split", default="validation", show_default=True, help="train, validation or test.")
@click.option(
    "--phrases", type=click.IntRange(1), default=500, show_default=True, help="Most phrases to measure."
)
@click.option("--seed", type=int, default=0, show_default=True)
@weights_option("A composer that follows plans: also measure the bits of plans and how well it follows them.")
def command(data: Path, split: str, phrases: int, seed: int, weights: Path | None) -> None:
    """Compare the plans of human phrases with those of changed copies.

    In one kind of copy a tenth of the notes is dropped; in the other, long phrases are cut.

    Prints the shares of keys, chords and relations that stay the same, and how often each relation and
    cadence occurs.

    \b
    Example:
      violin bench plans --data data/phrases --split validation
      violin bench plans --phrases 80 --weights runs/b/best.safetensors
    """
    from collections import Counter

    from data_prep.corpus.store import PhraseStore
    from data_prep.plans.planning import plan_of
    from data_prep.plans.stability import stability
    from violin.errors import CorpusError

    chosen = PhraseStore.load(data).select(split)[:phrases]
    found = [stored.phrase for stored in chosen]
    if not found:
        raise CorpusError(f"{data}: no phrases of the split {split!r}")
    figures = stability(found, seed)
    click.echo(f"{figures.phrases} phrases; the same after a tenth of the notes was dropped:")
    click.echo(f"  keys {figures.keys:.1%}, chords {figures.chords:.1%}, relations {figures.relations:.1%}")
    click.echo(f"chords that stay the same if a long phrase is cut after eight bars: {figures.contexts:.1%}")
    plans = [plan_of(phrase) for phrase in found]
    relations = Counter(bar.relation.value for plan in plans for bar in plan.bars)
    cadences = Counter(plan.cadence.value for plan in plans)
    for name, counts in (("relations", relations), ("cadences", cadences)):
        total = sum(counts.values())
        shares = ", ".join(f"{each} {count / total:.1%}" for each, count in counts.most_common())
        click.echo(f"{name}: {shares}")
    if weights is not None:
        from models.evaluation.plan_following import measured_table

        click.echo(measured_table(weights, chosen))
