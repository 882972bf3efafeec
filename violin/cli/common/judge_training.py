"""The options that `violin train judge` and `violin evaluate judge` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from violin.cli.common.options import data_option

_Command = TypeVar("_Command", bound=Callable[..., Any])


def judge_training_options(trees: int) -> Callable[[_Command], _Command]:
    """A decorator that adds the options; `trees` is the default of --trees."""
    options = (
        data_option("Phrase store of human music, made by `violin prepare`."),
        click.option(
            "--own-works",
            is_flag=True,
            help="Train on the eight composers' own works only, as the challenge's call says.",
        ),
        click.option(
            "--humans", type=click.IntRange(100), default=6000, show_default=True, help="Human phrases."
        ),
        click.option(
            "--per-family",
            type=click.IntRange(20),
            default=600,
            show_default=True,
            help="Machine phrases per family.",
        ),
        click.option(
            "--trees", type=click.IntRange(10), default=trees, show_default=True, help="Trees per forest."
        ),
        click.option(
            "--cache",
            type=click.Path(path_type=Path, file_okay=False),
            help="Folder that caches measured features.",
        ),
        click.option(
            "--workers", type=click.IntRange(1), default=1, show_default=True, help="Number of processes."
        ),
        click.option("--seed", type=int, default=0, show_default=True),
    )

    def add(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add
