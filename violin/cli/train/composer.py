"""`violin train composer`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import data_option
from violin.cli.common.progress import ShareProgress
from violin.cli.common.warnings import inform, summarize


@click.command()
@click.option(
    "--config", "name", default="cpu", show_default=True, help="Name: tiny, cpu, nested, planned or std."
)
@data_option("The phrase store that `violin prepare` made.")
@click.option("--run", "folder", type=click.Path(path_type=Path), help="Folder of the run's files.")
@click.option("--steps", type=click.IntRange(min=1), help="Length of the run in steps.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Length in minutes of training.")
@click.option(
    "--processor-time", is_flag=True,
    help="Count --minutes in processor time, so that runs on a busy machine can be compared.",
)  # fmt: skip
@click.option(
    "--resume", type=click.Choice(["auto", "never"]), default="auto", show_default=True,
    help="auto: continue from the run's last state; never: refuse a folder that has one.",
)  # fmt: skip
@click.option(
    "--from", "start", type=click.Path(path_type=Path),
    help="Initial weights instead of random ones; those of a smaller config are widened.",
)  # fmt: skip
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
    help="Factor on the config's learning rates; about .5 suits a run with --from.",
)  # fmt: skip
@click.option(
    "--balanced-from", type=click.FloatRange(0, 1),
    help="Share of the run after which composers are sampled more evenly; default: the config's.",
)  # fmt: skip
@click.option(
    "--dropout", type=click.FloatRange(0, 1, max_open=True),
    help="Dropout rate; default: the config's.",
)  # fmt: skip
@click.option(
    "--step-tokens", type=click.IntRange(min=256), nargs=2, metavar="FIRST LAST",
    help="Tokens of a training step at the start and at the end of the run; default: the config's.",
)  # fmt: skip
@click.option(
    "--variant", "variant_name", metavar="NAME",
    help="Another shape, network or augmentation, for measurements only; an unknown name lists all.",
)  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), help="Threads per process; default: all cores.")
@click.option("--validate-every", type=float, default=300.0, show_default=True, help="Seconds of training.")
@click.option("--save-every", type=float, default=120.0, show_default=True, help="Seconds of training.")
@click.option(
    "--mean-of", "averaged", type=click.Path(path_type=Path), multiple=True,
    help="Train nothing; write the mean of these weights as the run's best. Repeat it for each file.",
)  # fmt: skip
@click.option(
    "--ship", is_flag=True, help="Replace the shipped weights by the best of the run, in half precision."
)
@click.option("--list-configs", is_flag=True, help="Print the configs and exit.")
def command(
    name: str,
    data: Path,
    folder: Path | None,
    steps: int | None,
    minutes: float | None,
    processor_time: bool,
    resume: str,
    start: Path | None,
    rate: float,
    balanced_from: float | None,
    dropout: float | None,
    step_tokens: tuple[int, int] | None,
    variant_name: str | None,
    seed: int,
    threads: int | None,
    validate_every: float,
    save_every: float,
    averaged: tuple[Path, ...],
    ship: bool,
    list_configs: bool,
) -> None:
    """Train the composing transformer on a phrase store.

    \b
    Examples:
      violin train composer --config cpu --run runs/cpu --minutes 240
      violin train composer --config tiny --run runs/try --steps 200
      violin train composer --config nested --step-tokens 2048 2048 --processor-time --minutes 5 --run runs/a
      violin train composer --config nested --variant 320x6 --processor-time --minutes 5 --run runs/c
      violin train composer --run runs/cpu --ship
      violin train composer --config planned --from runs/a/best.safetensors --run runs/b --minutes 60
      violin train composer --from runs/cpu/best.safetensors --rate .5 --run runs/more --minutes 120
      violin train composer --mean-of a.safetensors --mean-of b.safetensors --run runs/mean
      torchrun --nproc_per_node 2 -m violin train composer --config std --run runs/std --steps 20000

    Give the same command again to continue a killed run. The run's folder holds the best averaged
    weights in best.safetensors and the training figures in metrics.jsonl.
    """
    from models.composer.config import CONFIGS, config_named

    if list_configs:
        for config in CONFIGS.values():
            model = config.model
            click.echo(f"{config.name}: {model.dim} wide, {model.depth} layers, {model.heads} heads")
        return
    config = config_named(name).tuned(rate, balanced_from, dropout, step_tokens)
    if folder is None:
        raise click.UsageError("Missing option '--run'.")
    trains = steps is not None or minutes is not None
    if averaged and trains:
        raise click.UsageError("'--mean-of' trains nothing; leave out '--steps' and '--minutes'.")
    if averaged:
        _average(averaged, data, folder)
    if ship and not trains:
        _ship(folder)
    if averaged or (ship and not trains):
        return
    if (steps is None) == (minutes is None):
        raise click.UsageError("Give the length of the run: either '--steps' or '--minutes'.")

    import torch

    from models.training.place import Budget
    from models.training.train import Schedule, Start, holds_run, train_composer
    from models.training.trainer import BEST_NAME, METRICS_NAME
    from models.training.variants.named import AS_IT_IS, variant_named

    variant = variant_named(variant_name) if variant_name else AS_IT_IS
    if resume == "never" and holds_run(folder):
        raise click.UsageError(f"{folder} already holds a run; give '--resume auto' or another folder.")
    if threads:
        torch.set_num_threads(threads)

    def on_start(begun: Start) -> None:
        word = f"continuing from step {begun.step}" if begun.step else "beginning"
        inform(f"{folder}: {word}; {begun.phrases} phrases")

    with ShareProgress("training") as shown:
        best = train_composer(
            config,
            data,
            folder,
            Budget(steps, minutes),
            start=start,
            seed=seed,
            resume=resume == "auto",
            schedule=Schedule(validate_every, save_every, processor_time),
            variant=variant,
            on_start=on_start,
            on_step=lambda share, figures: shown.update(share, _text(figures)),
        )
    if best is None:  # torchrun started this process and another one leads
        return
    summarize(f"best validation bits per note {best:.3f}: {folder / BEST_NAME}")
    summarize(f"figures: {folder / METRICS_NAME}")
    if ship:
        _ship(folder)


def _average(paths: tuple[Path, ...], data: Path, folder: Path) -> None:
    from models.training.averaging import average_weights
    from models.training.trainer import BEST_NAME

    found = average_weights(
        paths, data, folder, lambda path, bits: inform(f"validation bits per note {bits:.3f}: {path}")
    )
    summarize(f"validation bits per note of the mean {found.mean:.3f}: {folder / BEST_NAME}")


def _text(figures: dict[str, object]) -> str:
    """The newest figures of training, for the progress bar."""
    shown = ("step", "loss", "tokens_per_second", "validation_bits_per_note")
    return ", ".join(f"{key.replace('_', ' ')} {figures[key]}" for key in shown if key in figures)


def _ship(folder: Path) -> None:
    from models.training.train import ship

    file = ship(folder)
    summarize(f"shipped: {file} ({file.stat().st_size / 1e6:.1f} MB)")
