"""`violin verify`: checks a finished archive."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from violin.challenge import FILES_PER_COMPOSER
from violin.cli.common.progress import progress
from violin.cli.common.warnings import note, say, summarize, warn

if TYPE_CHECKING:
    from submission.verify import Fault, Proof

_SHOWN = 50


@click.command()
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--dataset", type=click.Path(path_type=Path), help="The dataset that the archive answers.")
@click.option(
    "--per-composer", type=click.IntRange(1, 999), help="Expected files per composer, if fewer than all."
)
@click.option("--allow-large", is_flag=True, help="Accept more than 4000 files per composer.")
@click.option("--readers", is_flag=True, help="Also read each file with miditoolkit and pretty_midi.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="json: one object with every fault and warning.")  # fmt: skip
@click.option("--all", "show_all", is_flag=True, help=f"List every fault, not the first {_SHOWN}.")
def command(
    archive: Path,
    dataset: Path | None,
    per_composer: int | None,
    allow_large: bool,
    readers: bool,
    form: str,
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
      violin verify generator_output_final.zip --format json

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
    if form == "json":
        import json

        click.echo(json.dumps({"archive": str(archive), **_facts(proof)}, indent=1))
    else:
        _print(archive, proof, len(proof.faults) if show_all else _SHOWN)
    sys.exit(1 if proof.faults else 0)


def _print(archive: Path, proof: Proof, most: int) -> None:
    """At most `most` faults, the warnings, and one line that sums up."""
    for fault in proof.faults[:most]:
        say(str(fault))
    count = len(proof.faults)
    if count > most:
        say(f"... and {count - most} more; --all lists them")
    warn(f"{archive}: {text}; other programs may unpack it differently" for text in proof.warnings)
    if proof.inherited:
        note(f"{len(proof.inherited)} findings in given bars, which an answer must repeat")
    summarize(f"{archive}: {proof.kind.value}'s archive, {proof.files} files, {count or 'no'} faults")


def _facts(proof: Proof) -> dict[str, Any]:
    """The result as plain JSON values."""

    def listed(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
        return [{"place": fault.place, "message": fault.message} for fault in faults]

    return {
        "kind": proof.kind.value,
        "files": proof.files,
        "faults": listed(proof.faults),
        "inherited": listed(proof.inherited),
        "warnings": list(proof.warnings),
    }
