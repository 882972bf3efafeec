"""`violin novelty`: what phrases copy from the training music."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--outer-bars", default=1, show_default=True, help="Given bars on each side, left out.")
@click.option("--top", default=10, show_default=True, help="List so many of the closest phrases.")
@click.option("--index", "index_path", type=click.Path(path_type=Path, dir_okay=False), help="Another index.")
def command(paths: tuple[Path, ...], outer_bars: int, top: int, index_path: Path | None) -> None:
    """Report what phrases copy from the training music, whatever the key.

    PATHS are MIDI files, folders and zips. A copied run is a stretch of notes with the intervals
    and the rhythm of a training work. The index of the shipped composer's training music holds
    fingerprints only; `violin train index` makes one of your own.

    \b
    Examples:
      violin novelty answers
      violin novelty generator_output_final.zip --top 20
    """
    from models.evaluation.novelty_report import report_novelty
    from models.novelty import HIT_NOTES, SHIPPED_INDEX, RunIndex
    from violin.archives import read_members
    from violin.errors import MidiError
    from violin.midi import read_phrase

    index = RunIndex.load(index_path or SHIPPED_INDEX)
    named, unread = [], 0
    for path in paths:
        if path.is_dir() or path.suffix.lower() == ".zip":
            wanted = read_members(path, lambda name: name.lower().endswith((".mid", ".midi")))
            files = [(f"{path}/{m.name}", m.data) for m in wanted if m.data]
        else:
            files = [(str(path), path.read_bytes())]
        for name, data in files:
            try:
                named.append((name, read_phrase(data, name)))
            except MidiError as error:
                unread += 1
                click.echo(f"Warning: {error}", err=True)
    report = report_novelty(index, named, outer_bars)
    for name, run in report.closest(top):
        click.echo(
            f"{name}: {run.notes} notes ({run.share:.0%} of the inner notes), "
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
