"""`violin evaluate composer`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from violin.cli.common.options import data_option, weights_option
from violin.cli.common.warnings import inform, summarize
from violin.files import write_text_whole

if TYPE_CHECKING:
    from models.evaluation.trial import Report


@click.command()
@data_option("The phrase store that `violin prepare` made.")
@weights_option("Weights to use instead of the shipped ones.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path, exists=True), help="Earlier weights to compare with."
)
@click.option("--split", type=click.Choice(["validation", "test"]), default="validation", show_default=True)
@click.option("--per-composer", type=click.IntRange(1), default=100, show_default=True,
              help="Phrases per composer for the bits per note.")  # fmt: skip
@click.option("--answers", type=click.IntRange(1), default=100, show_default=True,
              help="Phrases of each of the eight composers whose middle bars are composed.")  # fmt: skip
@click.option("--candidates", type=click.IntRange(1, 64), default=8, show_default=True,
              help="Also measure the best of this many answers; 1: the first answer only.")  # fmt: skip
@click.option("--mix", help="How the best is chosen, such as judge=1,seam=.2; default: as in submit.")
@click.option("--temperature", type=click.FloatRange(0, 10))
@click.option("--min-p", type=click.FloatRange(0, 1, max_open=True))
@click.option("--guidance", type=click.FloatRange(0, 10))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Markdown file to write; its plots go beside it.",
)
def command(
    data: Path,
    weights: Path | None,
    checkpoint: Path | None,
    split: str,
    per_composer: int,
    answers: int,
    candidates: int,
    mix: str | None,
    temperature: float | None,
    min_p: float | None,
    guidance: float | None,
    out: Path | None,
) -> None:
    """Measure the composer on unseen works, compared with human phrases and simple baselines.

    Prints bits per note (and those of an order-5 n-gram model), the effect of the composer tokens,
    the AUC of a judge trained against this composer only, and style, form and copies of its answers.

    \b
    Example:
      violin evaluate composer --split test --candidates 8 --out docs/composer-figures.md
    """
    from data_prep.corpus.store import PhraseStore
    from models.evaluation.trial import Terms, trial
    from models.generation.sampling import SamplingOptions
    from models.reranking.mixture import Mixture, parse_shares

    given: dict[str, Any] = {"temperature": temperature, "min_p": min_p, "guidance": guidance}
    options = replace(
        SamplingOptions(), **{name: value for name, value in given.items() if value is not None}
    )
    mixture = None
    if candidates > 1:
        mixture = Mixture.shipped(candidates, parse_shares(mix) if mix else None)
    terms = Terms(split, per_composer, answers, mixture, weights, checkpoint, options)
    store = PhraseStore.load(data)
    done = trial(store, terms, lambda name: inform(f"measured: {name}"))
    if out is None:
        click.echo(done.text)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    picture = out.with_suffix(".png")
    drawn = f"\n![AUC of the two-sample test, and form]({picture.name})\n" if _draw(done, picture) else ""
    write_text_whole(out, f"{done.text}\n{drawn}")
    summarize(f"report: {out}")


def _draw(done: Report, picture: Path) -> bool:
    from models.evaluation.plots import draw

    return draw(done.comparison, done.two_sample, picture)
