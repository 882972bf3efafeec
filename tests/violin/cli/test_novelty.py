"""`violin novelty`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from models.novelty import RunIndex
from violin.cli import cli
from violin.music import Note, Phrase


def melody(seed: int) -> Phrase:
    """A random walk in sixteenth notes."""
    random, pitch, notes = Random(seed), 72, []
    for place in range(128):
        pitch = min(max(pitch + random.randrange(-5, 6), 60), 90)
        notes.append(Note(12 * place, pitch, 12))
    return Phrase(tuple(notes), bars=8)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of one work, that work in another key, other music, and a file that is not music."""
    RunIndex.build([(melody(1), "walk:1", 0)]).save(tmp_path / "index.npz")
    melody(1).transposed(2).save(tmp_path / "copied.mid")
    melody(1).save(tmp_path / "copied.musicxml")
    melody(2).save(tmp_path / "own.mid")
    (tmp_path / "text.mid").write_bytes(b"no music")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["novelty", *arguments, "--index", "index.npz"])


def test_copies_are_named_with_their_work() -> None:
    done = run("own.mid", "copied.mid")
    assert done.exit_code == 0, done.output
    first, second, *_ = done.stdout.splitlines()
    assert first == "copied.mid: 96 notes (100% of the inner notes), as in walk:1 from bar 2"
    assert second == "2 phrases compared with 1 training works:"


def test_a_score_is_measured_like_its_notes() -> None:
    found = json.loads(run("copied.musicxml", "copied.mid", "--format", "json").stdout)["phrases"]
    score, midi = ({key: value for key, value in phrase.items() if key != "file"} for phrase in found)
    assert score == midi


def test_json_has_every_phrase_and_what_was_not_read() -> None:
    done = run("own.mid", "copied.mid", "text.mid", "--format", "json", "--top", "0")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert [phrase["file"] for phrase in found["phrases"]] == ["own.mid", "copied.mid"]
    own, copied = (phrase["copied"] for phrase in found["phrases"])
    assert own is None
    assert copied == {"notes": 96, "share": 1.0, "work": "walk:1", "bar": 2}
    assert (found["works"], found["half_copied"]) == (1, 0.5)
    assert set(found["hit_rates"]) == set(found["humans"]["hit_rates"]) == {"9", "12", "16"}
    [unread] = found["unread"]
    assert unread.startswith("text.mid: ")


def test_a_score_that_cannot_be_read_stops_no_other(folder: Path) -> None:
    (folder / "bad.musicxml").write_text("<score-partwise>")
    done = run("bad.musicxml", "own.mid")
    assert done.exit_code == 1
    assert "Warning: bad.musicxml: " in done.stderr
    assert "1 phrase compared with" in done.stdout
