"""The pre-commit hook, the GitHub action and the container, tried on a repository with MIDI files."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from violin import Key, Note, Phrase

ROOT = Path(__file__).resolve().parents[1]
CLEAN = Phrase(tuple(Note(bar * 192, 69 + bar % 3, 192) for bar in range(8)), 8, key=Key())
LOW = Phrase((Note(0, 50, 192), *CLEAN.notes[1:]), 8, key=Key())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    LOW.save(tmp_path / "music" / "LOW.MID")
    CLEAN.save(tmp_path / "music" / "a clean one.mid")
    (tmp_path / "readme.txt").write_text("no music")
    return tmp_path


def loaded(name: str) -> Any:
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_hook_runs_on_the_files_that_it_names(repository: Path) -> None:
    [hook] = loaded(".pre-commit-hooks.yaml")
    names = [path.relative_to(repository).as_posix() for path in repository.rglob("*") if path.is_file()]
    matched = [name for name in names if re.search(hook["files"], name)]
    assert sorted(matched) == ["music/LOW.MID", "music/a clean one.mid"]
    program, *arguments = hook["entry"].split()
    assert program == "violin"
    done = subprocess.run(
        [sys.executable, "-m", "violin", *arguments, *matched],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "music/LOW.MID"
    assert "C041 below-violin: bar 1 beat 1" in done.stdout


def run_action(repository: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The step of the action that lints, as GitHub runs it: inputs in its environment, in bash."""
    action = loaded("action.yml")
    values = {name: inputs.get(name, spec["default"]) for name, spec in action["inputs"].items()}
    [step] = [step for step in action["runs"]["steps"] if step.get("name") == "Lint"]
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: values[found[1]], text)
        for name, text in step["env"].items()
    }
    programs = repository / ".programs"
    programs.mkdir()
    program = programs / "violin"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m violin "$@"\n')
    program.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=repository,
        env={**os.environ, **environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_annotates_findings_with_bar_and_beat(repository: Path) -> None:
    done = run_action(repository)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith(
        "::error file=music/LOW.MID,line=1,col=1,title=C041 below-violin::bar 1 beat 1"
    )
    assert "2 files: " in done.stdout


def test_the_action_takes_paths_with_spaces_and_arguments(repository: Path) -> None:
    paths = "music/a clean one.mid\nmusic/LOW.MID\n"
    done = run_action(repository, paths=paths, arguments="--ignore=C041\n--quiet")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_container_installs_extras_that_exist() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    [extras] = re.findall(r"^ARG EXTRAS=(\S+)$", text, re.MULTILINE)
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    assert set(extras.split(",")) <= set(setup["options.extras_require"])
    assert "\nENV HOME=/tmp\n" in text  # else fontconfig complains, since --user has no home folder
    assert (ROOT / "requirements" / "constraints.txt").is_file()
    kept_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    packages = {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()} - {"tests"}
    assert not packages & set(kept_out)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_a_completion(shell: str) -> None:
    done = completed(f"{shell}_source")
    assert "_VIOLIN_COMPLETE" in done


def test_verbs_and_options_are_completed() -> None:
    assert completed("bash_complete", COMP_WORDS="violin nov", COMP_CWORD="1") == "plain,novelty\n"
    options = completed("bash_complete", COMP_WORDS="violin lint --wa", COMP_CWORD="2")
    assert options == "plain,--watch\n"


def completed(task: str, **words: str) -> str:
    code = "from violin.cli import cli; cli(prog_name='violin')"
    environment = {**os.environ, **words, "_VIOLIN_COMPLETE": task}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout
