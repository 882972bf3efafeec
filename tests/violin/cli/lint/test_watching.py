"""`violin lint --watch`: a file is checked again when it changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from violin import Key, Note, Phrase
from violin.cli import cli
from violin.cli.lint.watching import changes

CLEAN = Phrase(tuple(Note(bar * 192, 69 + bar % 3, 192) for bar in range(8)), 8, key=Key())
LOW = Phrase((Note(0, 50, 192), *CLEAN.notes[1:]), 8, key=Key())


def wait_that(*steps: Callable[[], object]) -> Callable[[float], None]:
    """A `time.sleep` that makes one change at each call, and Ctrl-C when there is none left."""
    left: Iterator[Callable[[], object]] = iter(steps)

    def wait(seconds: float) -> None:
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    return wait


def test_changed_new_and_vanished_files_are_reported(tmp_path: Path) -> None:
    one, two = tmp_path / "one.mid", tmp_path / "two.mid"
    one.write_bytes(b"a")
    steps = (
        lambda: None,
        lambda: one.write_bytes(b"ab"),
        lambda: two.write_bytes(b"a"),
        lambda: (tmp_path / "notes.txt").write_bytes(b"no music"),
        lambda: one.unlink(),
    )
    reports: list[tuple[list[str], list[str]]] = []
    with pytest.raises(KeyboardInterrupt):
        for each in changes([str(tmp_path)], wait_that(*steps)):
            reports.append(each)
    assert reports == [([str(one)], []), ([str(two)], []), ([], [str(one)])]


def test_the_verb_reports_each_change_and_ends_with_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    CLEAN.save("a.mid")
    CLEAN.save("b.mid")
    monkeypatch.setattr("time.sleep", wait_that(lambda: LOW.save("a.mid"), lambda: Path("b.mid").unlink()))
    done = CliRunner().invoke(cli, ["lint", ".", "--watch"])
    assert done.exit_code == 130
    first, changed, vanished = done.stdout.split("-- ")
    assert first == "2 files: no findings\n"
    assert "a.mid\n  error   C041 below-violin: bar 1 beat 1" in changed
    assert "1 file: 1 error" in changed
    assert vanished.endswith("b.mid: no longer there\n")


def test_accepted_findings_stay_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    LOW.save("a.mid")
    run = CliRunner().invoke
    assert run(cli, ["lint", ".", "--baseline", "base.json", "--write-baseline"]).exit_code == 0
    again = [partial(os.utime, "a.mid", (number, number)) for number in (1, 2)]
    monkeypatch.setattr("time.sleep", wait_that(*again))
    done = run(cli, ["lint", ".", "--baseline", "base.json", "--watch"])
    assert (done.exit_code, "C041" in done.stdout) == (130, False)


@pytest.mark.parametrize("option", ["--fix", "--format=json", "--output-file=x.txt", "-"])
def test_what_watching_cannot_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["lint", ".", "--watch", option])
    assert done.exit_code == 2
    assert "--watch is for a report on the screen" in done.stderr
