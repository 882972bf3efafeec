"""`violin novelty`: what phrases copy from the training music."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
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
def command(paths: tuple[Path, ...], outer_bars: int, top: int, index_path: Path | None) -> None:
    """Report what phrases copy from the training music, in any key.

    PATHS are MIDI files, folders and zips. A copied run is a stretch of notes with the intervals
    and the rhythm of a training work. The index of the shipped composer's training music holds
    fingerprints only; `violin train index` makes one of your own.

    \b
    Examples:
      violin novelty answers
      violin novelty generator_output_final.zip --top 20

    Exit codes: 0 all phrases were read, 1 some could not be, 2 nothing was measured.
    """
    from models.evaluation.novelty_report import report_novelty
    from models.judge.files import midi_files
    from models.novelty import HIT_NOTES, SHIPPED_INDEX, RunIndex
    from violin.errors import MidiError, printable

    index = RunIndex.load(index_path or SHIPPED_INDEX)
    named, unread = [], 0
    files = [found for path in paths for found in midi_files(path)]
    if not files:
        raise click.UsageError(f"no MIDI file in {', '.join(map(str, paths))}")
    for found in files:
        try:
            named.append((found.name, found.phrase_on_grid()))
        except MidiError as error:
            unread += 1
            click.echo(f"Warning: {printable(str(error))}", err=True)
    report = report_novelty(index, named, outer_bars)
    for name, run in report.closest(top):
        click.echo(
            f"{printable(name)}: {run.notes} notes ({run.share:.0%} of the inner notes), "
            f"as in {run.work} from bar {run.bar}"
        )
    norm = report.norm
    click.echo(f"{len(named)} phrases against {len(index.names)} training works:")
    click.echo(f"  copy half of their inner notes: {report.half_copied:.1%} (humans {norm.half_copied:.1%})")
    click.echo(f"  SIM@90 {report.sim_90:.1%} (humans 10%), SIM@95 {report.sim_95:.1%} (humans 5%)")
    for count, ours, theirs in zip(HIT_NOTES, report.hit_rates, norm.hit_rates, strict=True):
        click.echo(f"  runs of {count} notes that stand in one work: {ours:.1%} (humans {theirs:.1%})")
    longest = max(report.familiar, default=0)
    click.echo(f"  longest familiar run: {longest} notes (the copy guard stops at {norm.limit_notes})")
    if unread:
        raise SystemExit(1)
