"""`violin evaluate judge`: families of machine phrases left out in turn, on unseen works."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.judge_training import judge_training_options
from violin.cli.common.progress import StageProgress
from violin.files import write_text_whole


@click.command()
@judge_training_options(trees=24)
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
    "--three-at-once",
    is_flag=True,
    help="Leave out three families at a time: stricter, and in a third of the time.",
)
@click.option(
    "--families-only",
    is_flag=True,
    help="Measure left-out families only: no whole architectures, no transfer, no further generators, no "
    "open mode. A third of the fits.",
)
@click.option(
    "--quick",
    is_flag=True,
    help="Only the AUC of each family, three left out at a time, on the validation split (validation.md).",
)
@click.option(
    "--repetition",
    type=click.Choice(["used", "held-out", "matched"]),
    default="used",
    show_default=True,
    help="With --quick. held-out: without the features of repetition; matched: machine phrases drawn so "
    "that their longest repeated runs are distributed as those of human phrases.",
)
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
    families_only: bool,
    quick: bool,
    repetition: str,
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
      violin evaluate judge --data data/phrases --quick --repetition matched
    """
    from models.judge.evaluation.from_files import Inputs, evaluate_judge, validate_judge
    from models.judge.evaluation.report import QUICK_REPORT_NAME, quick_markdown, write_report
    from models.judge.training.fit import Plan

    plan = Plan.of(humans, per_family, trees, trees, seed)
    inputs = Inputs(data, own_works, composed, further, foreign, weights)
    words = [f"--data {data.name}", f"--humans {humans}", f"--per-family {per_family}", f"--trees {trees}"]
    places = {"composed": composed, "further": further, "foreign": foreign}
    words += [f"--{word} {place.name}" for word, place in places.items() if place]
    words += ["--own-works"] * own_works
    if repetition != "used" and not quick:
        raise click.UsageError("--repetition needs --quick")
    if quick:
        with StageProgress() as stages:
            found, systems = validate_judge(
                inputs, plan, repetition, cache=cache, workers=workers, on_progress=stages.update
            )
        words.append(f"--quick --repetition {repetition}")
        out.mkdir(parents=True, exist_ok=True)
        report = out / QUICK_REPORT_NAME
        write_text_whole(report, quick_markdown(found, f"violin evaluate judge {' '.join(words)}", systems))
        click.echo(
            f"{report}: mean AUC {found.mean:.3f}, worst {found.worst.name} {found.worst.judge:.3f}, "
            f"decided {found.decided:.3f}, ECE {found.ece:.3f}, "
            f"correlation with the longest run alone {found.run_correlation:.2f}"
        )
        return
    with StageProgress() as stages:
        result, scored = evaluate_judge(
            inputs,
            plan,
            at_once=three_at_once,
            families_only=families_only,
            cache=cache,
            workers=workers,
            on_progress=stages.update,
        )
    words += ["--three-at-once"] * three_at_once + ["--families-only"] * families_only
    report = write_report(result, scored, out, f"violin evaluate judge {' '.join(words)}")
    mode = result.default
    click.echo(
        f"{report}: mean AUC {mode.mean_auc.value:.3f}, worst {mode.worst_auc.value:.3f}, "
        f"decided {mode.decided.value:.3f}, ECE {mode.ece:.3f}"
    )
