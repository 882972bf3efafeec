"""`violin bench fingering`: the search for a fingering beside a violinist's."""

from __future__ import annotations

import click


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False),
    default="../shared/corpus",
    show_default=True,
    help="A folder with the TNUA files in it.",
)
@click.option(
    "--notes", type=click.IntRange(1), default=400, show_default=True, help="The first notes of each piece."
)
def command(corpus: str, notes: int) -> None:
    """Compare `violin fingering` with what one violinist wrote, piece by piece.

    The costs of the search were chosen on 150 notes of each of five of the pieces.

    \b
    Example:
      violin bench fingering --corpus ../shared/corpus
    """
    from pathlib import Path

    from data_prep.repertoire.fingerings import agreement, fingering_files, read_fingering

    files = fingering_files(Path(corpus))
    if not files:
        raise click.UsageError(f"no TNUA file (tnua-fingering/*.csv) below {corpus}")
    total = strings = fingers = 0
    for path in files:
        piece = path.stem.partition("_")[2]
        found = agreement(piece, read_fingering(path)[:notes])
        total += found.notes
        strings += found.strings
        fingers += found.fingers
        shares = f"strings {found.strings / found.notes:.3f}, fingers {found.fingers / found.notes:.3f}"
        click.echo(f"{piece:12} {found.notes:5} notes: {shares}")
    shares = f"strings {strings / total:.3f}, fingers {fingers / total:.3f}"
    click.echo(f"{'all':12} {total:5} notes: {shares}")
