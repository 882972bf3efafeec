"""Every script of examples/ runs and prints what it says."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from violin.midi import read_phrase, save_phrase
from violin.music import Key, Note, Phrase

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SCALE = Phrase(tuple(Note(48 * i, 62 + i % 12, 48) for i in range(32)), 8, key=Key(2))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scale.mid"
    save_phrase(SCALE, path)
    return path


def printed(
    name: str, words: list[object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """What an example prints when it is run with some words."""
    monkeypatch.setattr(sys, "argv", [name, *map(str, words)])
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return capsys.readouterr().out


def test_every_example_is_run_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'printed("{path.stem}"' in text for path in EXAMPLES.glob("*.py"))


def test_lint(file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    save_phrase(Phrase((Note(0, 40, 48),), 8), file.with_name("low.mid"))
    output = printed("lint_folder", [file.parent], monkeypatch, capsys)
    assert output.startswith("low.mid: ")  # the worst file first
    assert "C042 below-official-floor: bar 1 beat 1" in output
    assert "scale.mid: 0 errors" in output


def test_compose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    output = printed("compose_between", [tmp_path / "out.mid"], monkeypatch, capsys)
    phrase = read_phrase(tmp_path / "out.mid")
    assert "8 bars" in output and "D major" in output
    assert [note.pitch for note in phrase.notes][:4] == [62, 66, 69, 74]
    assert [note.pitch for note in phrase.notes][-2:] == [73, 74]


def test_judge(file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    first, *reasons = printed("judge_files", ["bach", file], monkeypatch, capsys).splitlines()
    assert first.startswith("scale.mid: human with probability 0.")
    assert len(reasons) == 3


def test_finger(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed("finger_scale", [], monkeypatch, capsys).splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["G3", "A3", "B3"]
    assert len(lines) == 16 and lines[-1].endswith("shifts")


def test_measure(file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    output = printed("measure_phrase", [file, file], monkeypatch, capsys)
    (row,) = (line for line in output.splitlines() if line.startswith("notes a beat"))
    assert row.split()[-2:] == ["1.000", "1.000"]


def test_the_notebook_runs_from_start_to_end() -> None:
    notebook = nbformat.read(EXAMPLES / "tour.ipynb", 4)
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    shown = {
        kind: output["data"][kind]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for kind in output.get("data", {})
    }
    assert "data:image/svg+xml" in shown["text/html"] and "<audio" in shown["text/html"]
    assert "onset_beat" in shown["text/plain"]


@pytest.mark.parametrize("name", ["compose_between", "judge_files", "lint_folder", "measure_phrase"])
def test_an_example_without_arguments_says_what_to_give_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [name])
    with pytest.raises(SystemExit, match=rf"python examples/{name}.py [A-Z]"):
        runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
