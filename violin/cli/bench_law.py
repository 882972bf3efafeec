"""`violin bench law`."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--phrases", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def command(phrases: int, seed: int) -> None:
    """Let random logits write answers to random pairs under the decoder's masks, and lint each as a
    finished file under `submission`, with its pair as given. Exit code 1 where an error is found.

    \b
    Example:
      violin bench law --phrases 10000
    """
    from models.bench.soundness import try_law

    with click.progressbar(
        length=phrases, label="writing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        verdict = try_law(phrases, seed, lambda: progress.update(1))
    for finding in verdict.faults[:20]:
        click.echo(f"{finding.file}: {finding.code} {finding.name}: {finding.message}")
    click.echo(
        f"{verdict.answers} answers from random logits, {verdict.notes} notes: {len(verdict.faults)} errors"
    )
    if verdict.faults:
        sys.exit(1)
