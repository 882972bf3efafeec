"""`violin verify`: checks a finished archive."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from violin.challenge import FILES_PER_COMPOSER
from violin.cli.common.progress import progress
from violin.cli.common.warnings import say, warn

_SHOWN = 50


@click.command()
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--dataset", type=click.Path(path_type=Path), help="The dataset that the archive answers.")
@click.option(
    "--per-composer", type=click.IntRange(1, 999), help="Expected files per composer, if fewer than all."
)
@click.option("--allow-large", is_flag=True, help="Accept more than 4000 files per composer.")
@click.option("--readers", is_flag=True, help="Have miditoolkit and pretty_midi read each file as well.")
@click.option("--all", "show_all", is_flag=True, help=f"List every fault, not the first {_SHOWN}.")
def command(
    archive: Path,
    dataset: Path | None,
    per_composer: int | None,
    allow_large: bool,
    readers: bool,
    show_all: bool,
) -> None:
    """Check a finished zip of `violin submit generator` or `violin submit judge`.

    Checks the folders, file names and counts; each phrase, by the submission rules and against its given
    bars; each number of a judge's file, its decimals and its line end. Without --dataset, the counts are
    those of the challenge.

    \b
    Examples:
      violin verify generator_output_final.zip --dataset generator_evaluation_dataset.zip
      violin verify judge_output_final.zip --dataset judge_evaluation_dataset_final.zip

    \b
    Exit codes: 0 no faults, 1 faults (one per line), 2 the archive cannot be read.
    """
    from submission.datasets import read_dataset
    from submission.verify import verify_archive

    found = read_dataset(dataset, allow_large=allow_large) if dataset else None
    expected = len(found) if found else 8 * (per_composer or FILES_PER_COMPOSER)
    with progress(expected, "verifying") as bar:
        proof = verify_archive(archive, found, per_composer, on_done=bar.update)
    if readers:
        from submission.second_readers import reader_faults

        proof = replace(proof, faults=(*proof.faults, *reader_faults(archive)))
    shown = proof.faults if show_all else proof.faults[:_SHOWN]
    for fault in shown:
        say(str(fault))
    if len(proof.faults) > len(shown):
        click.echo(f"... and {len(proof.faults) - len(shown)} more; --all lists them")
    warn(f"{archive}: {text}; other programs may unpack it otherwise" for text in proof.warnings)
    if proof.inherited:
        click.echo(
            f"Note: {len(proof.inherited)} findings in given bars, which an answer must repeat", err=True
        )
    count = len(proof.faults)
    say(f"{archive}: {proof.kind.value}'s archive, {proof.files} files, {count or 'no'} faults")
    sys.exit(1 if proof.faults else 0)
