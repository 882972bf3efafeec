"""`violin bench hostile`: the reader, the linter and the fixes against files made to break them."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="hostile")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mutations", type=click.IntRange(0), default=100_000, show_default=True, help="Mutated files to check."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same files.")
@click.option("--fix/--no-fix", default=True, show_default=True, help="Also apply all fixes to each file.")
def command(paths: tuple[Path, ...], mutations: int, seed: int, fix: bool) -> None:
    """Check hostile files: one of each known kind, then mutated copies of good ones.

    PATHS are MIDI files to mutate; without any, a few of the program's own. Each file is linted,
    read as a phrase and as a pair, and mended. Prints what each kind was found to be, the CPU
    seconds and memory of the heaviest, and the tracebacks, which must be none.

    Exit code 1 if a file brings a traceback, takes more than a second or 100 MB to lint, or if a
    kind ends without its finding.

    \b
    Examples:
      violin bench hostile
      violin bench hostile --mutations 1000 --seed 7 answers/composer1/001.mid
    """
    import sys

    from constraints.endurance import Endurance, peak_bytes, try_bytes
    from violin.hostile import kinds
    from violin.hostile import mutations as mutated_files

    faults: list[str] = []
    files = Endurance()
    click.echo(f"{'kind':<34}{'bytes':>10}{'lint s':>8}{'MB':>7}  findings")
    for kind in kinds():
        data = kind.build()
        trial = try_bytes(data, kind.name, fix=fix)
        memory = peak_bytes(data, kind.name)
        files.add(trial, memory)
        shown = " ".join(code if code != kind.code else f"[{code}]" for code in trial.codes)
        click.echo(f"{kind.name:<34}{trial.size:>10}{trial.lint_seconds:>8.3f}{memory / 1e6:>7.1f}  {shown}")
        if kind.code not in trial.codes:
            faults.append(f"{kind.name}: no finding {kind.code}")
    click.echo(files.summary("kinds"))
    faults += files.faults

    files = Endurance()
    originals = tuple(path.read_bytes() for path in paths)
    numbered = enumerate(mutated_files(mutations, seed, originals))
    with click.progressbar(
        numbered, length=mutations, label="mutated files", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        for number, data in bar:
            files.add(try_bytes(data, f"mutation {number} of seed {seed}", fix=fix))
    click.echo(files.summary("mutated files"))
    faults += files.faults
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(1 if faults else 0)
