"""`violin submit generator`: the challenge's zip of composed phrases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from violin.challenge import GENERATOR_ARCHIVES
from violin.cli.common.music_values import BarsType, SplitType
from violin.cli.common.progress import progress
from violin.cli.common.stopping import resumable
from violin.cli.common.warnings import note, summarize, warn


@click.command()
@click.argument("dataset", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The zip to write.")
@click.option("--preliminary", is_flag=True, help="Free phrases for the preliminary round; no dataset.")
@click.option("--per-composer", type=click.IntRange(1, 999), help="Files per composer; default all.")
@click.option("--bars", type=BarsType(), help="Length of a phrase whose pair has no gap; default 8.")
@click.option("--split", type=SplitType(), metavar="B+E",
              help="Number of given bars in beginning and ending; default: from the pairs.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--candidates", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Compose this many answers per pair and keep the best.")  # fmt: skip
@click.option("--mix", metavar="MEASURE=SHARE,...",
              help="How the best candidate is chosen: critic, judge, likelihood, seam, form, novelty,"
                   " tier, close, full; default: as tuned with the critic.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1), help="Number of processes; default one per processor.")
@click.option("--backend", type=click.Choice(["loky", "dask"]), default="loky", show_default=True)
@click.option("--work", type=click.Path(path_type=Path), help="Work folder; default OUT.work.")
@click.option("--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Composer to use instead of the shipped one.")  # fmt: skip
@click.option("--temperature", type=click.FloatRange(0.0, 10.0), help="Sampling temperature; default 1.")
@click.option("--device", default="cpu", show_default=True, help="Torch device of the model.")
@click.option("--allow-large", is_flag=True, help="Accept more than 4000 files per composer.")
@click.option("--strict", is_flag=True, help="Refuse a dataset that differs from the published tree.")
def command(
    dataset: Path | None,
    out: Path | None,
    preliminary: bool,
    per_composer: int | None,
    bars: int | Literal["auto"] | None,
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
    allow_large: bool,
    strict: bool,
) -> None:
    """Compose the missing bars of every pair of a dataset and pack the challenge's zip.

    DATASET is generator_evaluation_dataset.zip or its unpacked folder. Give the same command again to
    continue a stopped run; the same seed gives the same bytes. The reports beside OUT, .report.html and
    .report.json, list what was done for each file.

    \b
    Examples:
      violin submit generator generator_evaluation_dataset.zip --out generator_output_final.zip
      violin submit generator --preliminary --out generator_output_preliminary.zip

    \b
    Exit codes: 0 no remarks, 1 a pair has a remark or an answer a finding (see the report),
    2 nothing was made, 130 stopped.
    """
    if preliminary == (dataset is not None):
        raise click.UsageError("name a DATASET, or --preliminary for free phrases; not both")
    from models.reranking.mixture import parse_shares
    from submission.assignments import AUTO_BARS
    from submission.submit import GeneratorSettings, Running, plan_generator, submit_generator

    out = out or Path(GENERATOR_ARCHIVES["preliminary" if preliminary else "final"])
    shares = parse_shares(mix) if mix else None
    settings = GeneratorSettings(candidates, shares, weights, temperature, device)
    plan = plan_generator(
        dataset,
        per_composer=per_composer,
        bars=AUTO_BARS if bars == "auto" else bars,
        split=split,
        seed=seed,
        strict=strict,
        allow_large=allow_large,
    )
    for notice in plan.notices:
        note(notice)
    warn(f"{each.name}: {remark}" for each in plan.assignments for remark in each.remarks)
    with resumable(), progress(len(plan.assignments), "composing") as bar:
        running = Running(workers, backend, work, bar.update, note)
        done = submit_generator(out, plan, settings, running)
    figures = f"{done.files} files, {done.errors} errors, {done.odd} worth a look, {done.seconds:.0f} s"
    summarize(f"{out}: {figures}{done.where}")
    sys.exit(1 if done.odd else 0)
