"""`violin bench fingering`: the search for a fingering compared with scale books and a violinist."""

from __future__ import annotations

import click

_CAPRICES = ("O1__Caprice_3__*.mid", "O1__Caprice_23__*.mid", "O1__Caprice_24__*.mid")  # of Mutopia


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False),
    default="../shared/corpus",
    show_default=True,
    help="A folder with the TNUA files in it.",
)
@click.option(
    "--bars", type=click.IntRange(0), default=4, show_default=True, help="Bars of each caprice; 0: none."
)
def command(corpus: str, bars: int) -> None:
    """Compare the fingerings of `violin fingering` with scale books and with violinists.

    Prints how many double stops of scales in thirds, sixths, octaves and tenths are fingered as in scale
    books; on how many notes of the TNUA dataset string, finger and position are the violinist's, separately
    for the pieces on which the weights were fitted and for the others; the time per onset; and the first
    bars of three of Paganini's caprices, for a violinist to read.

    \b
    Example:
      violin bench fingering --corpus ../shared/corpus
    """
    import time
    from pathlib import Path

    from constraints.bench.double_stops import KEYS, OTHER_KEYS, STEPS, scale_report
    from constraints.linter.files import Source
    from data_prep.repertoire.fingerings import (
        FITTED_PIECES,
        agreement,
        fingering_files,
        piece_of,
        read_fingering,
        total,
    )
    from violin.cli.fingering import as_text, fingered

    for kind in STEPS:
        for keys in (KEYS, OTHER_KEYS):
            reports = [scale_report(kind, key) for key in keys]
            standard, stops = sum(r.standard for r in reports), sum(r.stops for r in reports)
            click.echo(f"{kind:8} {standard} of {stops} as taught in {', '.join(keys)} major")
    files = fingering_files(Path(corpus))
    if not files:
        raise click.UsageError(f"no TNUA file (tnua-fingering/*.csv) below {corpus}")
    pieces = {path: read_fingering(path) for path in files}
    started = time.process_time()
    found = {path: agreement(notes) for path, notes in pieces.items()}
    seconds = time.process_time() - started
    for path, one in found.items():
        click.echo(f"{path.stem:16} {one.notes:5} notes: {one}")
    fitted = {path for path in files if piece_of(path) in FITTED_PIECES}
    for name, chosen in (("fitted", fitted), ("held out", set(files) - fitted), ("all", set(files))):
        some = total(found[path] for path in chosen)
        click.echo(f"{name:16} {some.notes:5} notes: {some}")
    onsets = total(found.values()).notes
    click.echo(f"{1000 * seconds / max(onsets, 1):.3f} ms an onset (processor time)")
    found_files = [path for name in _CAPRICES for path in sorted(Path(corpus).glob(f"**/{name}"))]
    for caprice in found_files if bars else ():
        hand_path, rows = fingered(Source(str(caprice), caprice))
        click.echo(f"\n{caprice.name}, {hand_path.shifts} changes of position")
        click.echo(as_text(hand_path, [onset for onset in rows if onset.bar <= bars]).rpartition("\n")[0])
