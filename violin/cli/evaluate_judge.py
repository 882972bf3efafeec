"""`violin evaluate judge`: families left out in turn, on works that nothing has seen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from violin.challenge import SLUGS

if TYPE_CHECKING:
    from models.judge.canonical import Line


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("data/phrases"),
    show_default=True,
    help="Phrase store of human music, made by `violin prepare`.",
)
@click.option(
    "--foreign",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of foreign systems (NAME/machine/..., NAME/human/...), judged and never trained on.",
)
@click.option("--weights", type=click.Path(path_type=Path, exists=True), help="Judge for --foreign; shipped.")
@click.option(
    "--composed",
    type=click.Path(path_type=Path, exists=True),
    help="Store of phrases by our own composer, made by `violin train judge --composed`.",
)
@click.option("--humans", type=click.IntRange(100), default=3000, show_default=True, help="Human lines.")
@click.option(
    "--per-family", type=click.IntRange(20), default=450, show_default=True, help="Machine lines a family."
)
@click.option("--trees", type=click.IntRange(10), default=100, show_default=True, help="Trees of each fit.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/judge"), show_default=True)
def command(
    data: Path,
    foreign: Path | None,
    weights: Path | None,
    composed: Path | None,
    humans: int,
    per_family: int,
    trees: int,
    seed: int,
    out: Path,
) -> None:
    """Measure the judge: each family of machine lines left out in turn, on unseen works.

    Writes a markdown report with bootstrap intervals, baselines, calibration, composers, lengths.
    Takes some minutes on one core.

    \b
    Example:
      violin evaluate judge --data data/phrases --out docs/judge
    """
    from dataclasses import replace

    import numpy as np

    from data_prep.store import PhraseStore
    from models.judge.evaluation import evaluate, test_side
    from models.judge.figures import foreign_figures
    from models.judge.fit import Plan, prepare
    from models.judge.foreign import systems
    from models.judge.negatives import FAMILIES
    from models.judge.report import REPORT_NAME, draw, markdown
    from models.judge.score import Judge

    plan = Plan.of(humans, per_family, trees, trees, seed)
    shows = sys.stderr.isatty()
    with click.progressbar(
        length=10 + len(FAMILIES), label="measuring", file=sys.stderr, hidden=not shows
    ) as bar:
        made = PhraseStore.load(composed) if composed else None
        prepared = prepare(PhraseStore.load(data), plan, composed=made, on_step=lambda: bar.update(1))
        test = test_side(prepared, plan, FAMILIES)
        bar.update(1)
        result, scored = evaluate(prepared, test, plan, on_step=lambda: bar.update(1))
    if foreign is not None:
        judge = Judge.load(weights)
        human = np.mean(list(scored.human.values()), axis=0)
        found = {system.name: system for system in systems(foreign)}
        machine = {name: judge.probabilities_of(*_claimed(system.lines)) for name, system in found.items()}
        control = {
            name: judge.probabilities_of(*_claimed(system.control))
            for name, system in found.items()
            if system.control
        }
        result = replace(result, foreign=foreign_figures(machine, human, control))
    out.mkdir(parents=True, exist_ok=True)
    words = [f"--data {data.name}", f"--humans {humans}", f"--per-family {per_family}", f"--trees {trees}"]
    words += [
        f"--{word} {place.name}" for word, place in (("composed", composed), ("foreign", foreign)) if place
    ]
    text = markdown(result, f"violin evaluate judge {' '.join(words)}", draw(result, scored, out))
    aside = out / f".{REPORT_NAME}.aside"
    aside.write_text(text, encoding="utf-8")
    aside.replace(out / REPORT_NAME)
    click.echo(
        f"{out / REPORT_NAME}: mean AUC {result.mean_auc:.3f}, worst {result.worst_auc:.3f}, "
        f"decided {result.decided:.3f}, ECE {result.ece:.3f}"
    )


def _claimed(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """The lines with a composer each, in turn: a foreign system claims none."""
    return lines, [SLUGS[index % len(SLUGS)] for index in range(len(lines))]
