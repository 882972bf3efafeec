"""`violin bench lint`: the linter's speed."""

from __future__ import annotations

import click


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--phrases",
    type=click.IntRange(1),
    default=1_600,
    show_default=True,
    help="Files for the comparison with mido.",
)
@click.option(
    "--rounds", type=click.IntRange(1), default=3, show_default=True, help="Rounds; the fastest counts."
)
@click.option(
    "--grow",
    multiple=True,
    type=click.IntRange(1),
    help="Also lint a folder of this many files; repeatable.",
)
def command(phrases: int, rounds: int, grow: tuple[int, ...]) -> None:
    """Time the linter, mido's parser, the start of a process, and folders of growing size.

    \b
    Examples:
      violin bench lint
      violin bench lint --grow 100 --grow 1000 --grow 10000 --grow 100000
    """
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from constraints.bench.lint_speed import growth, made_phrases, race, starts

    files = made_phrases(phrases)
    result = race(files, rounds)
    each = result.lint_seconds / result.files * 1e6
    click.echo(f"{result.files} files of {result.mean_bytes:.0f} bytes on one core, best of {rounds} rounds:")
    click.echo(f"  all rules       {result.lint_seconds:6.3f} s   {each:5.0f} µs a file")
    click.echo(
        f"  mido, parsing   {result.mido_seconds:6.3f} s   {result.mido_seconds / result.files * 1e6:5.0f} µs"
    )
    click.echo(f"  ratio           {result.ratio:6.2f}")
    with TemporaryDirectory() as folder:
        one = Path(folder) / "one.mid"
        one.write_bytes(files[0])
        click.echo("from the start of a process to its end:")
        for start in starts(one, 3 * rounds):
            click.echo(
                f"  {start.label:20} {start.seconds * 1e3:6.0f} ms   {start.times_bare:4.1f} times bare"
            )
        if grow:
            click.echo("one process over a folder:")
            for row in growth(files, sorted(grow), Path(folder)):
                each = row.seconds / row.files * 1e6
                figures = f"{row.seconds:8.2f} s {each:7.0f} µs a file {row.peak_mib:6.0f} MiB"
                click.echo(f"  {row.files:7} files {figures}")
