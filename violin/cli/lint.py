"""`violin lint`: check MIDI files and fix them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from violin.cli.common.scores import score_parts, score_sources, split_scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constraints.linter.files import LintJob, Source
    from constraints.linter.finding import Finding
    from constraints.linter.report import Report
    from constraints.linter.selection import Selection
    from data_prep.readers.score_file import ScorePart
    from violin.settings import LintSettings


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, metavar="PATHS...")
@click.option(
    "--profile",
    type=click.Choice(["submission", "prompt", "corpus"]),
    help="What the files are: answers to the challenge (the default), given pairs, or human music.",
)
@click.option(
    "--given", type=click.Path(exists=True), help="The pair that the file answers, or a dataset of them."
)
@click.option(
    "--select", multiple=True, metavar="CODES", help="Run only these rules: codes, prefixes or names."
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODES",
    help="Skip these rules, in addition to those in the settings file.",
)
@click.option(
    "--severity",
    multiple=True,
    metavar="CODE=LEVEL",
    help="Set a rule's severity: off, info, warning or error.",
)
@click.option(
    "--lowest-pitch",
    type=click.Choice(["43", "55"]),
    help="Lowest legal pitch. Item 4 says 'G3 (note 43)'; the open G string is 55.",
)
@click.option("--fix", is_flag=True, help="Make the fixes that do not change what sounds.")
@click.option("--unsafe-fixes", is_flag=True, help="Make all fixes, also those that change what sounds.")
@click.option("--diff", is_flag=True, help="Show what --fix (or --unsafe-fixes) would change; write nothing.")
@click.option("--backup", is_flag=True, help="Keep each original that is fixed as NAME.bak.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="Output format of the findings.",
)
@click.option(
    "--output-file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report there."
)
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False),
              help="A file of accepted findings, which are left out.")  # fmt: skip
@click.option("--write-baseline", is_flag=True, help="Accept all that is found: write it to --baseline.")
@click.option("--show-settings", is_flag=True, help="Print the settings that hold here, and stop.")
@click.option("--statistics", is_flag=True, help="Count findings by rule instead of listing them.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if something is found.")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False),
    help="Settings file: a violin.toml or setup.cfg.",
)
@click.option("--part", help="The part of a MusicXML score to check: its name, or its number from 1.")
@click.option("--jobs", type=click.IntRange(min=1), help="Number of processes; default all cores.")
def command(
    paths: tuple[str, ...],
    profile: str | None,
    given: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: tuple[str, ...],
    lowest_pitch: str | None,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    backup: bool,
    form: str,
    output_file: Path | None,
    baseline: Path | None,
    write_baseline: bool,
    show_settings: bool,
    statistics: bool,
    exit_zero: bool,
    config: str | None,
    part: str | None,
    jobs: int | None,
) -> None:
    """Check that MIDI files are legal and playable.

    PATHS are files, folders, patterns or zips; `-` reads standard input, either the bytes of a MIDI
    file or a list of paths. `violin explain CODE` explains a rule. Settings are read from setup.cfg
    [violin:lint] or violin.toml.

    Exit code: 0 no errors or warnings (infos are allowed), 1 errors or warnings, 2 a usage error.

    \b
    Examples:
      violin lint answers
      violin lint generator_output_final.zip --given generator_evaluation_dataset.zip
      violin lint phrase.mid --fix --backup
      violin lint pairs --profile prompt --format sarif > findings.sarif
    """
    from functools import partial
    from itertools import chain

    from constraints.linter.baseline import Baseline
    from constraints.linter.files import (
        MIDI_SUFFIXES,
        GivenPairs,
        LintJob,
        collect_rarely,
        sources,
        standard_input,
    )
    from constraints.linter.finding import Profile
    from constraints.linter.report import REPORTS
    from violin.files import write_whole
    from violin.settings import find_settings, read_settings
    from violin.smf import Limits

    if statistics and form not in ("text", "json"):
        raise click.UsageError(f"--statistics has no --format {form}; legal: text or json")
    if backup and (diff or not (fix or unsafe_fixes)):
        raise click.UsageError(
            "--backup keeps the originals of fixed files; legal with --fix or --unsafe-fixes"
        )
    collect_rarely()
    settings = read_settings(Path(config)) if config else find_settings(Path.cwd())
    selection = _selection(settings, select, ignore, severity, lowest_pitch)
    if show_settings:
        click.echo(settings.text(), nl=False)
        return
    if not paths:
        raise click.UsageError("name files or folders to check, or - for standard input")
    if write_baseline and (baseline is None or fix or unsafe_fixes or diff):
        raise click.UsageError("--write-baseline needs --baseline FILE, and no fixes")
    accepted = Baseline() if baseline is None or write_baseline else Baseline.load(baseline)
    written: list[str] = []
    write = written.append if output_file else partial(click.echo, nl=False)
    job = LintJob(
        profile=Profile(profile or settings.profile),
        selection=selection,
        limits=Limits(**settings.limits()),
        given=GivenPairs.load(Path(given)) if given else None,
    )
    named = [path for path in paths if path != "-"]
    piped = None
    if "-" in paths:
        listed, piped = standard_input(sys.stdin.buffer, job.limits)
        named += listed
    scores, named = split_scores(named)
    if scores and (fix or unsafe_fixes or diff):
        raise click.UsageError(f"{scores[0]}: a score is not fixed; render it to MIDI first")
    parts = score_parts(scores, part)
    files = chain([piped] if piped else [], score_sources(parts), sources(named))
    if statistics:
        form = "json statistics" if form == "json" else "statistics"
    report = REPORTS[form](write)
    changed = None
    if fix or unsafe_fixes or diff:
        changed = _fix(job, files, report, unsafe=unsafe_fixes, diff=diff, backup=backup)
        failed = bool(changed) if diff else report.has_findings
    else:
        for name, findings in job.run(files, jobs):
            placed = _in_measures(findings, parts.get(name))
            if write_baseline:
                accepted.add(placed)
            report.add(name, [] if write_baseline else accepted.without_accepted(placed))
        failed = report.has_findings
    if not report.files:
        looked_for = ", ".join(MIDI_SUFFIXES)
        raise click.UsageError(f"no MIDI file in what was named ({looked_for}; a zip in a zip is not opened)")
    if not diff:
        report.finish()
    if write_baseline and baseline is not None:
        write_whole(baseline, accepted.to_json())
        count = accepted.accepted.total()
        click.echo(f"{baseline}: {count} finding{'' if count == 1 else 's'} accepted", err=True)
    if output_file is not None:
        write_whole(output_file, "".join(written).encode("utf-8", "surrogateescape"))
    if changed is not None:
        click.echo(f"{changed} of {report.files} files {'would change' if diff else 'fixed'}", err=True)
    sys.exit(1 if failed and not exit_zero else 0)


def _in_measures(findings: Sequence[Finding], part: ScorePart | None) -> Sequence[Finding]:
    """The findings of a score's part, in its printed measures."""
    if part is None:
        return findings
    from data_prep.readers.score_midi import measured

    return measured(findings, part)


def _selection(
    settings: LintSettings,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: tuple[str, ...],
    lowest_pitch: str | None,
) -> Selection:
    """The settings' selection, with the options laid over it."""
    from constraints.linter.finding import Severity
    from constraints.linter.selection import Selection

    levels = list(settings.severity)
    for text in severity:
        code, found, level = text.partition("=")
        if not found or level.upper() not in Severity.__members__:
            raise click.BadParameter(
                f"{text!r}; legal: CODE=off, info, warning or error", param_hint="--severity"
            )
        levels.append((code, level))
    return Selection(
        select=_codes(select) or settings.select,
        ignore=settings.ignore + _codes(ignore),
        severity=tuple((code, Severity[level.upper()]) for code, level in levels),
        per_file_ignores=settings.per_file_ignores,
        lowest_pitch=int(lowest_pitch) if lowest_pitch else settings.lowest_pitch,
    ).validate()


def _codes(options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for option in options for code in option.replace(",", " ").split())


def _fix(
    job: LintJob, files: Iterable[Source], report: Report, *, unsafe: bool, diff: bool, backup: bool
) -> int:
    """Fix file by file and report what is left, or with `diff` only show the changes; how many
    files changed."""
    from constraints.linter.fix import fix_sources, write_fixed
    from constraints.linter.listing import diff_text
    from violin.errors import printable

    changed = 0
    for fixed in fix_sources(job, files, unsafe=unsafe):
        source, name = fixed.source, printable(fixed.source.name)
        for code in fixed.refused:
            click.echo(
                f"{name}: {code} is not fixed: that would change what sounds, or help nothing", err=True
            )
        if fixed.before is not None and fixed.after is not None and fixed.before != fixed.after:
            changed += 1
            if diff:
                click.echo(diff_text(fixed.before, fixed.after, name), nl=False)
            elif source.path is None:
                raise click.UsageError(f"{source.name}: only a file on disk is fixed; save or unpack it")
            else:
                write_fixed(source.path, fixed.after, backup=backup)
        if diff and fixed.before is not None:
            report.files += 1
        else:
            report.add(source.name, fixed.findings(job))
    return changed
