"""`violin compose --redo`, `--keep`, `--continue`, `--scale`, `--show`, JSON and standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from constraints.language.grammar import CHANNEL_SIZES
from models.composer.checkpoint import Weights, save_weights
from models.composer.config import config_named
from models.composer.network import network
from violin.cli import cli
from violin.midi import read_phrase, save_phrase
from violin.music import Key, Note, Phrase

PHRASE = Phrase(tuple(Note(48 * beat, 62 + beat % 8, 48) for beat in range(32)), 8, key=Key(2))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    config = config_named("tiny").model
    model = network(config, CHANNEL_SIZES)
    path = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    save_weights(path, Weights(model.plain_weights(), config, tuple(CHANNEL_SIZES), {}))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    save_phrase(PHRASE, Path("phrase.mid"))
    return tmp_path


def run(*words: object, input: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["compose", *map(str, words)], input=input)


def bars_of(phrase: Phrase, bars: list[int]) -> list[Note]:
    return [note for note in phrase.notes if note.onset_ticks // phrase.bar_ticks + 1 in bars]


@pytest.mark.parametrize(("words", "new"), [(("--redo", "3,6-7"), [3, 6, 7]), (("--keep", "1-7"), [8])])
def test_the_other_bars_are_as_before(
    folder: Path, weights: Path, words: tuple[str, str], new: list[int]
) -> None:
    done = run("phrase.mid", *words, "--variations", 2, "--format", "json", "--weights", weights)
    assert done.exit_code == 0, done.output
    kept = [bar for bar in range(1, 9) if bar not in new]
    for number, facts in enumerate(json.loads(done.stdout), 1):
        assert (facts["file"], facts["variation"]) == (f"composed/phrase-bach-seed1-{number}.mid", number)
        assert (facts["new_bars"], facts["given_bars"], facts["bars"]) == (new, kept, 8)
        phrase = read_phrase(Path(facts["file"]))
        assert bars_of(phrase, kept) == bars_of(PHRASE, kept)
        assert len(bars_of(phrase, new)) == facts["composed_notes"]
        assert (facts["difference"] is None) == (number == 1)


def test_kept_notes_are_as_before(folder: Path, weights: Path) -> None:
    done = run(
        "phrase.mid", "--redo", "4-5", "--keep-notes", "4:2,5:1", "--format", "json", "--weights", weights
    )
    assert done.exit_code == 0, done.output
    [facts] = json.loads(done.stdout)
    new = bars_of(read_phrase(Path(facts["file"])), [4, 5])
    assert {PHRASE.notes[13], PHRASE.notes[16]} <= set(new)
    assert len(new) == facts["composed_notes"] + 2


def test_a_line_says_what_was_kept(folder: Path, weights: Path) -> None:
    done = run("phrase.mid", "--redo", "4-5", "--weights", weights)
    assert "8 bars in 4/4, bars 1-3,6-8 as before, " in done.output
    assert (
        "bars none as before" in run("phrase.mid", "--redo", "1-8", "--seed", 2, "--weights", weights).output
    )


def test_bars_after_a_phrase_from_standard_input_to_standard_output(folder: Path, weights: Path) -> None:
    data = Path("phrase.mid").read_bytes()
    words = ("-", "--continue", 2, "--scale", "D minor pentatonic", "-o", "-", "--weights", weights)
    done = run(*words, input=data)
    assert done.exit_code == 0, done.stderr
    phrase = read_phrase(done.stdout_bytes)
    assert phrase.bars == 10
    assert phrase.notes[: len(PHRASE.notes)] == PHRASE.notes
    assert {note.pitch % 12 for note in bars_of(phrase, [9, 10])} <= {2, 5, 7, 9, 0}
    assert done.stderr.startswith("-: 10 bars in 4/4, 8+0 given, ")
    assert not Path("composed").exists()


def test_the_answers_are_shown_side_by_side(folder: Path, weights: Path) -> None:
    words = ("phrase.mid", "--redo", "4-5", "--variations", 3, "--weights", weights, "--show")
    done = run(*words)
    assert done.exit_code == 0, done.output
    table = done.output.split("\n\nphrase, bach\n")[1].splitlines()
    rows = {line[2:16].strip(): line[16:].split() for line in table}
    assert sorted(rows["variation"]) == ["1", "2", "3"]
    assert rows["total"] == sorted(rows["total"], reverse=True)
    assert {"critic", "copied notes", "hardest stop", "unlike others", "notes"} <= set(rows)
    [first, *_] = json.loads(run(*words, "--format", "json", "--force").stdout)
    assert first["scores"]["mixture"] == pytest.approx(
        float(rows["total"][rows["variation"].index("1")]), abs=0.006
    )
    assert first["hardest_tier"] in ("easy", "wide", "virtuoso")


def test_variations_that_are_too_similar_are_composed_again(folder: Path, weights: Path) -> None:
    words = ("phrase.mid", "--redo", "4", "--variations", 3, "--weights", weights, "--format", "json")
    found = json.loads(run(*words, "--min-difference", 0.9).stdout)
    assert all(one["difference"] >= 0.9 for one in found[1:])


def test_a_note_that_is_cut_is_reported(folder: Path, weights: Path) -> None:
    tied = Phrase((*PHRASE.notes, Note(5 * 192 - 24, 55, 48)), 8, key=Key(2))
    save_phrase(tied, Path("tied.mid"))
    done = run("tied.mid", "--redo", "4-5", "--weights", weights)
    assert done.exit_code == 0, done.output
    assert done.stderr == (
        "Warning: tied.mid: bar 5 beat 4.5: G3 sounds into bar 6; "
        "it is removed with the bar in which it begins\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("phrase.mid", "--redo", "9"), "phrase.mid: bars 9-9; legal: from first to last within 1 to 8"),
        (("phrase.mid", "--redo", "x"), "bars 'x'; legal: numbers and ranges, as in 3,6-7"),
        (("phrase.mid", "--keep", "1-8"), "phrase.mid: all 8 bars are kept; legal: at least one bar"),
        (("phrase.mid", "--continue", "9"), "phrase.mid: 8 bars and 9 more are 17; legal: 1 to 8 more"),
        (("phrase.mid", "--redo", "1", "--keep", "2"), "--redo and --keep contradict each other"),
        (
            ("phrase.mid", "--redo", "1", "--bars", "8"),
            "--redo is for a whole phrase, and --bars for a pair",
        ),
        (("--redo", "1"), "--redo is for a given file; there is none"),
        (("phrase.mid", "--keep-notes", "4:1"), "--keep-notes is for bars to compose; name them with"),
        (
            ("phrase.mid", "--redo", "4", "--keep-notes", "4:1.5"),
            "phrase.mid: no note begins at bar 4 beat 1.5; legal: the onset of a note",
        ),
        (
            ("phrase.mid", "--redo", "4", "--keep-notes", "5:1"),
            "phrase.mid: bar 5 beat 1: D4 is in a bar that is kept; legal: notes of the bars to compose",
        ),
        (
            ("phrase.mid", "--redo", "4", "--keep-notes", "4"),
            "notes '4'; legal: bars and beats, as in 4:1",
        ),
        (("phrase.mid", "--scale", "A blues"), "scale 'A blues'; legal: a tonic such as A or F#"),
        (("phrase.mid", "-o", "-", "--variations", "2"), "2 answers; legal on standard output: one"),
        (("absent.mid", "--redo", "1"), "absent.mid: cannot be read"),
    ],
)
def test_bad_options_get_one_line(folder: Path, weights: Path, words: tuple[str, ...], message: str) -> None:
    done = run(*words, "--weights", weights)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.output
