"""The input of `violin compose`: pairs and whole phrases, read from files."""

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
    """The music of the files that can be read, with their stems, and the errors of all others.

    Each error is also printed. `options` are those of `violin.api.composing.given_of`. A warning names each
    note that is removed although it also sounds in a kept bar.
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
    """Warn of each pair for which --bars is ignored, because its gap shows another length."""
    for _, music in given:
        if isinstance(music, Redo) or bars is None or music.bars in (None, bars):
            continue
        inform(f"Warning: {music.name}: --bars {bars} is ignored; the gap shows {music.bars} bars")
