"""Installs the package without extras into an empty virtual environment, and runs what must work there.

    python requirements/check_base_install.py

Prints the size of the environment and the seconds that pip took. Needs the network, or pip's cache.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAKE_TUNE = (
    "from violin import Key, Note, Phrase\n"
    "Phrase(tuple(Note(48 * b, 62 + b % 8, 48) for b in range(32)), 8, key=Key(2)).save('tune.mid')"
)
COMMANDS = (  # with the expected exit code
    (0, "lint tune.mid"),
    (0, "fingering tune.mid --format json"),
    (0, "judge tune.mid --composer bach --workers 1"),
    (0, "novelty tune.mid"),
    (0, "render tune.mid --to wav"),
    (2, "compose tune.mid"),
)


def main() -> None:
    """Install, run, and report; SystemExit if a command's exit code is not the expected one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
        before = _megabytes(folder / "venv")
        started = time.monotonic()
        constraints = ROOT / "requirements" / "constraints.txt"
        pip = (programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        subprocess.run([*pip, "-c", constraints, ROOT], check=True)
        seconds = time.monotonic() - started
        print(f"installed in {seconds:.0f} s, {_megabytes(folder / 'venv') - before:.0f} MB")
        subprocess.run([programs / "python", "-c", MAKE_TUNE], cwd=folder, check=True)
        for code, line in COMMANDS:
            done = subprocess.run(
                [programs / "violin", *line.split()], cwd=folder, capture_output=True, text=True, check=False
            )
            said = (done.stderr or done.stdout).strip().splitlines()
            print(f"{done.returncode}  violin {line}  {said[-1] if said else ''}")
            if done.returncode != code or "Traceback" in done.stderr:
                sys.exit(f"expected exit code {code}:\n{done.stderr}")


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main()
