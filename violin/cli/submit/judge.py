"""`violin submit judge`: the challenge's zip of human probabilities."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from violin.challenge import JUDGE_ARCHIVES
from violin.cli.common.progress import progress
from violin.cli.common.stopping import resumable
from violin.cli.common.warnings import note, summarize, warn


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="The zip to write; default judge_output_final.zip, or judge_output_preliminary.zip "
                   "if DATASET is of that round.")  # fmt: skip
@click.option("--top-folder", is_flag=True, help="Put the files into a folder with the zip's name.")
@click.option("--key", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="judge_key.json of a rehearsal: print the official score.")  # fmt: skip
@click.option("--mode", type=click.Choice(["positives-only", "self-negatives", "open"]),
              help="What the judge was trained on (see `violin judge`); default self-negatives.")  # fmt: skip
@click.option("--output", type=click.Choice(["official", "probability"]), default="official",
              show_default=True, help="official: 1.000 (human) or 0.000 (machine), which maximises the "
                                      "official score; probability: calibrated values between.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1), help="Number of processes; default one per processor.")
@click.option("--backend", type=click.Choice(["loky", "dask"]), default="loky", show_default=True)
@click.option("--work", type=click.Path(path_type=Path), help="Work folder; default OUT.work.")
@click.option("--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Judge to use instead of the shipped one.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Refuse a dataset that differs from the published tree.")
def command(
    dataset: Path,
    out: Path | None,
    top_folder: bool,
    key: Path | None,
    mode: str | None,
    output: str,
    workers: int | None,
    backend: str,
    work: Path | None,
    weights: Path | None,
    strict: bool,
) -> None:
    """Judge every phrase of a dataset and pack the zip.

    DATASET is judge_evaluation_dataset_*.zip or its unpacked folder. By default a phrase gets 1.000
    if a human composer is likelier than a machine, else 0.000: the official score, 1 + mean HCS of
    human phrases - mean HCS of machine phrases, is linear in HCS, so deciding maximises its expected
    value. With --output probability it gets the probability of a human composer. A phrase that
    cannot be read gets 0.500 and a warning. Give the same command again to continue a stopped run.

    \b
    Examples:
      violin submit judge judge_evaluation_dataset_final.zip --out judge_output_final.zip
      violin submit judge judge_evaluation_dataset_final.zip --output probability
      violin submit judge rehearsal/judge_evaluation_dataset_final.zip --key rehearsal/judge_key.json

    \b
    Exit codes: 0 every file scored, 1 some could not be, 2 nothing was made, 130 stopped.
    """
    from models.judge.scorer import TrainedJudge
    from submission.datasets import read_dataset
    from submission.rehearsal.labels import read_key
    from submission.submit import Running, submit_judge

    out = out or Path(JUDGE_ARCHIVES["preliminary" if "preliminary" in dataset.name.lower() else "final"])
    labels = read_key(key) if key else None
    found = read_dataset(dataset, strict)
    for notice in found.notices:
        note(notice)
    if output == "official":
        note("scores are 1.000 or 0.000, which maximises the official score; "
             "--output probability writes probabilities")  # fmt: skip
    judge = TrainedJudge(weights, mode, output == "official")
    with resumable(), progress(len(found), "judging") as bar:
        running = Running(workers, backend, work, bar.update, note)
        done = submit_judge(out, found, judge, running, top_folder=top_folder, labels=labels)
    warn(done.remarks)
    summarize(f"{out}: {done.files} files, {done.odd} without a score, {done.seconds:.0f} s{done.where}")
    if done.official is not None:
        click.echo(done.official.table())
    sys.exit(1 if done.odd else 0)
