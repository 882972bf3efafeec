"""`--quiet`, which every verb has: only results and errors are printed."""

from __future__ import annotations

import click

_KEY = "violin.quiet"


def add_quiet_option(command: click.Command) -> click.Command:
    """The command with `-q, --quiet`, added once."""
    if not any(param.name == "quiet" for param in command.params):
        command.params.append(
            click.Option(
                ["-q", "--quiet"],
                is_flag=True,
                expose_value=False,
                callback=_remember,
                help="Print results and errors only: no progress, notes, warnings or summaries.",
            )
        )
    return command


def is_quiet() -> bool:
    """Whether the verb that runs was called with --quiet."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_KEY))


def _remember(context: click.Context, param: click.Parameter, value: bool) -> None:
    context.meta[_KEY] = value
