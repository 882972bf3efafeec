"""`violin bench soundness`."""

from __future__ import annotations

import sys

import click

from violin.cli.common.progress import progress


@click.command()
@click.option("--phrases", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def command(phrases: int, seed: int) -> None:
    """Sample answers to random pairs from random logits under the decoder's masks, and lint each as a
    finished file under the `submission` profile with its given pair. Exit code 1 if an error is found.

    \b
    Example:
      violin bench soundness --phrases 10000
    """
    from models.bench.soundness import check_soundness

    with progress(phrases, "sampling") as bar:
        report = check_soundness(phrases, seed, lambda: bar.update(1))
    for finding in report.faults[:20]:
        click.echo(f"{finding.file}: {finding.code} {finding.name}: {finding.message}")
    click.echo(
        f"{report.answers} answers from random logits, {report.notes} notes: {len(report.faults)} errors"
    )
    if report.faults:
        sys.exit(1)
