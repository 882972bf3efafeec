"""What `violin compose` composes to: pairs and whole phrases, read from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import click

from violin.cli.common.warnings import inform
from violin.errors import ViolinError, printable
from violin.pair import Pair, Redo


def read_music(
    paths: Sequence[Path], **options: Any
) -> tuple[list[tuple[str, Pair | Redo]], list[ViolinError]]:
    """What those files hold, with the stem of each; each other file gets a line on stderr and an error.

    `options` are those of `violin.api.composing.given_of`. A note that is removed although it also sounds
    in a kept bar is told.
    """
    from violin.api.composing import given_of
    from violin.pair.redo import cut_tails

    given: list[tuple[str, Pair | Redo]] = []
    errors: list[ViolinError] = []
    for path in paths:
        stem, name = ("stdin", "<stdin>") if str(path) == "-" else (path.stem, str(path))
        try:
            music = given_of(str(path), name=name, **options)
        except ViolinError as error:
            click.echo(f"Error: {printable(str(error))}", err=True)
            errors.append(error)
            continue
        given.append((stem, music))
        for line in cut_tails(music) if isinstance(music, Redo) else ():
            inform(f"Warning: {name}: {line}")
    return given, errors


def warn_of_gaps(given: Sequence[tuple[str, Pair | Redo]], bars: int | Literal["auto"] | None) -> None:
    """Say where --bars does not hold, since the gap of a pair says another length."""
    for _, music in given:
        if isinstance(music, Redo) or bars is None or music.bars in (None, bars):
            continue
        asked = f"--bars {bars} does not hold"
        inform(f"Warning: {music.name}: {asked}; the gap says {music.bars} bars")
