"""Run the commands of the guides and compare what they print with the pages.

    python scripts/pages/run_guides.py                        all guides; exit code 1 if a page differs
    python scripts/pages/run_guides.py docs/guides/judge.md   one of them
    python scripts/pages/run_guides.py --write                write the actual output into the pages

A guide's blocks marked `console` are run in order, in one empty folder per guide. A line that begins
with "$ " is a command (bash, with this Python's `violin` first on the path); the lines below it are
its output, standard error included. Times and processor counts vary, so numbers before "s" and "ms"
are not compared, nor is the width of spaces. A line "..." stands for any number of lines.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from violin.files import write_text_whole

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"
ELLIPSIS = "..."
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
_TIMES = re.compile(r"\d+(\.\d+)?(?= m?s\b)")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a page and the lines that the page prints below it."""

    command: str
    expected: tuple[str, ...]


def steps_of(block: str) -> list[Step]:
    """The commands of a console block. ValueError if the block does not begin with one.

    >>> steps_of("$ echo a\\na\\n$ true\\n")
    [Step(command='echo a', expected=('a',)), Step(command='true', expected=())]
    """
    steps: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        elif not steps:
            raise ValueError(f"a console block begins with {line!r}, not with a command")
        else:
            steps[-1][1].append(line)
    return [Step(command, tuple(lines)) for command, lines in steps]


def matches(expected: tuple[str, ...], printed: list[str]) -> bool:
    """Whether a command printed what the page says.

    >>> matches(("a", "...", "took 2 s"), ["a", "b", "c", "took 31.5 s"])
    True
    >>> matches(("a",), ["a", "b"])
    False
    """
    pattern = "".join(
        r"(?:.*\n)*" if line == ELLIPSIS else re.escape(_without_times(line)) + r"\n" for line in expected
    )
    text = "".join(f"{_without_times(line)}\n" for line in printed)
    return re.fullmatch(pattern, text) is not None


def _without_times(line: str) -> str:
    return re.sub(r" +", " ", _TIMES.sub("N", line.rstrip()))


def shortened(expected: tuple[str, ...], printed: list[str]) -> list[str]:
    """The printed lines, cut as the page cuts them: at "..." only the lines around it are kept."""
    if ELLIPSIS not in expected:
        return printed
    at = expected.index(ELLIPSIS)
    after = len(expected) - at - 1
    return [*printed[:at], ELLIPSIS, *printed[len(printed) - after :]]


def run(command: str, folder: Path) -> list[str]:
    """The lines that a command prints in a folder, on both streams."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", "COLUMNS": "100"}
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return [line.rstrip() for line in result.stdout.splitlines()]


def followed(page: Path) -> tuple[str, list[str]]:
    """The page with the actual outputs, and one line for each command whose output differs."""
    differences = []
    with tempfile.TemporaryDirectory() as folder:

        def true_block(found: re.Match[str]) -> str:
            lines = []
            for step in steps_of(found[0]):
                print(f"{page.name}: {step.command}", file=sys.stderr)
                printed = run(step.command, Path(folder))
                if not matches(step.expected, printed):
                    differences.append(f"{page.name}: {step.command}: printed\n  " + "\n  ".join(printed))
                lines += [f"$ {step.command}", *shortened(step.expected, printed)]
            return "".join(f"{line}\n" for line in lines)

        text = _BLOCK.sub(true_block, page.read_text(encoding="utf-8"))
    return text, differences


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("pages", nargs="*", type=Path, default=sorted(GUIDES.glob("*.md")))
    options.add_argument("--write", action="store_true", help="write the actual output into the pages")
    chosen = options.parse_args()
    found = []
    for page in chosen.pages:
        text, differences = followed(page)
        found += differences
        if chosen.write and differences:
            write_text_whole(page, text)
    print(*found, sep="\n")
    print(f"{len(chosen.pages)} pages, {len(found)} commands whose output differs")
    return 1 if found and not chosen.write else 0


if __name__ == "__main__":
    sys.exit(main())
