"""`violin submit generator`: the challenge's zip of composed phrases."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from violin.challenge import FILES_PER_COMPOSER, GENERATOR_ARCHIVES, MAX_BARS, MIN_BARS
from violin.cli.common.music_values import SplitType
from violin.cli.common.progress import progress
from violin.cli.common.stopping import resumable
from violin.cli.common.warnings import warn
from violin.errors import SettingsError


class Bars(click.ParamType):
    """8..16, or auto (0)."""

    name = f"{MIN_BARS}..{MAX_BARS}|auto"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "auto":
            return 0
        text = str(value)
        if not text.isdecimal() or not MIN_BARS <= int(text) <= MAX_BARS:
            self.fail(f"{text!r}; legal: {MIN_BARS} to {MAX_BARS}, or auto", param, ctx)
        return int(text)


@click.command()
@click.argument("dataset", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The zip to write.")
@click.option("--preliminary", is_flag=True, help="Free phrases for the preliminary round; no dataset.")
@click.option("--per-composer", type=click.IntRange(1, 999), help="Files a composer, default all.")
@click.option("--bars", type=Bars(), help="Length of answers to pairs without a gap; default 8.")
@click.option("--split", type=SplitType(), metavar="B+E",
              help="Given bars of beginning and ending in each pair; else the pairs tell.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--candidates", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Answers written for each pair; the best is kept.")  # fmt: skip
@click.option("--mix", metavar="MEASURE=SHARE,...",
              help="What is best: judge, likelihood, seam, novelty, tier.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1), help="Processes; default one a processor.")
@click.option("--backend", type=click.Choice(["loky", "dask", "ray"]), default="loky", show_default=True)
@click.option("--work", type=click.Path(path_type=Path), help="Work folder; default OUT.work.")
@click.option("--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Another composer than the shipped one.")  # fmt: skip
@click.option("--temperature", type=click.FloatRange(0.0, 10.0), help="Of the draws.")
@click.option("--device", default="cpu", show_default=True, help="Where the model computes.")
@click.option("--strict", is_flag=True, help="Refuse a dataset that differs from the published tree.")
def command(
    dataset: Path | None,
    out: Path | None,
    preliminary: bool,
    per_composer: int | None,
    bars: int | None,
    split: tuple[int, int] | None,
    seed: int,
    candidates: int,
    mix: str | None,
    workers: int | None,
    backend: str,
    work: Path | None,
    weights: Path | None,
    temperature: float | None,
    device: str,
    strict: bool,
) -> None:
    """Compose the missing bars of every pair of a dataset and pack the challenge's zip.

    DATASET is generator_evaluation_dataset.zip or the folder of it. A run that was stopped goes on
    where it was when the same command is given again; the same seed gives the same bytes. What was
    done for each file is in OUT's .report.html and .report.json.

    \b
    Examples:
      violin submit generator generator_evaluation_dataset.zip --out generator_output_final.zip
      violin submit generator --preliminary --out generator_output_preliminary.zip

    \b
    Exit codes: 0 every file plain, 1 some pair was odd or some answer has a finding (see the
    report), 2 nothing was made, 130 stopped.
    """
    if preliminary == (dataset is not None):
        raise click.UsageError("name a DATASET, or --preliminary for free phrases; not both")
    from models.generation.engine import TrainedComposer
    from models.reranking.choice import Choice, FirstAnswer
    from models.reranking.mixture import DEFAULT_SHARES, Mixture, parse_shares
    from submission.assignments import dataset_assignments, free_assignments
    from submission.datasets import read_dataset
    from submission.generator import build_generator_archive, row
    from submission.jobs.workers import processors
    from submission.report import is_odd, write_report

    out = out or Path(GENERATOR_ARCHIVES["preliminary" if preliminary else "final"])
    notices: tuple[str, ...] = ()
    if dataset is None:
        assignments = free_assignments(per_composer or FILES_PER_COMPOSER, seed)
    else:
        found = read_dataset(dataset, strict)
        notices = found.notices
        assignments = dataset_assignments(found, bars, per_composer, seed, split)
    for notice in notices:
        click.echo(f"Note: {notice}", err=True)
    warn(f"{each.name}: {remark}" for each in assignments for remark in each.remarks)
    if device != "cpu" and (workers or 1) > 1:
        raise SettingsError(f"{workers} workers on {device}; legal: one, or the cpu")
    workers = workers or (processors() if device == "cpu" else 1)
    shares = parse_shares(mix) if mix else DEFAULT_SHARES
    choice: Choice = FirstAnswer() if candidates == 1 else Mixture.shipped(candidates, shares)
    started = time.monotonic()
    with (
        resumable(),
        progress(len(assignments), "composing") as bar,
    ):
        answers = build_generator_archive(
            out,
            assignments,
            TrainedComposer(weights, temperature, device),
            seed=seed,
            choice=choice,
            workers=workers,
            backend=backend,
            work=work,
            on_done=bar.update,
            on_notice=lambda text: click.echo(f"Note: {text}", err=True),
        )
    seconds = time.monotonic() - started
    rows = [row(answer) for answer in answers]
    odd = sum(map(is_odd, rows))
    facts = {
        "archive": out.name,
        "dataset": dataset.name if dataset else "none (preliminary round)",
        "notices": list(notices),
        "seed": seed,
        "candidates": candidates,
        "best by": dict(shares) if candidates > 1 else "one candidate",
        "files": len(answers),
        "files worth a look": odd,
        "errors": sum(len(answer.errors) for answer in answers),
        "seconds": round(seconds, 1),
    }
    page = write_report(out, "The generator's answer", facts, rows)
    figures = f"{len(answers)} files, {facts['errors']} errors, {odd} worth a look, {seconds:.0f} s"
    click.echo(f"{out}: {figures}; see {page}")
    sys.exit(1 if odd else 0)
