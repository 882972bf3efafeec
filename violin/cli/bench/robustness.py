"""`violin bench robustness`: the reader, the linter and the fixes against files made to break them."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mutations", type=click.IntRange(0), default=100_000, show_default=True, help="Mutated files to check."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same files.")
@click.option("--fix/--no-fix", default=True, show_default=True, help="Also apply all fixes to each file.")
def command(paths: tuple[Path, ...], mutations: int, seed: int, fix: bool) -> None:
    """Check malformed files: one of each known kind, then mutated copies of good ones.

    PATHS are MIDI files to mutate; without any, a few of the program's own. Each file is linted,
    read as a phrase and as a pair, and mended. Prints what each kind was found to be, the CPU
    seconds and memory of the heaviest, and the tracebacks, which must be none. A mutated file
    in which nothing is found must be a legal one: mido has to read the same events in it.

    Exit code 1 if a file brings a traceback, takes more than a second or 100 MB to lint, if a kind
    ends without its finding, or if mido reads a file without a finding otherwise.

    \b
    Examples:
      violin bench robustness
      violin bench robustness --mutations 1000 --seed 7 answers/composer1/001.mid
    """
    import sys

    from constraints.bench.malformed_midi import kinds
    from constraints.bench.malformed_midi import mutations as mutated_files
    from constraints.bench.mido_check import disagreement
    from constraints.bench.robustness import Endurance, try_bytes
    from constraints.linter.files import collect_rarely

    collect_rarely()  # as `violin lint` does
    faults: list[str] = []
    files = Endurance()
    click.echo(f"{'kind':<34}{'bytes':>10}{'lint s':>8}{'MB':>7}  findings")
    for kind in kinds():
        trial = try_bytes(kind.build(), kind.name, fix=fix, trace=True)
        files.add(trial)
        shown = " ".join(code if code != kind.code else f"[{code}]" for code in trial.codes)
        figures = f"{trial.size:>10}{trial.lint_seconds:>8.3f}{trial.lint_bytes / 1e6:>7.1f}"
        click.echo(f"{kind.name:<34}{figures}  {shown}")
        if kind.code not in trial.codes:
            faults.append(f"{kind.name}: no finding {kind.code}")
    click.echo(files.summary("kinds"))
    faults += files.faults

    files, legal = Endurance(), 0
    originals = tuple(path.read_bytes() for path in paths)
    numbered = enumerate(mutated_files(mutations, seed, originals))
    with click.progressbar(
        numbered, length=mutations, label="mutated files", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        for number, data in bar:
            trial = try_bytes(data, f"mutation {number} of seed {seed}", fix=fix, trace=True)
            files.add(trial)
            if trial.codes or trial.failures:
                continue
            difference = disagreement(data)
            if difference:
                faults.append(f"{trial.name}: without a finding, but {difference}")
            else:
                legal += 1
    click.echo(files.summary("mutated files"))
    click.echo(f"of {files.without_finding} mutated files without a finding mido reads {legal} alike")
    faults += files.faults
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)
