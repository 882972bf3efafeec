"""`violin bench robustness`: the reader, the linter and the fixes against files made to break them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from violin.cli.common.progress import counted

if TYPE_CHECKING:
    from constraints.bench.robustness import Trials

_LARGE_BYTES = 20_000  # beyond that a file is linted and read, but neither fixed nor traced


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mutations", type=click.IntRange(0), default=100_000, show_default=True, help="Mutated files to check."
)
@click.option(
    "--structured", type=click.IntRange(0), default=20_000, show_default=True, help="Extreme files to check."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same files.")
@click.option("--fix/--no-fix", default=True, show_default=True, help="Also apply all fixes to each file.")
def command(paths: tuple[Path, ...], mutations: int, structured: int, seed: int, fix: bool) -> None:
    """Check malformed files: one of each known kind, mutated copies of good ones, and well-formed files
    with extreme contents.

    PATHS are MIDI files to mutate; without any, a few of the program's own. Each file is linted,
    read as a phrase and as a pair, and fixed. Prints the findings of each kind, the CPU seconds
    and memory of the heaviest, and the tracebacks, of which there must be none. A file without findings
    must be legal: mido has to read the same events in it.

    Exit code 1 if a file causes a traceback, takes more than a second (two for an extreme file) or
    100 MB to lint, if a kind lacks its expected finding, if mido reads other events in a file without
    findings, or if the whole process holds more than 300 MB.

    \b
    Examples:
      violin bench robustness
      violin bench robustness --mutations 1000 --structured 0 --seed 7 answers/composer1/001.mid
    """
    import sys

    from constraints.bench.malformed_midi import kinds
    from constraints.bench.mutations import mutations as mutated_files
    from constraints.bench.robustness import (
        MOST_PROCESS_BYTES,
        MOST_SECONDS_OF_EXTREME_FILES,
        Trials,
        peak_process_bytes,
        try_bytes,
    )
    from constraints.bench.structured_midi import structured_files
    from constraints.linter.files import collect_rarely

    collect_rarely()  # as `violin lint` does
    faults: list[str] = []
    files = Trials()
    click.echo(f"{'kind':<42}{'bytes':>10}{'lint s':>8}{'MB':>7}  findings")
    for kind in kinds():
        trial = try_bytes(kind.build(), kind.name, fix=fix, trace=True)
        files.add(trial)
        shown = " ".join(code if code != kind.code else f"[{code}]" for code in trial.codes)
        figures = f"{trial.size:>10}{trial.lint_seconds:>8.3f}{trial.lint_bytes / 1e6:>7.1f}"
        click.echo(f"{kind.name:<42}{figures}  {shown}")
        if kind.code not in trial.codes:
            faults.append(f"{kind.name}: no finding {kind.code}")
    click.echo(files.summary("kinds"))
    faults += files.faults

    originals = tuple(path.read_bytes() for path in paths)
    mutated, extreme = mutated_files(mutations, seed, originals), structured_files(structured, seed)
    faults += _try_all(mutated, Trials(), mutations, f"mutation {{}} of seed {seed}", fix)
    files = Trials(MOST_SECONDS_OF_EXTREME_FILES)
    faults += _try_all(extreme, files, structured, f"extreme file {{}} of seed {seed}", fix)
    peak_bytes = peak_process_bytes()
    click.echo(f"the whole process held at most {peak_bytes / 1e6:.0f} MB")
    if peak_bytes > MOST_PROCESS_BYTES:
        faults.append(f"the whole process held {peak_bytes / 1e6:.0f} MB")
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)


def _try_all(made: Iterable[bytes], files: Trials, count: int, name: str, fix: bool) -> Iterator[str]:
    """Try each file, print the summary, and yield the faults."""
    from constraints.bench.mido_check import disagreement
    from constraints.bench.robustness import try_bytes

    what = f"{name.split(' {}')[0]}s"
    legal = 0
    for number, data in enumerate(counted(made, count, what)):
        is_small = len(data) < _LARGE_BYTES
        trial = try_bytes(data, name.format(number), fix=fix and is_small, trace=is_small)
        files.add(trial)
        if trial.codes or trial.failures:
            continue
        difference = disagreement(data)
        if difference:
            yield f"{trial.name}: without a finding, but {difference}"
        else:
            legal += 1
    click.echo(files.summary(what))
    click.echo(f"mido reads the same events in {legal} of {files.without_finding} {what} without a finding")
    yield from files.faults
