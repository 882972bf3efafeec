"""`violin submit judge`: the challenge's zip of human probabilities."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from violin.challenge import JUDGE_ARCHIVES
from violin.cli.common.progress import progress
from violin.cli.common.stopping import resumable
from violin.cli.common.warnings import warn


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="The zip to write; default judge_output_final.zip, or judge_output_preliminary.zip "
                   "where DATASET is of that round.")  # fmt: skip
@click.option("--top-folder", is_flag=True, help="Put the files into a folder named as the zip.")
@click.option("--key", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="judge_key.json of a rehearsal: print the official score.")  # fmt: skip
@click.option("--mode", type=click.Choice(["positives-only", "self-negatives", "open"]),
              help="What the judge may have learned from; default self-negatives.")  # fmt: skip
@click.option("--output", type=click.Choice(["probability", "official"]), default="probability",
              show_default=True, help="official: decided to 1.000 or 0.000.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1), help="Processes; default one a processor.")
@click.option("--backend", type=click.Choice(["loky", "dask", "ray"]), default="loky", show_default=True)
@click.option("--work", type=click.Path(path_type=Path), help="Work folder; default OUT.work.")
@click.option("--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Another judge than the shipped one.")  # fmt: skip
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
    """Tell the human probability of every phrase of a dataset and pack the challenge's zip.

    DATASET is judge_evaluation_dataset_*.zip or the folder of it. A phrase that cannot be read
    gets 0.500 and a warning. A stopped run goes on when the same command is given again.

    \b
    Examples:
      violin submit judge judge_evaluation_dataset_final.zip --out judge_output_final.zip
      violin submit judge rehearsal/judge_evaluation_dataset_final.zip --key rehearsal/judge_key.json

    \b
    Exit codes: 0 every file scored, 1 some could not be, 2 nothing was made, 130 stopped.
    """
    from models.judge.scorer import TrainedJudge
    from submission.datasets import read_dataset
    from submission.jobs.workers import processors
    from submission.judge import build_judge_archive
    from submission.rehearsal.labels import read_key, score_against_key
    from submission.report import write_report

    out = out or Path(JUDGE_ARCHIVES["preliminary" if "preliminary" in dataset.name.lower() else "final"])
    labels = read_key(key) if key else None
    found = read_dataset(dataset, strict)
    for notice in found.notices:
        click.echo(f"Note: {notice}", err=True)
    started = time.monotonic()
    with (
        resumable(),
        progress(len(found), "judging") as bar,
    ):
        scores = build_judge_archive(
            out,
            found,
            TrainedJudge(weights, mode, output == "official"),
            top_folder=out.stem if top_folder else "",
            workers=workers or processors(),
            backend=backend,
            work=work,
            on_done=bar.update,
            on_notice=lambda text: click.echo(f"Note: {text}", err=True),
        )
    seconds = time.monotonic() - started
    odd = [score for score in scores if score.remarks]
    warn(f"{score.name}: {score.remarks[0]}" for score in odd)
    facts: dict[str, object] = {
        "archive": out.name,
        "dataset": dataset.name,
        "notices": list(found.notices),
        "files": len(scores),
        "files without a score": len(odd),
        "seconds": round(seconds, 1),
    }
    result = None
    if labels is not None:
        result = score_against_key({score.name: score.human_probability for score in scores}, labels)
        facts |= {
            "human files": result.human_files,
            "machine files": result.machine_files,
            "mean HCS of human phrases": round(result.human_hcs, 4),
            "mean HCS of machine phrases": round(result.machine_hcs, 4),
            "official score": round(result.score, 4),
        }
    rows = [
        {"file": score.name, "human": round(score.human_probability, 3), "remarks": list(score.remarks)}
        for score in scores
    ]
    page = write_report(out, "The judge's answer", facts, rows)
    click.echo(f"{out}: {len(scores)} files, {len(odd)} without a score, {seconds:.0f} s; see {page}")
    if result is not None:
        click.echo(result.table())
    sys.exit(1 if odd else 0)
