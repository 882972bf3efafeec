"""`violin arena`: generators against judges on a rehearsal."""

from __future__ import annotations

import time
from pathlib import Path

import click

from violin.cli.common.stopping import resumable


@click.command()
@click.option("--dataset", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="The folder that violin rehearse wrote.")  # fmt: skip
@click.option("--generators", default="ours,ours+best8,markov,copy-a-bar", show_default=True,
              help="Names and paths with commas between: ours, ours@TEMPERATURE, each with +bestK for the "
                   "best of K; markov, copy-a-bar, ngram (needs --store).")  # fmt: skip
@click.option("--judges", default="ours,ours+official,ours:positives-only,repetition,constant",
              show_default=True, help="Likewise: ours, ours:MODE, each with +official; repetition, "
                                      "constant, likelihood (needs --store).")  # fmt: skip
@click.option("--store", type=click.Path(path_type=Path), default=Path("data/phrases"), show_default=True,
              help="What n-grams are counted on.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("arena"),
              show_default=True)  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, file_okay=False),
              help="Where arena.md, arena.json and arena.png go; default OUT.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(1), help="Processes; default one a processor.")
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
    """Hold the challenge at home: every generator before every judge, scored as officially.

    A path among the generators is a folder or zip of anybody's answers to the rehearsal, or a
    composer's weight file; among the judges, anybody's judge files for its judge dataset, or a
    judge's weight file. Prints both league tables and the matrix. OUT keeps the answers of each
    generator and the scores of each judge: a stopped arena goes on when the same command is given again.

    \b
    Examples:
      violin rehearse --per-composer 25 --out rehearsal
      violin arena --dataset rehearsal
      violin arena --dataset rehearsal --generators ours,theirs.zip --judges ours,theirs/judge_output

    \b
    Exit codes: 0 held, 2 it could not be, 130 stopped.
    """
    from submission.arena.arena import hold, read_rehearsal
    from submission.arena.entrants import generator_named, judge_named
    from submission.arena.report import markdown, provenance, write
    from submission.jobs.workers import processors

    players = {name: generator_named(name, store) for name in filter(None, generators.split(","))}
    bench = {name: judge_named(name, store) for name in filter(None, judges.split(","))}
    if not players or not bench:
        raise click.UsageError("name at least one generator and one judge")
    started = time.monotonic()
    rehearsal = read_rehearsal(dataset)
    out.mkdir(parents=True, exist_ok=True)
    with resumable():
        board = hold(
            rehearsal,
            players,
            bench,
            out,
            seed=seed,
            workers=workers or processors(),
            on_step=lambda text: click.echo(text, err=True),
        )
    facts = {
        "dataset": f"{dataset.name}: {len(rehearsal.pairs)} pairs, {len(rehearsal.judged)} phrases to judge",
        "seed": seed,
        **provenance(players, bench),
    }
    paths = write(board, facts, report or out)
    click.echo(markdown(board, facts), nl=False)
    click.echo(f"{', '.join(map(str, paths))}: {time.monotonic() - started:.0f} s", err=True)
