"""`violin judge`: the probability that a human composed each phrase."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from violin.cli.common.music_values import ComposerType
from violin.cli.common.phrase_files import phrase_files
from violin.cli.common.progress import progress
from violin.cli.common.stopping import stoppable
from violin.cli.common.warnings import warn
from violin.files import write_whole

MODES = ("positives-only", "self-negatives", "open")


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, allow_dash=True)
)
@click.option(
    "--composer",
    type=ComposerType(),
    help="The composer whose style the phrases claim to have. Default: from folder names (composerN or a "
    "name).",
)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="self-negatives",
    show_default=True,
    help="What the judge was trained on: human phrases only; human phrases and machine-like phrases "
    "made from them; or also the output of other generators.",
)
@click.option(
    "--output",
    type=click.Choice(("probability", "official")),
    default="probability",
    show_default=True,
    help="probability: calibrated; official: rounded to 1 or 0 at equal priors. The official score, mean "
    "HCS of human phrases + mean (1 - HCS) of machine phrases, is linear in HCS: 1 or 0 maximises it.",
)
@click.option("--explain", is_flag=True, help="Name the five features that moved each judgement most.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "scores")),
    default="text",
    show_default=True,
    help="text: score and file name; json; scores: one number per line with CRLF, as in composerN.txt.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to FILE instead of stdout."
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Your own judge, made by `violin train judge`.",
)
@click.option("--part", help="The part of a MusicXML score: its name, or its number from 1.")
@click.option(
    "--workers",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Number of processes; 0: all cores.",
)
@click.option(
    "--backend",
    type=click.Choice(["loky", "dask"]),
    default="loky",
    show_default=True,
    help="This machine's cores, or a cluster; see docs/scale.md.",
)
def command(
    paths: tuple[Path, ...],
    composer: str | None,
    mode: str,
    output: str,
    explain: bool,
    form: str,
    out: Path | None,
    weights: Path | None,
    part: str | None,
    workers: int,
    backend: str,
) -> None:
    """Estimate the probability, 0 to 1, that a human composed each phrase.

    PATHS are MIDI files, MusicXML or ABC scores, folders or zips of MIDI files, or - for standard input;
    files are judged in numeric order. A file that cannot be read gets 0.500, a warning on stderr and exit
    code 1.

    \b
    Examples:
      violin judge phrase.mid --composer bach --explain
      violin judge composer4/ --composer paganini --format scores --out composer4.txt
      violin judge judge_evaluation_dataset_final.zip --format json
    """
    from models.judge.predict import Question, judge_files, rendered
    from submission.judge import judge_over_workers

    files = phrase_files(paths, part)
    if not files:
        raise click.UsageError(f"no MIDI file in {', '.join(map(str, paths))}")
    if composer is None:
        lost = [found.name for found in files if found.composer is None]
        if lost:
            raise click.UsageError(f"{lost[0]}: its folders do not name a composer; give --composer SLUG")
    question = Question(composer, mode, output, explain, weights)
    try:
        judge_files(question, files[:0])  # weights that cannot be used fail here, before the work
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with stoppable("Nothing is written."), progress(len(files), "judging") as bar:
        judgements = judge_over_workers(question, files, workers, backend, bar.update)
    warn((f"{one.warning}: 0.500" for one in judgements if one.warning), "--format json lists all")
    data = rendered(judgements, form)
    if out is None:
        click.echo(data, nl=False)
    else:
        write_whole(out, data)
    if any(judgement.warning for judgement in judgements):
        sys.exit(1)
