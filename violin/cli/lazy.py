"""A click group that imports a verb's module only when that verb is called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from violin.cli.common.failures import one_line_errors
from violin.cli.common.quiet import add_quiet_option


class LazyGroup(click.Group):
    """`verbs` maps a name to (module, one line of help); the module holds a click `command`.

    The help page needs only these lines, so `violin --help` imports nothing. Errors end as
    one line on stderr; see `violin.cli.common.failures`.
    """

    def __init__(self, *args: Any, verbs: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._verbs:
            return None
        command: click.Command = importlib.import_module(self._verbs[cmd_name][0]).command
        return command if isinstance(command, click.Group) else add_quiet_option(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._verbs and not args[0].startswith("-"):
            from difflib import get_close_matches  # only on the way to an error

            close = get_close_matches(args[0], self._verbs, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else f" There are: {', '.join(self._verbs)}."
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._verbs.items()])

    def invoke(self, ctx: click.Context) -> Any:
        with one_line_errors():
            return super().invoke(ctx)
