"""`violin evaluate style`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("style", type=click.Path(path_type=Path))
@click.argument("scores", required=False, type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path),
              help="Instead of SCORES: a phrase store of `violin prepare` ...")  # fmt: skip
@click.option("--source", help="... and the composer in it.")
@click.option("--split", type=click.Choice(["validation", "test"]), default="test", show_default=True)
@click.option("--weights", type=click.Path(path_type=Path), help="Weights instead of the shipped ones.")
def command(
    style: Path, scores: Path | None, data: Path | None, source: str | None, split: str, weights: Path | None
) -> None:
    """Measure a style on pieces that it did not learn from.

    Prints the bits per note of inner bars with the style, and with the weights as they are: with the null
    token and with the token of the nearest composer.

    \b
    Example:
      violin evaluate style telemann.safetensors --data data/phrases --source telemann
    """
    if (scores is None) == (data is None) or (data is None) != (source is None):
        raise click.UsageError("legal: a folder SCORES, or --data and --source")
    from data_prep.corpus.own_scores import phrases_of_scores, phrases_of_source
    from models.composer.checkpoint import SHIPPED_WEIGHTS, load_weights
    from models.composer.style import load_style
    from models.evaluation.style_fit import style_fit

    file, found = weights or SHIPPED_WEIGHTS, load_style(style)
    found.require_weights(file)
    loaded = load_weights(file)
    if scores is not None:
        phrases = phrases_of_scores(scores)
    else:
        assert data is not None and source is not None
        phrases = phrases_of_source(data, source, split)
    fit = style_fit(loaded, found, phrases)
    click.echo(f"{fit.style.phrases} phrases, {fit.style.notes} notes; bits per note:")
    for label, each in (
        ("null token", fit.null),
        (f"token of {found.nearest}", fit.nearest),
        (f"style {found.name}", fit.style),
    ):
        click.echo(f"  {label:<40} {each.bits_per_note:.3f}")
