"""`violin evaluate style`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import weights_option

ALL_WEIGHTS_RATE = 2e-4  # a tenth of a style's learning rate


@click.command()
@click.argument("style", type=click.Path(path_type=Path))
@click.argument("scores", required=False, type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path),
              help="Phrase store of `violin prepare` to use instead of SCORES; needs --source.")  # fmt: skip
@click.option("--source", help="The composer in the store of --data.")
@click.option("--split", type=click.Choice(["validation", "test"]), default="test", show_default=True)
@weights_option("Weights instead of the shipped ones.")
@click.option("--all-weights", "minutes", type=click.FloatRange(0, min_open=True), metavar="MINUTES",
              help="With --data: also train all weights, for this much processor time.")  # fmt: skip
def command(
    style: Path,
    scores: Path | None,
    data: Path | None,
    source: str | None,
    split: str,
    weights: Path | None,
    minutes: float | None,
) -> None:
    """Measure a style on pieces that it did not learn from.

    Prints the bits per note of inner bars with the style, and with the weights as they are: with the null
    token and with the token of the nearest composer. --all-weights compares the style with training
    everything on the same phrases.

    \b
    Examples:
      violin evaluate style mazas.safetensors unseen-scores/
      violin evaluate style telemann.safetensors --data data/phrases --source telemann
    """
    if (scores is None) == (data is None) or (data is None) != (source is None):
        raise click.UsageError("legal: a folder SCORES, or --data and --source")
    if minutes and data is None:
        raise click.UsageError("--all-weights is legal with --data, which has the training phrases")
    import time

    from data_prep.corpus.own_scores import phrases_of_scores, phrases_of_source
    from models.composer.checkpoint import SHIPPED_WEIGHTS, load_weights
    from models.composer.style import load_style
    from models.evaluation.style_fit import style_fit, weights_fit
    from models.training.adapt import AdaptOptions, train_all

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
    if minutes and data is not None and source is not None:
        options = AdaptOptions(minutes=minutes, learning_rate=ALL_WEIGHTS_RATE, clock=time.process_time)
        trained, token = train_all(loaded, phrases_of_source(data, source, "train"), options)
        label = f"all weights, token of {token}"
        click.echo(f"  {label:<40} {weights_fit(trained, token, phrases).bits_per_note:.3f}")
