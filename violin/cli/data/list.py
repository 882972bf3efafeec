"""`violin data list`: the catalogue of sources."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with a manifest.csv: count its files by source and check them.",
)
@click.option(
    "--music21/--no-music21", default=True, help="Count and check music21's own corpus (default: yes)."
)
def command(corpus: Path | None, music21: bool) -> None:
    """List the sources of the catalogue with their licences.

    With --corpus, also count the files of each source and compare them with the catalogue's checksum:
    prints `as recorded`, or `CHANGED` with exit code 1.

    \b
    Examples:
      violin data list
      violin data list --corpus ../shared/corpus
    """
    from data_prep.readers.catalogue import (
        checksum_of,
        installed_commit,
        manifest_entries,
        music21_entries,
        sources,
    )

    entries = (manifest_entries(corpus) if corpus else []) + (music21_entries() if music21 else [])
    changed = 0
    for source in sources():
        own = [entry for entry in entries if entry.source == source.name]
        click.secho(source.name, bold=True)
        click.echo(f"  {source.holds}")
        click.echo(f"  {source.url} at {source.commit}")
        click.echo(f"  licence: {source.licence}")
        click.echo(f"  cite: {source.citation}")
        if own:
            files, checksum = checksum_of(own)
            here = installed_commit(source)
            same = (files, checksum) == (source.files, source.checksum)
            changed += not same and here == source.commit
            state = "as recorded" if same else "CHANGED" if here == source.commit else f"version {here}"
            click.echo(f"  {files} files, {state} (sha256 {checksum[:16]}…)")
        else:
            click.echo(f"  {source.files} files recorded, none here")
    unlisted = sorted({entry.source for entry in entries} - {source.name for source in sources()})
    for name in unlisted:
        click.echo(f"{name}: not in the catalogue")
    if changed or unlisted:
        raise click.exceptions.Exit(1)
