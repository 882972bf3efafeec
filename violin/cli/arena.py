"""`violin arena`: generators against judges on a rehearsal."""

from __future__ import annotations

import time
from pathlib import Path

import click

from violin.cli.common.stopping import resumable
from violin.cli.common.warnings import inform


@click.command()
@click.option("--dataset", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="The folder that violin rehearse wrote.")  # fmt: skip
@click.option("--generators", default="ours,ours+best8,markov,copy-a-bar", show_default=True,
              help="Comma-separated names and paths: ours, ours@TEMPERATURE, also with +bestK for "
                   "the best of K; markov, copy-a-bar, ngram (needs --store).")  # fmt: skip
@click.option("--judges", default="ours,ours+official,ours:positives-only,repetition,constant",
              show_default=True, help="Comma-separated: ours, ours:MODE, also with +official; repetition, "
                                      "constant, likelihood (needs --store).")  # fmt: skip
@click.option("--store", type=click.Path(path_type=Path), default=Path("data/phrases"), show_default=True,
              help="Phrase store on which the n-gram models are counted.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("arena"),
              show_default=True, help="Folder that keeps answers and scores.")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for arena.md, arena.json and arena.png; default OUT.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(1), help="Number of processes; default one per processor.")
def command(
    dataset: Path,
    generators: str,
    judges: str,
    store: Path,
    out: Path,
    report: Path | None,
    seed: int,
    workers: int | None,
) -> None:
    """Run the challenge locally: every judge scores every generator, with the official metric.

    A path among the generators is a composer's weight file, or a folder or zip with answers to the
    rehearsal. A path among the judges is a judge's weight file, or a folder or zip with score files for
    the rehearsal's judge dataset. Prints both league tables and the matrix of scores. OUT keeps the
    answers of each generator and the scores of each judge: give the same command again to continue a
    stopped run.

    \b
    Examples:
      violin rehearse --per-composer 25 --out rehearsal
      violin arena --dataset rehearsal
      violin arena --dataset rehearsal --generators ours,theirs.zip --judges ours,theirs/judge_output

    \b
    Exit codes: 0 finished, 2 could not run, 130 stopped.
    """
    from submission.arena.arena import read_rehearsal, run_arena
    from submission.arena.entrants import generator_named, judge_named
    from submission.arena.report import markdown, provenance, write
    from submission.jobs.workers import processors

    named_generators = {name: generator_named(name, store) for name in filter(None, generators.split(","))}
    named_judges = {name: judge_named(name, store) for name in filter(None, judges.split(","))}
    if not named_generators or not named_judges:
        raise click.UsageError("name at least one generator and one judge")
    started = time.monotonic()
    rehearsal = read_rehearsal(dataset)
    out.mkdir(parents=True, exist_ok=True)
    with resumable():
        board = run_arena(
            rehearsal,
            named_generators,
            named_judges,
            out,
            seed=seed,
            workers=workers or processors(),
            on_step=inform,
        )
    facts = {
        "dataset": f"{dataset.name}: {len(rehearsal.pairs)} pairs, {len(rehearsal.judged)} phrases to judge",
        "seed": seed,
        **provenance(named_generators, named_judges),
    }
    paths = write(board, facts, report or out)
    click.echo(markdown(board, facts), nl=False)
    inform(f"{', '.join(map(str, paths))}: {time.monotonic() - started:.0f} s")
