"""`violin bench judge`: how far a judge's scores move after a dropped note or an octave slip."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option


@click.command()
@data_option("Phrase store of human music, made by `violin prepare`.")
@click.option("--split", default="test", show_default=True, help="train, validation or test.")
@click.option("--phrases", type=click.IntRange(1), default=300, show_default=True, help="Human phrases.")
@click.option(
    "--weights",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Judge to measure instead of the shipped one.",
)
@click.option("--seed", type=int, default=0, show_default=True)
def command(data: Path, split: str, phrases: int, weights: Path | None, seed: int) -> None:
    """Measure how steady the judge is: each phrase is judged again with one note dropped, and with one
    note an octave off.

    The phrases are human ones of a split and as many machine-made ones of all families. Prints the mean
    and the greatest change of the human probability, and the share of verdicts (human or machine) that
    change.

    \b
    Example:
      violin bench judge --data data/phrases --split test
    """
    from data_prep.corpus.store import PhraseStore
    from models.judge.evaluation.steadiness import measured_steadiness
    from models.judge.score import Judge

    found = measured_steadiness(Judge.load(weights), PhraseStore.load(data), split, phrases, seed)
    click.echo(f"{found.human} human and {found.machine} machine-made phrases")
    for name, movement in found.movement.items():
        click.echo(
            f"{name}: mean change {movement.mean:.3f}, most {movement.most:.3f}, "
            f"verdicts changed {movement.flipped:.1%}"
        )
