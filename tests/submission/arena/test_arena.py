"""The arena: opponents answer legally, tables are the official ones, other systems may take part."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from submission_fakes import COMMON, SCALE, FakeComposer, FakeJudge

from models.generation import engine as composers
from models.generation.baselines import CopyABar, Markov
from models.judge import scorer as judges
from models.judge.baselines import Constant, Repetition
from models.reranking.mixture import Mixture
from submission.arena import entrants
from submission.arena.arena import read_rehearsal, run_arena
from submission.arena.entrants import Generator, generator_named, judge_named
from submission.arena.league import HUMAN, Board
from submission.assignments import dataset_assignments
from submission.datasets import read_dataset
from submission.generator import build_generator_archive
from submission.judge import build_judge_archive
from submission.rehearsal.build import build_rehearsal
from submission.rehearsal.unseen import HumanPhrase
from submission.verify import verify_archive
from violin.cli import cli
from violin.errors import ArchiveError, SettingsError
from violin.midi import read_phrase
from violin.music import Key, Note, Phrase


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rehearsal")
    humans = [
        HumanPhrase(
            Phrase(tuple(Note(48 * b, SCALE[(b * b + k) % 9], 48) for b in range(32)), 8, COMMON, Key(2)),
            "bach",
            f"{k}",
        )
        for k in range(9)
    ]
    build_rehearsal(out, humans, FakeComposer(), per_composer=2)
    return out


@pytest.mark.parametrize("opponent", [CopyABar(), Markov()], ids=lambda opponent: opponent.identity)
def test_the_opponents_answers_are_legal(folder: Path, tmp_path: Path, opponent: CopyABar | Markov) -> None:
    pairs = read_dataset(folder / "generator_evaluation_dataset.zip")
    out = tmp_path / "out.zip"
    build_generator_archive(out, dataset_assignments(pairs), opponent)
    assert verify_archive(out, pairs).faults == ()


def test_copying_and_repeating() -> None:
    once = Phrase(tuple(Note(48 * b, SCALE[b * b % 9] + b // 4, 48) for b in range(32)), 8)
    again = Phrase(tuple(Note(48 * b, SCALE[b % 4], 48) for b in range(32)), 8)
    scores = Repetition().score([once, again], "bach")
    assert scores[0] > 0.5 > 0.1 > scores[1]
    assert Constant().score([once], "bach") == [0.5]


def test_the_tables_are_the_official_ones() -> None:
    board = Board(
        {
            (HUMAN, "good"): np.array([1.0, 0.8]),
            ("a", "good"): np.array([0.2, 0.0]),
            ("b", "good"): np.array([0.6, 0.4]),
            (HUMAN, "flat"): np.array([0.5, 0.5]),
            ("a", "flat"): np.array([0.5, 0.5]),
            ("b", "flat"): np.array([0.5, 0.5]),
            (HUMAN, "file"): np.array([0.9, 0.9]),
            ("a", "file"): np.array([0.0, 0.0]),
        },
        {HUMAN: ["bach", "mozart"], "a": ["bach", "mozart"], "b": ["bach", "mozart"]},
    )
    first, second = board.generators_table()
    assert (first.name, second.name) == ("b", "a")
    assert first.score == pytest.approx((0.5 + 0.5) / 2)  # "file" has not seen b and is left out
    assert first.composers == pytest.approx({"bach": 0.55, "mozart": 0.45})
    assert first.low <= first.score <= first.high
    judges_table = {place.name: place for place in board.judges_table()}
    assert judges_table["good"].score == pytest.approx(0.9 + 1 - 0.3)
    assert judges_table["flat"].score == pytest.approx(1)
    assert judges_table["file"].score == pytest.approx(1.9)
    assert board.judges_table()[-1].name == "flat"
    assert board.mean("b", "file") is None


def test_other_systems_enter_as_files(folder: Path, tmp_path: Path) -> None:
    rehearsal = read_rehearsal(folder)
    theirs = tmp_path / "theirs.zip"
    build_generator_archive(theirs, dataset_assignments(rehearsal.pairs, seed=7), FakeComposer())
    files = tmp_path / "judge_output.zip"
    build_judge_archive(files, rehearsal.judged, FakeJudge())
    board = run_arena(
        rehearsal,
        {"ours": Generator(FakeComposer()), "theirs": theirs},
        {"fake": FakeJudge(), "files": files},
        tmp_path / "arena",
    )
    assert set(board.generators) == {"rehearsal", "ours", "theirs"}
    assert board.mean(HUMAN, "files") == pytest.approx(board.mean(HUMAN, "fake"), abs=1e-3)
    assert board.mean("rehearsal", "files") == pytest.approx(board.mean("rehearsal", "fake"), abs=1e-3)
    assert board.mean("theirs", "files") is None
    assert len(board.hcs["theirs", "fake"]) == 16

    (tmp_path / "few" / "composer1").mkdir(parents=True)
    (tmp_path / "few" / "composer1" / "001.mid").write_bytes(next(iter(rehearsal.pairs)).data)
    with pytest.raises(ArchiveError, match="answers 1 of the 16 pairs"):
        run_arena(rehearsal, {"few": tmp_path / "few"}, {"fake": FakeJudge()}, tmp_path / "arena")
    (tmp_path / "short").mkdir()
    (tmp_path / "short" / "composer1.txt").write_bytes(b"0.500\r\n")
    with pytest.raises(ArchiveError, match=r"composer1\.txt is not 4 lines"):
        run_arena(rehearsal, {"theirs": theirs}, {"short": tmp_path / "short"}, tmp_path / "arena")


def test_names(tmp_path: Path) -> None:
    assert generator_named("ours@0.8", tmp_path) == Generator(composers.TrainedComposer(temperature=0.8))
    best = generator_named("ours@.9+best12", tmp_path)
    assert isinstance(best, Generator)
    assert best.engine == composers.TrainedComposer(temperature=0.9)
    assert best.choice == Mixture.shipped(12)
    (tmp_path / "mine.safetensors").touch()
    (tmp_path / "mine.npz").touch()
    weights = tmp_path / "mine.safetensors"
    assert generator_named(str(weights), tmp_path) == Generator(composers.TrainedComposer(weights))
    assert judge_named(str(tmp_path / "mine.npz"), tmp_path) == judges.TrainedJudge(tmp_path / "mine.npz")
    assert judge_named("ours:open+official", tmp_path) == judges.TrainedJudge(mode="open", official=True)
    assert generator_named(str(tmp_path), tmp_path) == tmp_path
    for name in ("mine", "ours@cold", "ours+best0", "ours+best65", "ours+official"):
        with pytest.raises(SettingsError, match="generator"):
            generator_named(name, tmp_path)
    for name in ("mine", "ours:", "ours:closed", "ours+", "ours+best8"):
        with pytest.raises(SettingsError, match=r"unknown judge .*; legal: ours"):
            judge_named(name, tmp_path)
    for named, name in ((generator_named, "ngram"), (judge_named, "likelihood")):
        with pytest.raises(SettingsError, match=rf"{name} needs a phrase store, and .* is not one"):
            named(name, tmp_path)


class NeverCalled(FakeComposer):
    """Must not be called: the other systems are checked first."""

    def _one(self, request):  # type: ignore[no-untyped-def]
        raise AssertionError


def test_what_cannot_enter_is_reported_before_anything_is_composed(folder: Path, tmp_path: Path) -> None:
    rehearsal = read_rehearsal(folder)
    (tmp_path / "empty").mkdir()
    ours = {"ours": Generator(NeverCalled())}
    with pytest.raises(ArchiveError, match="empty"):
        run_arena(
            rehearsal, {**ours, "theirs": tmp_path / "empty"}, {"fake": FakeJudge()}, tmp_path / "arena"
        )
    with pytest.raises(ArchiveError, match="empty"):
        run_arena(rehearsal, ours, {"theirs": tmp_path / "empty"}, tmp_path / "arena")


def test_the_command(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(entrants, "TrainedComposer", lambda temperature: FakeComposer())
    monkeypatch.setattr(entrants, "TrainedJudge", lambda mode=None, official=False: FakeJudge())
    arguments = ["arena", "--dataset", str(folder), "--generators", "ours,markov,copy-a-bar"]
    arguments += ["--judges", "ours,repetition,constant", "--workers", "1"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert "## Generators\n" in done.output
    assert "| generator markov | markov, plain |" in done.output
    content = json.loads((tmp_path / "arena" / "arena.json").read_text())
    assert {place["name"] for place in content["generators"]} == {"rehearsal", "ours", "markov", "copy-a-bar"}
    assert content["matrix"]["human"]["constant"] == 0.5
    assert (tmp_path / "arena" / "arena.png").stat().st_size > 5_000
    assert len(list((tmp_path / "arena").glob("*.zip"))) == 3
    again = CliRunner().invoke(cli, arguments)
    assert again.stdout == done.stdout
    assert ": composing" not in again.output
    assert ": scoring" not in again.stderr  # the scores of the first run are read
    arguments[arguments.index("ours,repetition,constant")] = "ours,repetition,constant,ours+official"
    more = CliRunner().invoke(cli, [*arguments, "--report", "report"])
    assert ": composing" not in more.output
    assert "ours+official: scoring markov" in more.output  # only the new one
    assert "repetition" not in more.stderr
    assert (tmp_path / "report" / "arena.json").is_file()
    read = read_dataset(next((tmp_path / "arena").glob("markov-*.zip")))
    assert read_phrase(next(iter(read)).data).bars == 8
