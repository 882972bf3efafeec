"""`violin train judge`: fit a judge on a phrase store, or on a user's own files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from data_prep.store import PhraseStore


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("data/phrases"),
    show_default=True,
    help="Phrase store of human music, made by `violin prepare`.",
)
@click.option(
    "--human",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of human MIDI files to use instead of --data; folders named after a composer's "
    "slug or composerN tell the composer.",
)
@click.option(
    "--machine",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Folder of one generator's MIDI phrases, for the open mode; may be given several times.",
)
@click.option(
    "--composed",
    type=click.Path(path_type=Path),
    help="Store of phrases by our own composer, to learn from; written there first where there is none, "
    "by the shipped composer (minutes to an hour on a CPU).",
)
@click.option(
    "--composed-phrases", type=click.IntRange(10), default=160, show_default=True, help="A temperature."
)
@click.option("--humans", type=click.IntRange(100), default=3000, show_default=True, help="Human lines.")
@click.option(
    "--per-family", type=click.IntRange(20), default=450, show_default=True, help="Machine lines a family."
)
@click.option("--trees", type=click.IntRange(10), default=300, show_default=True, help="Trees of the forest.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("judge.npz"),
    show_default=True,
    help="Where the weight file goes.",
)
def command(
    data: Path,
    human: Path | None,
    machine: tuple[Path, ...],
    composed: Path | None,
    composed_phrases: int,
    humans: int,
    per_family: int,
    trees: int,
    seed: int,
    out: Path,
) -> None:
    """Train a judge.

    The negatives are made out of the human phrases themselves, by the families of
    models/judge/negatives. With --machine the judge also gets an open mode that learned from
    those generators; its default mode stays free of them.

    \b
    Examples:
      violin train judge --data data/phrases --out judge.npz
      violin train judge --human my_scores --machine rnn_output --out judge.npz
    """
    from data_prep.store import PhraseStore
    from models.judge import weights
    from models.judge.fit import STEPS, Plan, fit, prepare
    from models.judge.sources import foreign_system, own_store

    plan = Plan.of(humans, per_family, trees, max(10, trees // 5), seed)
    store = PhraseStore.load(data) if human is None else own_store(human, _say)
    made = _composed(store, composed, composed_phrases, seed) if composed else None
    foreign = [foreign_system(place, _say) for place in machine]
    with click.progressbar(
        length=STEPS + 2 * bool(foreign), label="judge", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        prepared = prepare(store, plan, composed=made, on_step=lambda: bar.update(1))
        parts = fit(prepared, plan, foreign=foreign, on_step=lambda: bar.update(1))
        digest = weights.save(parts, out)
    about = parts.about
    click.echo(
        f"{out}: {out.stat().st_size / 1e6:.1f} MB, sha256 {digest[:12]}; "
        f"{about['human_learnt']} human and {about['machine_learnt']} machine lines, "
        f"{about['features']} features, {len(about['families'])} families"
    )


def _composed(store: PhraseStore, place: Path, count: int, seed: int) -> PhraseStore:
    """The store of composed phrases, read or made."""
    from data_prep.store import PHRASES_NAME, PhraseStore
    from models.judge.own_composer import TEMPERATURES, composed_store

    if (place / PHRASES_NAME).is_file():
        return PhraseStore.load(place)
    counts = {"train": count, "validation": count * 3 // 8, "test": count * 5 // 8}
    length = len(TEMPERATURES) * sum(counts.values())
    with click.progressbar(
        length=length, label="composing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        made = composed_store(store, None, counts, seed, on_done=lambda: bar.update(1))
    made.save(place)
    return made


def _say(line: str) -> None:
    click.echo(f"skipped: {line}", err=True)
