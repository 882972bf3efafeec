from __future__ import annotations

import subprocess
import sys
import types

import click
import pytest
from click.testing import CliRunner

from violin.cli import VERBS, cli
from violin.cli.lazy import LazyGroup
from violin.errors import MidiError


def test_help_lists_every_verb_and_imports_none() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom violin.cli import cli, VERBS\n"
        "out = CliRunner().invoke(cli, ['--help']).output\n"
        "assert all(verb in out for verb in VERBS), out\n"
        "loaded = [module for module, _ in VERBS.values() if module in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_help(verb: str) -> None:
    result = CliRunner().invoke(cli, [verb, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


@pytest.mark.parametrize("group", ["train", "evaluate", "submit", "data", "bench"])
def test_every_verb_of_a_group_has_help(group: str) -> None:
    command = cli.get_command(click.Context(cli), group)
    assert isinstance(command, LazyGroup)
    for verb in command.list_commands(click.Context(command)):
        result = CliRunner().invoke(cli, [group, verb, "--help"])
        assert result.exit_code == 0, result.output


def test_a_mistyped_verb_is_guessed() -> None:
    result = CliRunner().invoke(cli, ["lnit"])
    assert result.exit_code == 2
    assert "Did you mean 'lint'?" in result.output


def test_an_error_for_users_is_one_line_and_exit_code_two(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def command() -> None:
        raise MidiError("x.mid: not a MIDI file")

    module = types.ModuleType("a_failing_verb")
    module.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_failing_verb", module)
    group = LazyGroup("g", verbs={"fail": ("a_failing_verb", "Fails.")})
    result = CliRunner().invoke(group, ["fail"])
    assert result.exit_code == 2
    assert result.output.strip() == "Error: x.mid: not a MIDI file"
