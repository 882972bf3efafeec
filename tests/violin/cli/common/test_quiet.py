"""`--quiet` of every verb: results and errors, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from violin import Key, Note, Phrase
from violin.cli import VERBS, cli
from violin.cli.common.quiet import add_quiet_option
from violin.cli.common.warnings import inform, note, summarize, warn
from violin.cli.lazy import LazyGroup

LOW = Phrase((Note(0, 50, 192), *(Note(bar * 192, 69, 192) for bar in range(1, 8))), 8, key=Key())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    LOW.save(tmp_path / "set" / "composer1" / "001.mid")
    (tmp_path / "set" / "composer1" / "002.mid").write_bytes(b"no music")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def leaves(group: LazyGroup, path: str = "") -> list[tuple[str, click.Command]]:
    """Every verb with its name, those of groups too."""
    found: list[tuple[str, click.Command]] = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, LazyGroup):
            found += leaves(command, f"{path}{name} ")
        else:
            found.append((path + name, command))
    return found


def test_every_verb_has_the_option_once() -> None:
    assert isinstance(cli, LazyGroup)
    verbs = leaves(cli)
    assert len(verbs) > len(VERBS)
    for name, command in verbs:
        opts = [option for param in command.params for option in param.opts]
        assert opts.count("--quiet") == opts.count("-q") == 1, name


def test_chatter_is_silent_and_results_are_not() -> None:
    @click.command()
    def command() -> None:
        click.echo("result")
        summarize("1 file")
        inform("reading")
        note("odd")
        warn(["strange"])

    add_quiet_option(command)
    loud, quiet = CliRunner().invoke(command, []), CliRunner().invoke(command, ["-q"])
    assert (loud.stdout, loud.stderr) == ("result\n1 file\n", "reading\nNote: odd\nWarning: strange\n")
    assert (quiet.stdout, quiet.stderr) == ("result\n", "")


def test_lint_shows_findings_without_a_summary(folder: Path) -> None:
    done = run("lint", "set/composer1/001.mid", "--quiet")
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1].startswith("  error   C041")
    assert run("lint", "set/composer1/001.mid", "--ignore", "C041", "-q").output == ""


@pytest.mark.parametrize("verb", ["novelty", "verify"])
def test_warnings_and_sums_are_left_out(folder: Path, verb: str) -> None:
    arguments = [verb, "set", *(["--per-composer", "2"] if verb == "verify" else [])]
    done = run(*arguments, "--quiet")
    assert (done.exit_code, done.stderr) == (1, "")
    summary = {"novelty": "training works", "verify": "generator's archive"}[verb]
    assert summary not in done.stdout
    assert summary in run(*arguments).stdout


def test_an_error_is_still_printed(folder: Path) -> None:
    done = run("verify", "missing.zip", "--quiet")
    assert (done.exit_code, done.stderr) == (2, "Error: missing.zip: no such zip or folder\n")
