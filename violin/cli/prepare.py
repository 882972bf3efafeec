"""`violin prepare`: scores to a phrase store."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.music_values import ComposerType
from violin.cli.common.progress import StageProgress
from violin.cli.common.warnings import inform, summarize


@click.command()
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of scores with a manifest.csv; repeatable.",
)
@click.option(
    "--music21/--no-music21",
    default=None,
    help="Read the scores that come with music21 (default: yes).",
)
@click.option(
    "--other-instruments/--no-other-instruments",
    default=None,
    help="Also read violas, cellos, winds and voices, moved into the violin's range, for training "
    "(default: no).",
)
@click.option(
    "--add",
    "added",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of your own scores, all by --composer; added to the store.",
)
@click.option(
    "--composer",
    type=ComposerType("other"),
    help="Composer of the scores in --add: one of the eight, or other.",
)
@click.option(
    "--out",
    default=Path("data/phrases"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the store.",
)
@click.option(
    "--cache",
    default=Path("data/cache"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Cache of the scores read; a killed run continues from it.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), help="Number of reading processes (default: one per core)."
)
@click.option(
    "--time-limit",
    default=120.0,
    show_default=True,
    type=click.FloatRange(min=1),
    help="Most seconds to spend on one file.",
)
@click.option(
    "--memory-limit",
    default=1_000,
    show_default=True,
    type=click.IntRange(min=64),
    help="Most megabytes of memory for one file (on Linux).",
)
@click.option(
    "--windows/--no-windows", default=True, help="Also store overlapping windows for training (default: yes)."
)
def command(
    corpora: tuple[Path, ...],
    music21: bool | None,
    other_instruments: bool | None,
    added: Path | None,
    composer: str | None,
    out: Path,
    cache: Path,
    workers: int | None,
    time_limit: float,
    memory_limit: int,
    windows: bool,
) -> None:
    """Turn scores into a store of phrases to train on.

    Reads Humdrum, MusicXML, ABC and MIDI, finds the violin parts, cuts them into phrases of 8
    to 16 bars in 3/4 or 4/4, drops copies and splits the works into training, validation and
    test. Music in other meters is rewritten in 3/4 or 4/4, for training only. A file that cannot
    be read does not stop the run; it is listed with the reason.

    \b
    Examples:
      violin prepare
      violin prepare --corpus ../shared/corpus
      violin prepare --corpus ../shared/corpus --other-instruments
      violin prepare --add my-scores --composer sarasate
    """
    if (added is None) != (composer is None):
        raise click.UsageError(
            "--add and --composer go together: violin prepare --add DIR --composer sarasate"
        )
    from constraints.linter.finding import counted
    from data_prep.corpus.prepare import Inputs, Options, prepare

    inputs = Inputs.chosen(out, corpora, music21, added, composer or "other", other_instruments)
    with StageProgress() as stages:
        options = Options(cache, workers, time_limit, windows, memory_limit * 1_000_000)
        made = prepare(inputs, options, stages.update)
    made.store.save(out)
    for refusal in made.refusals:
        inform(f"refused {refusal.path}: {refusal.reason}")
    more = f", {made.moved} phrases and windows of other instruments" if made.moved else ""
    summarize(
        f"{out}: {counted(made.phrases, 'phrase')}, {counted(made.rebarred, 'rebarred phrase')} and "
        f"{counted(made.windows, 'window')} from {counted(made.parts, 'violin part')}{more}; "
        f"{counted(len(made.refusals), 'file')} refused. "
        f"See: violin data report --store {out}"
    )
