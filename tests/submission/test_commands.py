"""`violin submit`, `violin verify`, `violin rehearse`: options, exit codes, one line for an error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from submission_fakes import FakeComposer, FakeJudge, write_dataset

from models.generation import engine as composers
from models.generation.request import Answer, OnAnswer, Request
from models.judge import scorer as judges
from submission.archive import write_archive
from submission.datasets import read_dataset
from submission.rehearsal import unseen
from submission.rehearsal.unseen import HumanPhrase
from violin.cli import cli
from violin.music import Key, Note, Phrase


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(composers, "TrainedComposer", lambda *arguments: FakeComposer())
    monkeypatch.setattr(judges, "TrainedJudge", lambda *arguments: FakeJudge())
    monkeypatch.chdir(tmp_path)
    write_dataset(tmp_path / "dataset")


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_from_a_dataset_to_a_verified_archive(tmp_path: Path) -> None:
    done = _run("submit", "generator", "dataset", "--out", "out.zip", "--workers", "1")
    assert done.exit_code == 0, done.output
    assert "out.zip: 24 files, 0 errors, 0 worth a look" in done.output
    report = json.loads((tmp_path / "out.report.json").read_text())
    assert report["facts"]["files"] == 24
    assert report["files"][0]["file"] == "composer1/001.mid"
    page = (tmp_path / "out.report.html").read_text()
    assert "composer8/003.mid" in page
    assert "none of the 24 files has a remark" in page
    assert "<th>remarks</th>" not in page  # a column that holds nothing
    proof = _run("verify", "out.zip", "--dataset", "dataset")
    assert proof.exit_code == 0
    assert "generator's archive, 24 files, no faults" in proof.output
    assert _run("verify", "out.zip").exit_code == 1  # the challenge wants 1,600

    judged = _run("submit", "judge", "dataset", "--out", "scores.zip", "--workers", "1", "--top-folder")
    assert judged.exit_code == 0, judged.output
    assert "24 files, 0 without a score" in judged.output
    # the folder is named after the zip, and only judge_output_* is legal
    assert _run("verify", "scores.zip", "--dataset", "dataset").exit_code == 1
    assert _run("submit", "judge", "dataset", "--workers", "1").exit_code == 0
    proof = _run("verify", "judge_output_final.zip", "--dataset", "dataset")
    assert "judge's archive, 8 files, no faults" in proof.output


def test_verify_in_json(tmp_path: Path) -> None:
    write_archive(tmp_path / "out.zip", {"composer1/001.mid": b"no music", "readme.txt": b"hello"})
    done = _run("verify", "out.zip", "--per-composer", "1", "--format", "json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    faults = {fault["place"]: fault["message"] for fault in found.pop("faults")}
    assert faults["composer2/001.mid"] == "missing"
    assert faults["readme.txt"].startswith("not asked for")
    assert "composer1/001.mid" in faults
    assert found == {"archive": "out.zip", "kind": "generator", "files": 2, "inherited": [], "warnings": []}


def test_rehearse_in_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    phrases = [
        Phrase(tuple(Note(48 * beat, 62 + (beat * step) % 11, 48) for beat in range(32)), 8, key=Key(2))
        for step in range(1, 9)
    ]
    humans = [HumanPhrase(phrase, "bach", f"work {step}") for step, phrase in enumerate(phrases)]
    monkeypatch.setattr(unseen, "unseen_phrases", lambda *arguments, **named: humans)
    done = _run(
        "rehearse", "--per-composer", "1", "--out", "r", "--workers", "1", "--format", "json", "--quiet"
    )
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    found = json.loads(done.stdout)
    assert found.pop("seconds") >= 0
    assert found == {
        "generator_dataset": str(Path("r") / "generator_evaluation_dataset.zip"),
        "pairs": 8,
        "pairs_by_their_composer": 1,
        "judge_dataset": str(Path("r") / "judge_evaluation_dataset_final.zip"),
        "phrases": 16,
    }
    assert len(read_dataset(found["generator_dataset"])) == 8


def test_the_same_command_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert _run("submit", "generator", "dataset", "--out", f"{name}.zip", "--workers", "1").exit_code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_the_preliminary_round() -> None:
    done = _run("submit", "generator", "--preliminary", "--per-composer", "2", "--workers", "1")
    assert done.exit_code == 0, done.output
    assert _run("verify", "generator_output_preliminary.zip", "--per-composer", "2").exit_code == 0


def test_an_odd_pair_is_reported_and_makes_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "dataset" / "composer1" / "002.mid").write_bytes(b"<script>no music</script>")
    (tmp_path / "dataset" / "readme.txt").write_text("hello")
    done = _run("submit", "generator", "dataset", "--out", "out.zip", "--workers", "1")
    assert done.exit_code == 1
    assert "Warning: composer1/002.mid: cannot be answered, a free phrase instead" in done.output
    assert "Note: 1 file (readme.txt) ignored" in done.output
    page = (tmp_path / "out.report.html").read_text()
    assert "Worth a look: 1 of 24 files" in page
    assert "<script>" not in page
    judged = _run("submit", "judge", "dataset", "--out", "scores.zip", "--workers", "1")
    assert judged.exit_code == 1
    assert "Warning: composer1/002.mid: 0.500 for a file that cannot be judged" in judged.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("submit", "generator"), "name a DATASET, or --preliminary"),
        (("submit", "generator", "dataset", "--preliminary"), "not both"),
        (("submit", "generator", "absent.zip"), "no such zip or folder"),
        (("submit", "generator", "dataset", "--bars", "17"), "legal: 8 to 16, or auto"),
        (("submit", "generator", "dataset", "--strict"), "other than 200 files"),
        (("submit", "generator", "dataset", "--device", "cuda", "--workers", "2"), "cuda"),
        (("submit", "judge", "absent.zip"), "no such zip or folder"),
        (("submit", "judge", "dataset", "--key", "dataset/composer1/001.mid"), "not the key of a rehearsal"),
        (("verify", "absent.zip"), "no such zip or folder"),
        (("verify", "dataset/composer1/001.mid"), "not a zip archive"),
        (("rehearse", "--out", "r", "--corpus", "absent"), "no such folder"),
    ],
)
def test_a_wrong_command_is_one_line_and_exit_code_2(arguments: tuple[str, ...], message: str) -> None:
    done = _run(*arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("verb", [("submit", "generator"), ("submit", "judge"), ("verify",), ("rehearse",)])
def test_help_shows_an_example(verb: tuple[str, ...]) -> None:
    done = _run(*verb, "--help")
    assert done.exit_code == 0
    assert f"violin {' '.join(verb)} " in done.output.partition("Examples:")[2]


def test_a_stopped_command_says_how_to_resume(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Stopped:
        identity = "fake"

        def answer(self, requests: object, on_done: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(composers, "TrainedComposer", lambda *arguments: Stopped())
    done = _run("submit", "generator", "dataset", "--out", "out.zip", "--workers", "1")
    assert done.exit_code == 130
    assert "the same command continues from there" in done.output
    assert not (tmp_path / "out.zip").exists()


def test_a_resumed_run_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Stopped(FakeComposer):
        def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
            super().answer(requests[:5], on_done)
            raise KeyboardInterrupt

    arguments = ("submit", "generator", "dataset", "--out", "out.zip", "--workers", "1")
    with monkeypatch.context() as patch:
        patch.setattr(composers, "TrainedComposer", lambda *arguments: Stopped())
        assert _run(*arguments).exit_code == 130
    done = _run(*arguments)
    assert done.exit_code == 0, done.output
    assert "Note: resuming: 5 of 24 phrases are in the work folder" in done.output


def test_an_output_that_cannot_be_written_is_reported_before_the_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*arguments: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)  # root may write anywhere
    monkeypatch.setattr(composers, "TrainedComposer", lambda *arguments: None)
    for verb in ("generator", "judge"):
        done = _run("submit", verb, "dataset", "--out", "answers/out.zip", "--work", "work")
        assert done.exit_code == 2
        assert "answers/out.zip: cannot be written: Permission denied" in done.output
    assert not (tmp_path / "work").exists()


def test_at_most_a_screen_of_warnings(tmp_path: Path) -> None:
    for path in (tmp_path / "dataset").rglob("*.mid"):
        path.write_bytes(b"no music")
    for verb, word in (
        ("generator", "a free phrase instead"),
        ("judge", "0.500 for a file that cannot be judged"),
    ):
        done = _run("submit", verb, "dataset", "--out", "out.zip", "--workers", "1")
        assert done.exit_code == 1
        assert done.output.count(word) == 20
        assert "Warning: ... and 4 more; the report lists all" in done.output


def test_a_preliminary_judge_dataset_names_its_answer(tmp_path: Path) -> None:
    (tmp_path / "dataset").rename(tmp_path / "judge_evaluation_dataset_preliminary")
    assert _run("submit", "judge", "judge_evaluation_dataset_preliminary", "--workers", "1").exit_code == 0
    assert (tmp_path / "judge_output_preliminary.zip").is_file()


@pytest.mark.parametrize(
    ("options", "official"),
    [((), True), (("--output", "official"), True), (("--output", "probability"), False)],
)
def test_the_judge_decides_by_default_and_says_so(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], official: bool
) -> None:
    asked = []
    monkeypatch.setattr(judges, "TrainedJudge", lambda *arguments: asked.append(arguments) or FakeJudge())
    done = _run("submit", "judge", "dataset", "--workers", "1", *options)
    assert done.exit_code == 0, done.output
    assert [arguments[2] for arguments in asked] == [official]
    assert ("--output probability writes probabilities" in done.stderr) == official
