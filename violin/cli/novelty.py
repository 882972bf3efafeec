"""`violin novelty`: what phrases copy from the training music."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from violin.cli.common.phrase_files import phrase_files
from violin.cli.common.warnings import inform, say, summarize

if TYPE_CHECKING:
    from models.evaluation.novelty_report import NoveltyReport


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, allow_dash=True)
)
@click.option(
    "--outer-bars",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Number of given bars on each side; they are not measured.",
)
@click.option(
    "--top",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="How many of the closest phrases to list.",
)
@click.option(
    "--index",
    "index_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Index to use instead of the shipped one.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="text: the closest phrases and a summary; json: one object, with every phrase.",
)  # fmt: skip
@click.option("--part", help="The part of a MusicXML score: its name, or its number from 1.")
def command(
    paths: tuple[Path, ...],
    outer_bars: int,
    top: int,
    index_path: Path | None,
    form: str,
    part: str | None,
) -> None:
    """Report what phrases copy from the training music, in any key.

    PATHS are MIDI files, MusicXML or ABC scores, folders or zips of MIDI files, or - for standard input. A
    copied run is a stretch of notes with the intervals and the rhythm of a training work. The index of the
    shipped composer's training music holds fingerprints only; `violin train index` makes one of your own.

    \b
    Examples:
      violin novelty answers
      violin novelty generator_output_final.zip --top 20
      violin novelty answers --format json > novelty.json

    Exit codes: 0 all phrases were read, 1 some could not be, 2 nothing was measured.
    """
    from models.evaluation.novelty_report import report_novelty
    from models.novelty import SHIPPED_INDEX, RunIndex
    from violin.errors import MidiError

    index = RunIndex.load(index_path or SHIPPED_INDEX)
    files = phrase_files(paths, part)
    if not files:
        raise click.UsageError(f"no MIDI file in {', '.join(map(str, paths))}")
    named, unread = [], []
    for found in files:
        try:
            named.append((found.name, found.phrase_on_grid()))
        except MidiError as error:
            unread.append(str(error))
            inform(f"Warning: {error}")
    report = report_novelty(index, named, outer_bars)
    if form == "json":
        import json

        click.echo(json.dumps({**_facts(report), "works": len(index.names), "unread": unread}, indent=1))
    else:
        _print(report, len(index.names), top)
    if unread:
        raise SystemExit(1)


def _print(report: NoveltyReport, works: int, top: int) -> None:
    """The closest phrases, and the figures of all."""
    from models.novelty import HIT_NOTES

    for name, run in report.closest(top):
        copied = f"{run.notes} notes ({run.share:.0%} of the inner notes)"
        say(f"{name}: {copied}, as in {run.work} from bar {run.bar}")
    norm = report.norm
    count = len(report.names)
    summarize(f"{count} phrase{'' if count == 1 else 's'} compared with {works} training works:")
    summarize(f"  copy half of their inner notes: {report.half_copied:.1%} (humans {norm.half_copied:.1%})")
    summarize(f"  SIM@90 {report.sim_90:.1%} (humans 10%), SIM@95 {report.sim_95:.1%} (humans 5%)")
    for notes, ours, theirs in zip(HIT_NOTES, report.hit_rates, norm.hit_rates, strict=True):
        summarize(f"  runs of {notes} notes that occur in one work: {ours:.1%} (humans {theirs:.1%})")
    longest = max(report.familiar, default=0)
    summarize(f"  longest familiar run: {longest} notes (the copy guard stops at {norm.limit_notes})")


def _facts(report: NoveltyReport) -> dict[str, Any]:
    """The report as plain JSON values; shares are from 0 to 1."""
    from models.novelty import HIT_NOTES

    norm = report.norm
    phrases = [
        {
            "file": name,
            "longest_familiar_run": familiar,
            "copied": run and {"notes": run.notes, "share": run.share, "work": run.work, "bar": run.bar},
        }
        for name, run, familiar in zip(report.names, report.runs, report.familiar, strict=True)
    ]
    return {
        "phrases": phrases,
        "half_copied": report.half_copied,
        "sim_90": report.sim_90,
        "sim_95": report.sim_95,
        "hit_rates": dict(zip(map(str, HIT_NOTES), report.hit_rates, strict=True)),
        "humans": {
            "half_copied": norm.half_copied,
            "hit_rates": dict(zip(map(str, HIT_NOTES), norm.hit_rates, strict=True)),
            "limit_notes": norm.limit_notes,
        },
    }
