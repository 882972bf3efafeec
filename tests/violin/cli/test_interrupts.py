"""Ctrl-C at any moment of any verb: exit code 130, at most a line about it, no traceback."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from violin import Note, Phrase
from violin.cli import VERBS, cli
from violin.cli.lazy import LazyGroup

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("constraints", "data_prep", "models", "submission", "violin/api", "violin/studio")
WORK = tuple(str(ROOT / room) for room in ROOMS)
TUNE = Phrase(tuple(Note(48 * i, 60 + i % 12, 48) for i in range(32)), 8)
LINES = """
lint good.mid
lint good.mid --fix
explain C041
fingering good.mid
render good.mid --to mid --out out.mid
compose good.mid
judge good.mid --composer bach --workers 1
submit generator set --out out.zip --workers 1
submit judge set --out out.zip --workers 1
verify set
rehearse --corpus folder --out rehearsal --workers 1
arena --dataset set
prepare --no-music21 --corpus folder --out store
data list
data check --store set
data report --store set
train composer --config tiny --data set --run run --steps 1
train preferences --data set --run run
train judge --data set
train critic --data set --out critic.npz
train index --data set --out index.npz
train plans --data set --out plans.safetensors
train tokens --data set --out tokens.safetensors
evaluate answers --data set
evaluate composer --data set
evaluate independent --data set
evaluate judge --data set --out report
evaluate style good.mid folder
novelty good.mid
studio --no-browser
bench compose --phrases 1
bench lint --phrases 1 --rounds 1
bench soundness --phrases 1
bench robustness --mutations 1
bench verbs --files 1
bench render --phrases 1
bench repertoire --corpus folder
bench fingering --corpus folder
bench controllability --pairs 1
bench plans
bench choose
evaluate sheets
bench styles
bench judge --data set
adapt folder --name own --out own.safetensors
""".strip().splitlines()
QUICK = [*LINES[:5], "verify set", "novelty good.mid"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("good.mid", "folder/a.mid", "set/composer1/001.mid"):
        TUNE.save(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def interrupted_at(count: int) -> Iterator[list[str]]:
    """KeyboardInterrupt, as Ctrl-C raises it, at the `count`-th call of a function that does the work.

    Imports are not interrupted: a half-loaded module would break the tests that follow. Yields the name of
    the function, once it was called.
    """
    reached: list[str] = []
    calls = 0

    def look(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        if event != "call" or not frame.f_code.co_filename.startswith(WORK) or _is_loading(frame):
            return
        calls += 1
        if calls == count:
            sys.setprofile(None)
            reached.append(frame.f_code.co_name)
            raise KeyboardInterrupt

    sys.setprofile(look)
    try:
        yield reached
    finally:
        sys.setprofile(None)


def _is_loading(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_code.co_filename.startswith(WORK):
            return True
        frame = frame.f_back
    return False


def stop(line: str, count: int) -> tuple[int, str, list[str]]:
    with interrupted_at(count) as reached:
        done = CliRunner().invoke(cli, shlex.split(line))
    return done.exit_code, done.output, reached


@pytest.mark.parametrize("line", LINES)
def test_a_verb_that_is_stopped_as_it_begins_ends_with_130(line: str) -> None:
    code, output, reached = stop(line, 1)
    assert reached, output
    assert code == 130, output
    assert "Traceback" not in output
    assert len(output.strip().splitlines()) <= 2, output


@pytest.mark.parametrize("line", QUICK)
@pytest.mark.parametrize("count", [7, 60])
def test_a_verb_that_is_stopped_in_the_middle_ends_with_130(folder: Path, line: str, count: int) -> None:
    code, output, reached = stop(line, count)
    assert code == (130 if reached else code)
    assert "Traceback" not in output
    assert not list(folder.rglob("*.part"))
    assert (folder / "good.mid").read_bytes() == TUNE.to_midi()


def test_every_verb_is_in_the_table() -> None:
    for verb in VERBS:
        command = cli.get_command(click.Context(cli), verb)
        has_verbs = isinstance(command, LazyGroup) and verb != "bench"
        names = command.list_commands(click.Context(command)) if has_verbs else [""]
        for name in names:
            assert any(line.startswith(f"{verb} {name}".strip()) for line in LINES), f"{verb} {name}"
