"""A plan on the command line: the name of a text file."""

from __future__ import annotations

from pathlib import Path

import click

from violin.errors import PlanError, printable
from violin.files import read_regular
from violin.plan import Plan


class PlanFile(click.ParamType):
    """The plan in a text file."""

    name = "file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Plan:
        if isinstance(value, Plan):
            return value
        path = Path(str(value))
        try:
            return Plan.parse(read_regular(path).decode("utf-8"))
        except OSError as error:
            reason = error.strerror or str(error)
        except UnicodeDecodeError:
            reason = "not a text in UTF-8; legal: a plan as --show-plan prints it"
        except PlanError as error:
            reason = str(error)
        raise click.BadParameter(printable(f"{path}: {reason}"), ctx, param)
