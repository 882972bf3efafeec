"""Lint every MIDI file of a folder and print what is wrong, the worst file first.

python examples/lint_folder.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from constraints.linter.check import check_bytes, errors
from violin.midi import load


def main(folder: Path) -> None:
    findings = {path: check_bytes(load(path), name=path.name) for path in sorted(folder.rglob("*.mid"))}
    for path, found in sorted(findings.items(), key=lambda item: -len(errors(item[1]))):
        print(f"{path.name}: {len(errors(found))} errors, {len(found)} findings in all")
        for finding in found:
            print(f"  {finding}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
