"""Fix files in place, or show what would change."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from violin.cli.common.warnings import inform

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constraints.linter.files import LintJob, Source
    from constraints.linter.reports.base import Report

PIPED = "<stdin>"  # the name of a file that is read from standard input


def fix_files(
    job: LintJob, files: Iterable[Source], report: Report, *, unsafe: bool, diff: bool, backup: bool
) -> int:
    """Fix each file and report the findings that are left, or with `diff` only show the changes. Returns
    how many files changed. A file from standard input goes to standard output, changed or not."""
    from constraints.linter.fix import fix_sources, write_fixed
    from constraints.linter.listing import diff_text
    from violin.errors import printable

    changed = 0
    for fixed in fix_sources(job, files, unsafe=unsafe):
        source, name = fixed.source, printable(fixed.source.name)
        for code in fixed.refused:
            inform(f"{name}: {code} is not fixed: the fix would change what sounds, or would not help")
        if fixed.before is not None and fixed.after is not None and fixed.before != fixed.after:
            changed += 1
            if diff:
                click.echo(diff_text(fixed.before, fixed.after, name), nl=False)
            elif source.path is None and source.name != PIPED:
                raise click.UsageError(f"{source.name}: only a file on disk can be fixed; save or unpack it")
            elif source.path is not None:
                write_fixed(source.path, fixed.after, backup=backup)
        if source.name == PIPED and not diff and fixed.after is not None:
            sys.stdout.buffer.write(fixed.after)
            fixed = fixed._replace(source=source._replace(data=fixed.after))
        if diff and fixed.before is not None:
            report.files += 1
        else:
            report.add(source.name, fixed.findings(job))
    return changed
