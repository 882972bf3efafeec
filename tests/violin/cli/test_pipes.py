"""MIDI files and scores on standard input, and what goes to standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constraints.linter.fix import fix_bytes
from violin import Key, Note, Phrase
from violin.cli import cli

TUNE = Phrase(tuple(Note(48 * beat, 62 + beat % 8, 48) for beat in range(32)), 8, key=Key(2))
KEYLESS = Phrase(TUNE.notes, 8)
LOW = Phrase((Note(0, 50, 48), *TUNE.notes[1:]), 8, key=Key(2))
FORMS = ("mid", "musicxml", "abc")


def run(data: bytes, *arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=data)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tune in each form."""
    folder = tmp_path_factory.mktemp("forms")
    return {form: TUNE.save(folder / f"tune.{form}").read_bytes() for form in FORMS}


@pytest.mark.parametrize("form", FORMS)
def test_fingering(forms: dict[str, bytes], form: str) -> None:
    done = run(forms[form], "fingering", "-", "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["file"] == "<stdin>"
    assert [onset["pitches"] for onset in found["onsets"]] == [[note.pitch] for note in TUNE.notes]


@pytest.mark.parametrize("form", FORMS)
def test_judge(tmp_path: Path, forms: dict[str, bytes], form: str) -> None:
    path = tmp_path / "tune.mid"
    path.write_bytes(forms["mid"])
    options = ("--composer", "bach", "--workers", "1")
    done, expected = run(forms[form], "judge", "-", *options), run(b"", "judge", str(path), *options)
    assert done.exit_code == 0, done.output
    assert done.stdout == expected.stdout.replace(str(path), "<stdin>")


@pytest.mark.parametrize("form", FORMS)
def test_novelty(forms: dict[str, bytes], form: str) -> None:
    done = run(forms[form], "novelty", "-", "--format", "json")
    assert done.exit_code == 0, done.output
    assert [phrase["file"] for phrase in json.loads(done.stdout)["phrases"]] == ["<stdin>"]


@pytest.mark.parametrize(
    "arguments",
    [("fingering", "-"), ("judge", "-", "--composer", "bach", "--workers", "1"), ("novelty", "-")],
)
def test_bytes_that_are_not_music_give_one_line(arguments: tuple[str, ...]) -> None:
    done = run(b"no music", *arguments)
    assert done.exit_code == (2 if arguments[0] == "fingering" else 1)
    assert "<stdin>: " in done.stderr


def test_a_fixed_file_goes_to_standard_output_and_the_report_to_standard_error() -> None:
    done = run(KEYLESS.to_midi(), "lint", "-", "--fix")
    assert done.exit_code == 0, done.output
    assert done.stdout_bytes == fix_bytes(KEYLESS.to_midi(), name="<stdin>").data
    assert done.stdout_bytes != KEYLESS.to_midi()
    assert done.stderr.endswith("1 file: no findings\n1 of 1 files fixed\n")


def test_a_file_without_a_fix_goes_through_unchanged() -> None:
    done = run(LOW.to_midi(), "lint", "-", "--fix", "--quiet")
    assert (done.exit_code, done.stdout_bytes) == (1, LOW.to_midi())
    assert "C041 below-violin" in done.stderr


def test_a_diff_of_a_piped_file_is_shown_and_no_bytes() -> None:
    done = run(KEYLESS.to_midi(), "lint", "-", "--diff")
    assert done.exit_code == 1
    assert b"MThd" not in done.stdout_bytes
    assert "<stdin>" in done.stdout
