"""`violin lint`: --output-file, --baseline and --show-settings, as a user types them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from violin import Key, Note, Phrase
from violin.cli import cli
from violin.settings import LintSettings, read_toml

LOW = Phrase((Note(0, 50, 192), *(Note(bar * 192, 69, 192) for bar in range(1, 8))), 8, key=Key())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    LOW.save(tmp_path / "low.mid")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["lint", *arguments])


def test_the_report_goes_into_a_file(folder: Path) -> None:
    done = run("low.mid", "--format", "json", "--output-file", "out/report.json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert [one["code"] for one in json.loads((folder / "out/report.json").read_text())] == ["C041"]


def test_what_a_baseline_accepts_is_left_out(folder: Path) -> None:
    accepted = run("low.mid", "--baseline", "base.json", "--write-baseline")
    assert (accepted.exit_code, accepted.stderr) == (0, "base.json: 1 finding accepted\n")
    assert run("low.mid", "--baseline", "base.json").exit_code == 0
    LOW.transposed(-1).save("low.mid")
    changed = run("low.mid", "--baseline", "base.json")
    assert changed.exit_code == 1
    assert "C041" in changed.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name files or folders to check"),
        (("low.mid", "--write-baseline"), "--write-baseline needs --baseline FILE"),
        (("low.mid", "--baseline", "nowhere.json"), "nowhere.json: cannot be read"),
    ],
)
def test_illegal_options_are_refused(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 cannot read TOML")
def test_the_settings_that_are_shown_can_be_read_back(folder: Path) -> None:
    text = (
        '[lint]\nignore = ["P005", "N006"]\nseverity = { P003 = "error" }\nlowest-pitch = 43\n'
        'per-file-ignores = { "drafts/*.mid" = ["C", "P006"] }\n'
    )
    (folder / "violin.toml").write_text(text)
    shown = run("--show-settings")
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f'# from {folder / "violin.toml"}\nprofile = "submission"\n')
    (folder / "shown.toml").write_text("[lint]\n" + shown.stdout)
    assert read_toml(folder / "shown.toml") == _from(read_toml(folder / "violin.toml"), folder / "shown.toml")


def _from(settings: LintSettings, path: Path) -> LintSettings:
    from dataclasses import replace

    return replace(settings, source=str(path))
