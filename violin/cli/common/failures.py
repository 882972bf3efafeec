"""How a verb ends when something goes wrong: one line on stderr and an exit code, never a traceback.

0: done as asked; 1: something was found; 2: it could not be done; 130: it was interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from violin.errors import ViolinError, optional_libraries, printable

CANNOT, INTERRUPTED = 2, 130


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn the errors that users, disks and memory can cause into one line and an exit code."""
    try:
        with optional_libraries():
            yield
    except ViolinError as error:
        fail(str(error))
    except KeyboardInterrupt:
        click.echo("\nInterrupted.", err=True)
        sys.exit(INTERRUPTED)
    except MemoryError:
        fail("not enough memory; try fewer files or fewer --workers")
    except RecursionError:
        fail("a value or a file is nested too deeply")
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader of our output has ended; click then ends quietly
            raise
        fail(f"{_place(error)}{error.strerror or error}")


def fail(message: str) -> NoReturn:
    """Print one line and end with exit code 2."""
    click.echo(f"Error: {printable(message)}", err=True)
    sys.exit(CANNOT)


def repair_streams() -> None:
    """Replace a closed stdout or stderr, and escape the characters that a stream cannot encode."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller, as in `violin lint x.mid 2>&-`
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _place(error: OSError) -> str:
    name = error.filename
    if name is None or isinstance(name, int):
        return ""
    return f"{os.fsdecode(name)}: "
