"""Settings: both files, the nearest wins, mistakes are named."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

import pytest

from violin.errors import SettingsError
from violin.instrument import OPEN_STRINGS
from violin.settings import LintSettings, find_settings, read_settings
from violin.smf import Limits

CFG = """\
[metadata]
name = other

[violin:lint]
profile = prompt
select = C, P001 N
ignore = P005
severity = P003=error, C092=info
per-file-ignores =
    drafts/*.mid: C, P006
    old.mid: N
lowest-pitch = 43
max-file-bytes = 2000
"""
TOML = """\
[lint]
profile = "prompt"
select = ["C", "P001", "N"]
ignore = ["P005"]
severity = { P003 = "error", C092 = "info" }
per-file-ignores = { "drafts/*.mid" = ["C", "P006"], "old.mid" = ["N"] }
lowest-pitch = 43
max-file-bytes = 2000
"""
needs_toml = pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with Python 3.11")


def expected(source: Path) -> LintSettings:
    return LintSettings(
        profile="prompt",
        select=("C", "P001", "N"),
        ignore=("P005",),
        severity=(("P003", "error"), ("C092", "info")),
        per_file_ignores=(("drafts/*.mid", ("C", "P006")), ("old.mid", ("N",))),
        lowest_pitch=43,
        max_file_bytes=2000,
        source=str(source),
    )


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_setup_cfg(tmp_path: Path) -> None:
    path = written(tmp_path, "setup.cfg", CFG)
    if sys.version_info >= (3, 11):
        assert find_settings(tmp_path) == expected(path)
    # configparser lowers keys of the section, not the codes in their values
    assert read_settings(path).severity == (("P003", "error"), ("C092", "info"))
    assert read_settings(path).limits() == {"file_bytes": 2000}


@needs_toml
def test_violin_toml_says_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, "violin.toml", TOML)
    written(tmp_path, "setup.cfg", "[violin:lint]\nignore = C\n")
    assert find_settings(tmp_path) == expected(path)


def test_the_nearest_folder_upwards_counts(tmp_path: Path) -> None:
    written(tmp_path, "setup.cfg", "[violin:lint]\nignore = C\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_settings(inner).ignore == ("C",)
    written(inner, "setup.cfg", "[metadata]\nname = no linter here\n")
    assert find_settings(inner).ignore == ("C",)


def test_without_any_file_the_defaults_hold(tmp_path: Path) -> None:
    if any((folder / "setup.cfg").exists() for folder in tmp_path.parents):
        pytest.skip("a setup.cfg lies above the temporary folder")
    assert find_settings(tmp_path) == LintSettings()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ingore = C", "unknown key 'ingore'; did you mean 'ignore'"),
        ("colour = red", "unknown key 'colour'; legal: profile"),
        ("profile = exam", "legal: submission, prompt, corpus"),
        ("lowest-pitch = 50", "legal: 43 or 55"),
        ("lowest-pitch = low", "legal: 43 or 55"),
        ("severity = P003=fatal", "legal: a code with one of off, info"),
        ("severity = P003", "has no '='"),
        ("per-file-ignores = a.mid C", "has no ':'"),
        ("max-events = 0", "legal: 1 or more"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, line: str, message: str) -> None:
    path = written(tmp_path, "setup.cfg", f"[violin:lint]\n{line}\n")
    with pytest.raises(SettingsError, match=r"setup\.cfg") as caught:
        read_settings(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@needs_toml
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[lnt]\n", "unknown table"),
        ("lint = 3\n", "a table"),
        ("[lint\n", "not TOML"),
        ('[lint]\nignore = "C"\n', "a list of codes"),
        ("[lint]\nlowest-pitch = true\n", "43 or 55"),
        ("[lint]\nper-file-ignores = 3\n", "a file pattern"),
    ],
)
def test_a_mistake_in_toml(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings(written(tmp_path, "violin.toml", text))


def test_each_limit_of_the_reader_can_be_set(tmp_path: Path) -> None:
    names = [field.name for field in fields(Limits)]
    lines = "".join(f"max-{name.replace('_', '-')} = {place}\n" for place, name in enumerate(names, 7))
    settings = read_settings(written(tmp_path, "setup.cfg", f"[violin:lint]\n{lines}"))
    assert settings.limits() == {name: place for place, name in enumerate(names, 7)}


def test_without_settings_the_lowest_note_is_the_open_g_string() -> None:
    assert LintSettings() == LintSettings(profile="submission", lowest_pitch=OPEN_STRINGS[0])
