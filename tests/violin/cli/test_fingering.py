"""`violin fingering`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from violin.cli import cli
from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

CLEAN = Phrase(tuple(Note(bar * 192, 69 + bar % 3, 192) for bar in range(8)), 8, key=Key())
CLASH = Phrase((Note(0, 57, 48), Note(0, 59, 48), *CLEAN.notes[1:]), 8)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a phrase, one that no hand can hold, and a broken file."""
    for name, data in (
        ("clean.mid", phrase_bytes(CLEAN)),
        ("clash.mid", phrase_bytes(CLASH)),
        ("broken.mid", b"MThd"),
    ):
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["fingering", *arguments])


@pytest.mark.usefixtures("folder")
def test_one_file_as_text() -> None:
    result = run("clean.mid")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 9
    assert lines[1] == "bar 2   beat 1      pos. 1   A#4=A1/1"
    assert lines[-1].startswith("8 of 8 onsets playable, 0 changes of position")


@pytest.mark.usefixtures("folder")
def test_one_file_as_json() -> None:
    data = json.loads(run("clean.mid", "--format", "json").stdout)
    assert data["file"] == "clean.mid"
    assert data["playable"]
    assert [onset["bar"] for onset in data["onsets"]] == list(range(1, 9))
    assert data["onsets"][1]["stops"] == [{"pitch": 70, "string": "A", "fret": 1, "finger": 1}]


@pytest.mark.usefixtures("folder")
def test_unplayable_chords_are_named_with_their_reason() -> None:
    result = run("clash.mid")
    assert result.exit_code == 1
    assert "A3 B3: A3 and B3 both need the G string" in result.stdout


@pytest.mark.usefixtures("folder")
def test_several_files_each_under_its_name() -> None:
    result = run("clean.mid", "clash.mid")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert (lines[0], lines[10], lines[11]) == ("clean.mid", "", "clash.mid")
    both = json.loads(run("clean.mid", "clash.mid", "--format", "json").stdout)
    assert [(one["file"], one["playable"]) for one in both] == [("clean.mid", True), ("clash.mid", False)]


@pytest.mark.usefixtures("folder")
def test_a_broken_file_stops_no_other() -> None:
    result = run("broken.mid", "clean.mid")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: broken.mid: ")
    assert len(result.stderr.splitlines()) == 1
    assert "8 of 8 onsets playable" in result.stdout
    folder = json.loads(run(".", "--format", "json").stdout)
    assert [Path(one["file"]).name for one in folder] == ["clash.mid", "clean.mid"]


@pytest.mark.usefixtures("folder")
def test_nothing_to_finger_is_an_error() -> None:
    assert run("broken.mid").exit_code == 2
    missing = run("missing.mid")
    assert missing.exit_code == 2
    assert "missing.mid: no such file or folder" in missing.stderr
