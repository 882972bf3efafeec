"""Which rules run, and how severe they are: the settings, overridden by the options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from constraints.linter.selection import Selection
    from violin.settings import LintSettings


def selection_from(
    settings: LintSettings,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: tuple[str, ...],
    lowest_pitch: str | None,
) -> Selection:
    """The settings' selection, overridden by the options."""
    from constraints.linter.finding import Severity
    from constraints.linter.selection import Selection

    levels = list(settings.severity)
    for text in severity:
        code, found, level = text.partition("=")
        if not found or level.upper() not in Severity.__members__:
            raise click.BadParameter(
                f"{text!r}; legal: CODE=off, info, warning or error", param_hint="--severity"
            )
        levels.append((code, level))
    return Selection(
        select=_codes(select) or settings.select,
        ignore=settings.ignore + _codes(ignore),
        severity=tuple((code, Severity[level.upper()]) for code, level in levels),
        per_file_ignores=settings.per_file_ignores,
        lowest_pitch=int(lowest_pitch) if lowest_pitch else settings.lowest_pitch,
    ).validate()


def _codes(options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for option in options for code in option.replace(",", " ").split())
