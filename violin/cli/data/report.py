"""`violin data report`: what a phrase store holds."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.warnings import summarize
from violin.files import write_text_whole


@click.command()
@click.option(
    "--store",
    default=Path("data/phrases"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder of the phrase store.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report to this markdown file (default: print it).",
)
@click.option("--plots", is_flag=True, help="Draw plots beside --out; needs matplotlib.")
def command(store: Path, out: Path | None, plots: bool) -> None:
    """Describe a phrase store: bars, keys, ranges, stops, drops by reason.

    \b
    Examples:
      violin data report
      violin data report --out reports/data.md --plots
    """
    if plots and not out:
        raise click.UsageError("--plots needs --out: the pictures are written beside the report")
    from data_prep.corpus.store import PhraseStore
    from data_prep.report.report import report

    loaded = PhraseStore.load(store)
    if not out:
        click.echo(report(loaded), nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    names = []
    if plots:
        from data_prep.report.plots import draw

        names = draw(loaded, out.parent)
    write_text_whole(out, report(loaded, names))
    summarize(f"{out}: report of {len(loaded)} phrases and windows")
