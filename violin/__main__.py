"""`python -m violin` and the console script.

The five packages have plain names (`models`, `constraints`, …). `python -m` puts the caller's
folder first on the path. Another `models/` there would be imported instead of ours, so that folder
is removed from the path before anything else is imported.
"""

from __future__ import annotations

import sys
from pathlib import Path


def _remove_callers_folder() -> None:
    ours = Path(__file__).resolve().parent.parent
    here = Path.cwd().resolve()
    if here != ours:
        sys.path[:] = [entry for entry in sys.path if entry and Path(entry).resolve() != here]


def main() -> None:
    """Run the command line."""
    try:
        _remove_callers_folder()
        from violin.cli import cli
        from violin.cli.common.failures import repair_streams

        repair_streams()
        cli()
    except KeyboardInterrupt:  # while the program was still loading
        sys.exit(130)


if __name__ == "__main__":
    main()
