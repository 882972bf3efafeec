"""`violin rehearse`: datasets like the official ones, with a key."""

from __future__ import annotations

import time
from pathlib import Path

import click

from violin.challenge import GENERATOR_DATASET, JUDGE_DATASETS
from violin.cli.common.progress import progress
from violin.cli.common.stopping import resumable
from violin.cli.common.warnings import inform, summarize


@click.command()
@click.option("--corpus", default="music21", show_default=True,
              help="music21 (its own corpus), a phrase store, or a folder of scores.")  # fmt: skip
@click.option("--per-composer", type=click.IntRange(1, 499), default=25, show_default=True,
              help="Pairs per composer; the judge dataset has twice as many phrases.")  # fmt: skip
@click.option("--side", type=click.Choice(["test", "validation"]), default="test", show_default=True,
              help="Split to take works from: test for a report, validation to choose settings.")  # fmt: skip
@click.option("--layout", type=click.Choice(["side-by-side", "gap", "both"]), default="both",
              show_default=True,
              help="Beginning and ending in a file: side by side, or with a gap.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Output folder.")
@click.option("--workers", type=click.IntRange(1), help="Number of processes; default one per processor.")
@click.option("--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Composer of the machine phrases, instead of the shipped one.")  # fmt: skip
@click.option("--cache", type=click.Path(path_type=Path), help="Folder that caches the scores read.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Format of the summary on standard output.")  # fmt: skip
def command(
    corpus: str,
    per_composer: int,
    side: str,
    layout: str,
    seed: int,
    out: Path,
    workers: int | None,
    weights: Path | None,
    cache: Path | None,
    form: str,
) -> None:
    """Make practice datasets like the official ones, from phrases that no shipped model was trained on.

    OUT gets generator_evaluation_dataset.zip, judge_evaluation_dataset_final.zip (human phrases and
    machine ones between the same outer bars) and the key of the latter, judge_key.json and .csv.
    If a composer has too few unseen phrases, phrases by others fill the folder, as in the official sets.

    \b
    Examples:
      violin rehearse --per-composer 3 --out rehearsal
      violin rehearse --corpus data/phrases --layout gap --per-composer 200 --out rehearsal
    """
    from models.generation.engine import TrainedComposer
    from submission.jobs.workers import processors
    from submission.rehearsal.build import Layout, build_rehearsal
    from submission.rehearsal.unseen import unseen_phrases

    workers = workers or processors()
    started = time.monotonic()
    with resumable():
        humans = unseen_phrases(
            corpus,
            per_composer,
            seed,
            workers,
            cache,
            on_read=lambda path: inform(f"read {path}"),
            side=side,
        )
        with progress(8 * per_composer, "composing") as bar:
            items = build_rehearsal(
                out,
                humans,
                TrainedComposer(weights),
                per_composer=per_composer,
                layout=Layout(layout),
                seed=seed,
                workers=workers,
                on_done=bar.update,
            )
    own = sum(item.human.composer == item.folder.slug for item in items)
    seconds = time.monotonic() - started
    pairs, phrases = out / GENERATOR_DATASET, out / JUDGE_DATASETS["final"]
    if form == "json":
        import json

        facts = {
            "generator_dataset": str(pairs),
            "pairs": len(items),
            "pairs_by_their_composer": own,
            "judge_dataset": str(phrases),
            "phrases": 2 * len(items),
            "seconds": round(seconds, 1),
        }
        click.echo(json.dumps(facts, indent=1))
        return
    summarize(f"{pairs}: {len(items)} pairs, {own} of them by the composer of their folder")
    summarize(f"{phrases}: {2 * len(items)} phrases, half of them human; {seconds:.0f} s")
