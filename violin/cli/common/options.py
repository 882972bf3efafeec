"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def data_option(text: str) -> Callable[[_Command], _Command]:
    """--data, a phrase store; `text` is its help."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        default=Path("data/phrases"),
        show_default=True,
        help=text,
    )


def weights_option(text: str) -> Callable[[_Command], _Command]:
    """--weights, a composer's file; `text` is its help."""
    return click.option("--weights", type=click.Path(path_type=Path), help=text)


def critic_option(command: _Command) -> _Command:
    """--critic, the parameter `critic_file`."""
    return click.option(
        "--critic",
        "critic_file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Critic to use instead of the shipped one.",
    )(command)


def out_or_ship(what: str) -> Callable[[_Command], _Command]:
    """--out and --ship: where a trained `what` ("critic") is written. `require_out_or_ship` checks them."""

    def add(command: _Command) -> _Command:
        text = f"Replace the shipped {what}; every verb then uses the new one."
        command = click.option("--ship", is_flag=True, help=text)(command)
        path = click.Path(path_type=Path, dir_okay=False)
        return click.option("--out", type=path, help="The file to write.")(command)

    return add


def require_out_or_ship(out: Path | None, ship: bool) -> None:
    """A usage error unless exactly one of --out and --ship is given."""
    if ship == (out is not None):
        raise click.UsageError("name the file to write with --out, or say --ship; not both")
