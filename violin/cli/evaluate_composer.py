"""`violin evaluate composer`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path), default=Path("data/phrases"), show_default=True,
    help="The phrase store that `violin prepare` made.",
)  # fmt: skip
@click.option("--weights", type=click.Path(path_type=Path), help="Other weights than the shipped ones.")
@click.option("--split", type=click.Choice(["validation", "test"]), default="validation", show_default=True)
@click.option("--per-composer", type=click.IntRange(1), default=100, show_default=True,
              help="Phrases of each composer for the bits per note.")  # fmt: skip
@click.option("--answers", type=click.IntRange(1), default=20, show_default=True,
              help="Phrases of each composer whose outer bars are answered.")  # fmt: skip
@click.option("--temperature", type=click.FloatRange(0, 10))
@click.option("--guidance", type=click.FloatRange(0, 10))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A markdown file.")
def command(
    data: Path,
    weights: Path | None,
    split: str,
    per_composer: int,
    answers: int,
    temperature: float | None,
    guidance: float | None,
    out: Path | None,
) -> None:
    """Measure the composer on unseen works: bits per note beside an order-5 n-gram's, what the
    composer tokens tell, and the form of its answers beside human phrases and opponents.

    \b
    Example:
      violin evaluate composer --per-composer 100 --out docs/composer.md
    """
    from data_prep.store import PhraseStore
    from models.composer_report import report
    from models.infill import ComposerModel
    from models.sampling import SamplingOptions

    options = SamplingOptions()
    if temperature is not None:
        options = replace(options, temperature=temperature)
    if guidance is not None:
        options = replace(options, guidance=guidance)
    store = PhraseStore.load(data)
    model = ComposerModel.load(weights)
    with click.progressbar(
        length=0, label="answering", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        text = report(
            store,
            model,
            split=split,
            per_composer=per_composer,
            answers_per_composer=answers,
            options=options,
            on_done=lambda: progress.update(1),
        )
    if out is None:
        click.echo(text)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.part")
    aside.write_text(text + "\n", encoding="utf-8")
    aside.replace(out)
    click.echo(f"report: {out}")
