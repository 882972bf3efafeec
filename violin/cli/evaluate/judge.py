"""`violin evaluate judge`: families of machine phrases left out in turn, on unseen works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from violin.challenge import SLUGS
from violin.cli.common.progress import progress
from violin.files import write_text_whole

if TYPE_CHECKING:
    from models.judge.evaluation.records import Scored
    from models.judge.features.canonical import Line

_STEPS, _OPEN_STEPS = 60, 20  # about: folds and sides that are measured, families that are left out


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
    help="Folder of other systems' output (NAME/machine/..., NAME/human/...), never trained on.",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path, exists=True),
    help="Judge for --foreign, instead of the shipped one.",
)
@click.option(
    "--composed",
    type=click.Path(path_type=Path, exists=True),
    help="Store of phrases by our own composer, made by `violin train judge --composed`.",
)
@click.option(
    "--further",
    type=click.Path(path_type=Path, exists=True),
    help="Store of phrases by further generators, made by `violin train judge --further`.",
)
@click.option(
    "--own-works",
    is_flag=True,
    help="Train on the eight composers' own works only, as the challenge's call says.",
)
@click.option("--humans", type=click.IntRange(100), default=6000, show_default=True, help="Human phrases.")
@click.option(
    "--per-family",
    type=click.IntRange(20),
    default=600,
    show_default=True,
    help="Machine phrases per family.",
)
@click.option(
    "--three-at-once",
    is_flag=True,
    help="Leave out three families at a time: stricter, and in a third of the time.",
)
@click.option("--trees", type=click.IntRange(10), default=40, show_default=True, help="Trees per forest.")
@click.option(
    "--cache", type=click.Path(path_type=Path, file_okay=False), help="Folder that caches measured features."
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Number of processes.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/judge"), show_default=True)
def command(
    data: Path,
    foreign: Path | None,
    weights: Path | None,
    composed: Path | None,
    further: Path | None,
    own_works: bool,
    humans: int,
    per_family: int,
    three_at_once: bool,
    trees: int,
    cache: Path | None,
    workers: int,
    seed: int,
    out: Path,
) -> None:
    """Measure the judge on unseen works, with each family of machine phrases left out in turn.

    Writes a markdown report with bootstrap intervals, baselines, calibration, and figures by composer
    and by length. Takes some minutes on one core.

    \b
    Example:
      violin evaluate judge --data data/phrases --out docs/judge
    """
    from dataclasses import replace

    from data_prep.corpus.store import PhraseStore
    from models.judge.evaluation.evaluate import evaluate
    from models.judge.evaluation.report import REPORT_NAME, draw, markdown
    from models.judge.training import sources
    from models.judge.training.cache import FeatureCache
    from models.judge.training.fit import Plan, prepare

    plan = Plan.of(humans, per_family, trees, trees, seed)
    kept = FeatureCache(cache)
    made, others = (PhraseStore.load(place) if place else None for place in (composed, further))
    with progress(_STEPS + _OPEN_STEPS * bool(others), "measuring") as bar:

        def step() -> None:
            bar.update(1)

        store = PhraseStore.load(data)
        store = sources.own_works(store) if own_works else store
        prepared = prepare(
            store, plan, composed=made, further=others, test=True, cache=kept,
            workers=workers, on_step=step,
        )  # fmt: skip
        result, scored = evaluate(
            prepared, plan, at_once=three_at_once, cache=kept, workers=workers, on_step=step
        )
    if foreign is not None:
        result = replace(result, foreign=_foreign(foreign, weights, scored))
    out.mkdir(parents=True, exist_ok=True)
    words = [f"--data {data.name}", f"--humans {humans}", f"--per-family {per_family}", f"--trees {trees}"]
    places = {"composed": composed, "further": further, "foreign": foreign}
    words += [f"--{word} {place.name}" for word, place in places.items() if place]
    words += ["--own-works"] * own_works
    words += ["--three-at-once"] * three_at_once
    text = markdown(result, f"violin evaluate judge {' '.join(words)}", draw(result, scored, out))
    write_text_whole(out / REPORT_NAME, text)
    mode = result.default
    click.echo(
        f"{out / REPORT_NAME}: mean AUC {mode.mean_auc.value:.3f}, worst {mode.worst_auc.value:.3f}, "
        f"decided {mode.decided.value:.3f}, ECE {mode.ece:.3f}"
    )


def _foreign(folder: Path, weights: Path | None, scored: Scored) -> dict[str, dict[str, dict[str, float]]]:
    """The figures of foreign systems, by the mode of the judge of a weight file."""
    import numpy as np

    from models.judge.evaluation.figures import foreign_figures
    from models.judge.evaluation.foreign import systems
    from models.judge.score import OPEN, SELF_NEGATIVES, Judge

    human = np.mean(list(scored.human.values()), axis=0)
    found = {system.name: system for system in systems(folder)}
    rows = {}
    for mode in (SELF_NEGATIVES, OPEN):
        try:
            judge = Judge.load(weights, mode)
        except ValueError:
            continue  # a judge without that mode
        machine = {name: judge.probabilities_of(*_claimed(system.lines)) for name, system in found.items()}
        control = {
            name: judge.probabilities_of(*_claimed(system.control))
            for name, system in found.items()
            if system.control
        }
        rows[mode] = foreign_figures(machine, human, control)
    return rows


def _claimed(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """The lines with a composer each, in turn: a foreign system claims none."""
    return lines, [SLUGS[index % len(SLUGS)] for index in range(len(lines))]
