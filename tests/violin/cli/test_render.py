"""`violin render`, and scores in the verbs that take music, as a user types them."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import violin
from violin import Key, Meter, Note, Phrase
from violin.cli import cli

PHRASE = Phrase(tuple(Note(144 * bar, 69 + bar % 3, 144) for bar in range(8)), 8, Meter(3, 4), Key())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    PHRASE.save(tmp_path / "a.mid")
    PHRASE.save(tmp_path / "a.musicxml")
    (tmp_path / "violin.toml").write_text("[lint]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=stdin)


def test_a_picture_beside_the_file_with_shaded_bars(folder: Path) -> None:
    pytest.importorskip("verovio")
    done = run("render", "a.mid", "--given", "2+1")
    assert (done.exit_code, done.output) == (0, "a.svg: 8 bars in 3/4, 8 notes\n")
    assert (folder / "a.svg").read_text(encoding="utf-8").count('class="given"') == 3


def test_ten_seconds_of_sound_into_a_folder(folder: Path) -> None:
    options = ("--to", "wav", "--seconds", "10", "--rate", "16000", "--engine", "builtin", "--out", "sounds/")
    assert run("render", "a.mid", *options).exit_code == 0
    with wave.open(str(folder / "sounds" / "a.wav")) as file:
        assert file.getnframes() == 160_000


def test_standard_input_to_standard_output(folder: Path) -> None:
    done = run("render", "-", "--to", "mid", stdin=PHRASE.to_musicxml())
    assert done.exit_code == 0
    assert violin.read(done.stdout_bytes) == PHRASE


def test_a_bad_file_stops_no_others_and_nothing_is_overwritten(folder: Path) -> None:
    (folder / "bad.mid").write_bytes(b"no music")
    done = run("render", "bad.mid", "nowhere.mid", "a.musicxml", "--to", "mid", "--out", "made")
    assert done.exit_code == 2
    assert [line.split(":")[:2] for line in done.stderr.splitlines()] == [
        ["Error", " bad.mid"],
        ["Error", " nowhere.mid"],
    ]
    assert (folder / "made" / "a.mid").is_file()
    over = run("render", "a.mid", "--to", "mid")
    assert (over.exit_code, over.stderr) == (
        2,
        "Error: a.mid: would be written over itself; legal: another --out\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a FILE"),
        (("a.mid", "--given", "5+5"), "a.mid: 5+5 given bars; legal: up to its 8"),
        (("a.mid", "a.musicxml", "--out", "-"), "standard output takes one FILE"),
        (("a.musicxml", "--part", "Viola"), "no parts are called 'Viola'; there are: 1 'Violin'"),
    ],
)
def test_illegal_options_are_refused(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run("render", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_names_every_need(folder: Path) -> None:
    done = run("render", "--doctor")
    assert done.exit_code == 0
    for need in ("svg", "png, pdf", "flac, mp3", "sound of a sampled violin"):
        assert need in done.output


def test_scores_in_lint_and_fingering(folder: Path) -> None:
    low = Phrase((Note(0, 50, 144), *PHRASE.notes[1:]), 8, Meter(3, 4), Key())
    low.save("low.musicxml", fingering=False)
    done = run("lint", "a.musicxml", "low.musicxml", "a.mid", "--select", "C041")
    assert done.exit_code == 1
    assert "bar 1 beat 1" in done.output
    assert "3 files: 1 error" in done.output
    refused = run("lint", "low.musicxml", "--fix")
    assert (refused.exit_code, "a score cannot be fixed" in refused.stderr) == (2, True)
    by_score, by_midi = (
        json.loads(run("fingering", name, "--format", "json").output) for name in ("a.musicxml", "a.mid")
    )
    assert by_score["onsets"] == by_midi["onsets"]


def test_a_pair_from_a_score_is_answered_as_a_score(folder: Path) -> None:
    pair = Phrase((PHRASE.notes[0], PHRASE.notes[-1]), 8, Meter(3, 4), Key())
    pair.save("pair.musicxml", fingering=False)
    done = run("compose", "pair.musicxml", "--to", "musicxml", "--density", "0", "--format", "json")
    assert done.exit_code == 0
    [facts] = json.loads(done.stdout)
    assert (facts["bars"], facts["meter"], facts["given_bars"]) == (8, "3/4", [1, 8])
    answer = violin.read(facts["file"])
    assert answer.on_grid().notes[0] == PHRASE.notes[0]
    assert len(answer.notes) == facts["composed_notes"] + 2
