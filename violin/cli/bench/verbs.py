"""`violin bench verbs`: every verb that reads MIDI files, tried with malformed and extreme files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from violin.cli.common.progress import progress


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--files", type=click.IntRange(0), default=20_000, show_default=True, help="Extreme files to try."
)
@click.option(
    "--mutations", type=click.IntRange(0), default=0, show_default=True, help="Mutated files to try."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same files.")
def command(paths: tuple[Path, ...], files: int, mutations: int, seed: int) -> None:
    """Give malformed and extreme files to lint, compose, judge, novelty, verify and fingering.

    The files are PATHS, one of each known malformed kind, well-formed files with extreme contents (long
    waits, odd meters, many tracks, piles of notes), and mutated copies of good files. For compose a file
    is read as a pair and turned into a prompt. Prints the longest processor time of each verb.

    Exit code 1 if a verb fails with an error that is not a ViolinError or takes more than 2 s for a file,
    or if the process holds more than 300 MB.

    \b
    Examples:
      violin bench verbs
      violin bench verbs --files 0 heavy/*.mid
    """
    from constraints.bench.malformed_midi import kinds
    from constraints.bench.mutations import mutations as mutated_files
    from constraints.bench.robustness import MOST_PROCESS_BYTES, peak_process_bytes
    from constraints.bench.structured_midi import structured_files
    from submission.bench.verb_robustness import try_verbs

    malformed = kinds()

    def made() -> Iterator[tuple[str, bytes]]:
        yield from ((path.name, path.read_bytes()) for path in paths)
        yield from ((kind.name, kind.build()) for kind in malformed)
        for number, data in enumerate(structured_files(files, seed)):
            yield f"extreme file {number} of seed {seed}", data
        for number, data in enumerate(mutated_files(mutations, seed)):
            yield f"mutation {number} of seed {seed}", data

    def counted() -> Iterator[tuple[str, bytes]]:
        with progress(len(paths) + len(malformed) + files + mutations, "trying") as bar:
            for each in made():
                yield each
                bar.update(1)

    result = try_verbs(counted())
    for verb, worst in result.worst.items():
        longest = f"at most {worst.seconds:.2f} s ({worst.name})"
        click.echo(f"{verb:10} {worst.files} files, {worst.refused} refused, {longest}")
    peak_bytes = peak_process_bytes()
    click.echo(f"the whole process held at most {peak_bytes / 1e6:.0f} MB")
    faults = list(result.faults)
    if peak_bytes > MOST_PROCESS_BYTES:
        faults.append(
            f"the whole process held {peak_bytes / 1e6:.0f} MB; legal: {MOST_PROCESS_BYTES / 1e6:.0f}"
        )
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)
