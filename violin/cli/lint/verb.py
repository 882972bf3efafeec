"""The command of `violin lint`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from violin.cli.common.quiet import is_quiet
from violin.cli.common.scores import score_parts, score_sources, split_scores
from violin.cli.common.warnings import inform, say
from violin.cli.lint.fixing import fix_files
from violin.cli.lint.selecting import selection_from
from violin.errors import ViolinError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constraints.linter.finding import Finding
    from constraints.linter.reports.base import Report
    from data_prep.readers.score_file import ScorePart


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
    "--output-file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file."
)
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False),
              help="A file of accepted findings, which are left out.")  # fmt: skip
@click.option("--write-baseline", is_flag=True, help="Accept all that is found: write it to --baseline.")
@click.option("--show-settings", is_flag=True, help="Print the settings that apply here, and exit.")
@click.option("--statistics", is_flag=True, help="Count findings by rule instead of listing them.")
@click.option(
    "--watch", is_flag=True, help="Keep running, and check each file again when it changes; Ctrl-C ends it."
)
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
    watch: bool,
    exit_zero: bool,
    config: str | None,
    part: str | None,
    jobs: int | None,
) -> None:
    """Check that MIDI files are legal and playable.

    PATHS are files, folders, patterns or zips; `-` reads standard input, either the bytes of a MIDI
    file or a list of paths. With --fix, a piped MIDI file is written to standard output and the report to
    standard error. `violin explain CODE` explains a rule. Settings are read from setup.cfg [violin:lint] or
    violin.toml.

    Exit code: 0 no errors or warnings (infos are allowed), 1 errors or warnings, 2 a usage error.

    \b
    Examples:
      violin lint answers
      violin lint generator_output_final.zip --given generator_evaluation_dataset.zip
      violin lint phrase.mid --fix --backup
      violin lint pairs --profile prompt --format sarif > findings.sarif
      violin lint drafts --watch
      violin lint - --fix < draft.mid > fixed.mid
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
    from constraints.linter.proposals import with_proposals
    from constraints.linter.reports import REPORTS
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
    selection = selection_from(settings, select, ignore, severity, lowest_pitch)
    if show_settings:
        click.echo(settings.text(), nl=False)
        return
    if not paths:
        raise click.UsageError("name files or folders to check, or - for standard input")
    fixes = fix or unsafe_fixes or diff
    if write_baseline and (baseline is None or fixes):
        raise click.UsageError("--write-baseline needs --baseline FILE, and no fixes")
    if watch and (fixes or write_baseline or output_file or form != "text" or "-" in paths):
        raise click.UsageError(
            "--watch is for a report on the screen; legal: without fixes, --write-baseline, "
            "--output-file, another --format and -"
        )
    accepted = Baseline() if baseline is None or write_baseline else Baseline.load(baseline)
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
    written: list[str] = []
    # If a fixed file goes to standard output, the report goes to standard error.
    is_filter = piped is not None and fixes and not diff
    write = written.append if output_file else partial(click.echo, nl=False, err=is_filter)
    if statistics:
        form = "json statistics" if form == "json" else "statistics"

    def run(named: list[str]) -> tuple[Report, int | None]:
        """The report on the named files, and how many of them the fixes changed."""
        scores, others = split_scores(named)
        if scores and fixes:
            raise click.UsageError(f"{scores[0]}: a score cannot be fixed; render it to MIDI first")
        parts = score_parts(scores, part)
        files = chain([piped] if piped else [], score_sources(parts), sources(others))
        report = REPORTS[form](write, quiet=is_quiet(), rules_url=settings.rules_url or "")
        if fixes:
            return report, fix_files(job, files, report, unsafe=unsafe_fixes, diff=diff, backup=backup)
        known = Baseline(accepted.accepted.elements())  # used up as findings match it
        linted = with_proposals(job, files) if form == "sarif" else job.run(files, jobs)
        for name, findings in linted:
            placed = _in_measures(findings, parts.get(name))
            if write_baseline:
                accepted.add(placed)
            report.add(name, [] if write_baseline else known.without_accepted(placed))
        return report, None

    report, changed = run(named)
    if not report.files:
        looked_for = ", ".join(MIDI_SUFFIXES)
        raise click.UsageError(f"no MIDI file found ({looked_for}; a zip in a zip is not opened)")
    if not diff:
        report.finish()
    if watch:
        _watch(named, run)
    if write_baseline and baseline is not None:
        write_whole(baseline, accepted.to_json())
        count = accepted.accepted.total()
        inform(f"{baseline}: {count} finding{'' if count == 1 else 's'} accepted")
    if output_file is not None:
        write_whole(output_file, "".join(written).encode("utf-8", "surrogateescape"))
    if changed is not None:
        inform(f"{changed} of {report.files} files {'would change' if diff else 'fixed'}")
    failed = bool(changed) if diff else report.has_findings
    sys.exit(1 if failed and not exit_zero else 0)


def _watch(named: list[str], run: Callable[[list[str]], tuple[Report, int | None]]) -> None:
    """Report on each file that changes, until Ctrl-C."""
    import time

    from violin.cli.lint.watching import changes

    inform("Watching for changes; Ctrl-C ends it.")
    for changed, vanished in changes(named):
        click.echo(f"-- {time.strftime('%H:%M:%S')}")
        for name in vanished:
            say(f"{name}: no longer there")
        if changed:
            try:
                run(changed)[0].finish()
            except ViolinError as error:  # a file that is half written at this moment
                say(f"Error: {error}", err=True)


def _in_measures(findings: Sequence[Finding], part: ScorePart | None) -> Sequence[Finding]:
    """The findings of a score's part, in its printed measures."""
    if part is None:
        return findings
    from data_prep.readers.score_midi import measured

    return measured(findings, part)
