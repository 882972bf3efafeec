from __future__ import annotations

import random
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from data_prep.corpus.prepare import Inputs, Options, prepare
from data_prep.corpus.store import MANIFEST_NAME, PhraseStore
from violin.cli.prepare import command
from violin.errors import CorpusError


def write_scores(folder: Path, count: int = 6) -> Path:
    """MusicXML files of a solo violin, 20 bars of 4/4 each, as a user's notation program makes."""
    music21 = pytest.importorskip("music21")
    folder.mkdir(parents=True)
    for number in range(count):
        choice = random.Random(number)
        part = music21.stream.Part(id="Violin")
        part.insert(0, music21.instrument.Violin())
        for bar in range(20):
            inner = music21.stream.Measure(number=bar + 1)
            if bar == 0:
                inner.append([music21.key.KeySignature(1), music21.meter.TimeSignature("4/4")])
            lengths = [4.0] if bar % 10 == 9 else [choice.choice([1.0, 0.5]) for _ in range(4)]
            lengths += [] if sum(lengths) == 4 else [4.0 - sum(lengths)]
            for length in lengths:
                inner.append(
                    music21.note.Note(
                        choice.choice([62, 64, 66, 67, 69, 71, 72, 74, 76]), quarterLength=length
                    )
                )
            part.append(inner)
        music21.stream.Score([part]).write("musicxml", folder / f"piece{number}.musicxml")
    return folder


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_scores(tmp_path_factory.mktemp("own") / "scores")


def test_a_folder_of_own_scores_becomes_phrases_by_one_command(scores: Path, tmp_path: Path) -> None:
    out = tmp_path / "phrases"
    arguments = ["--no-music21", "--add", str(scores), "--composer", "sarasate", "--out", str(out)]
    arguments += ["--cache", str(tmp_path / "cache"), "--workers", "1"]
    (scores / "notes.musicxml").write_text("this is no score")
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    assert "notes.musicxml" in result.output and "1 file refused" in result.output
    assert "reading: 0 of 7\n" in result.output and "reading: 7 of 7\n" in result.output
    assert "cutting: 6 of 6\n" in result.output
    store = PhraseStore.load(out)
    assert {stored.composer for stored in store} == {"sarasate"}
    assert len(store.select()) == 12 and {stored.split for stored in store} == {"train", "validation", "test"}
    assert store.manifest["inputs"]["added"] == [[str(scores.resolve()), "sarasate"]]
    before = (out / MANIFEST_NAME).read_bytes()
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert (out / MANIFEST_NAME).read_bytes() == before


def test_a_further_folder_is_added_to_what_the_store_was_made_from(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    inputs = Inputs((), False).with_folder(first, "sarasate").with_folder(second, "bach")
    assert [composer for _, composer in inputs.added] == ["sarasate", "bach"]
    assert [composer for _, composer in inputs.with_folder(first, "other").added] == ["bach", "other"]
    PhraseStore([], {"inputs": {"corpora": ["x"], "music21": False, "added": [["d", "bach"]]}}).save(tmp_path)
    assert Inputs.of_store(tmp_path) == Inputs(("x",), False, (("d", "bach"),))
    assert Inputs.of_store(tmp_path / "none") is None


def test_what_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nothing to read"):
        prepare(Inputs((), False), Options(cache=tmp_path))
    with pytest.raises(CorpusError, match="unknown composer 'brahms'"):
        Inputs((), False, (("folder", "brahms"),))
    result = CliRunner().invoke(command, ["--composer", "bach"])
    assert result.exit_code == 2 and "go together" in result.output


def test_a_folder_is_added_to_the_inputs_of_the_store_that_is_there(tmp_path: Path) -> None:
    store, corpus, mine = tmp_path / "store", tmp_path / "corpus", tmp_path / "mine"
    assert Inputs.chosen(store) == Inputs()
    assert Inputs.chosen(store, [corpus], False) == Inputs((str(corpus),), False)
    PhraseStore([], {"inputs": asdict(Inputs(("x",), False, (("d", "bach"),)))}).save(store)
    added = Inputs.chosen(store, added=mine, composer="sarasate")
    assert added == Inputs(("x",), False, (("d", "bach"), (str(mine), "sarasate")))
    assert Inputs.chosen(store, music21=True, added=mine).music21
    PhraseStore([], {"inputs": asdict(Inputs(("x",), other_instruments=True))}).save(store)
    assert Inputs.chosen(store, added=mine).other_instruments
    assert not Inputs.chosen(store, added=mine, other_instruments=False).other_instruments
    assert Inputs.chosen(store, [corpus], None, mine) == Inputs((str(corpus),), True, ((str(mine), "other"),))
