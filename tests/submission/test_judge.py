"""The judge's job: lines in numeric order, CRLF, three decimals, a score for everything."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from submission_fakes import FakeJudge, Pace, given_phrase, write_dataset

from models.judge.scorer import TrainedJudge
from submission.datasets import GivenFile, read_dataset
from submission.judge import build_judge_archive, score_file
from submission.rehearsal.labels import read_key, score_against_key, write_key
from violin.challenge import COMPOSERS
from violin.errors import ArchiveError
from violin.midi import phrase_bytes
from violin.music import Meter, Note, Phrase


def _texts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_one_line_per_file_in_numeric_order(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "dataset", per_composer=12)
    out = tmp_path / "judge_output_final.zip"
    scores = build_judge_archive(out, read_dataset(dataset), FakeJudge())
    texts = _texts(out)
    assert list(texts) == [f"composer{n}.txt" for n in range(1, 9)]
    lines = texts["composer2.txt"].split(b"\r\n")
    assert len(lines) == 13
    assert lines[-1] == b""
    assert [f"{score.human_probability:.3f}".encode() for score in scores[12:24]] == lines[:-1]
    assert scores[12].name == "composer2/001.mid"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset", out.name]


def test_the_same_bytes_whatever_the_number_of_workers(tmp_path: Path) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "dataset"))
    build_judge_archive(tmp_path / "one.zip", dataset, FakeJudge())
    build_judge_archive(tmp_path / "two.zip", dataset, FakeJudge(), workers=2)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


class Stopping(FakeJudge):
    """Raises KeyboardInterrupt once it has scored `left` phrases; takes one phrase per call."""

    left = 0

    def score(self, phrases: Sequence[Phrase], composer: str) -> list[float]:
        assert len(phrases) == 1
        if Stopping.left == 0:
            raise KeyboardInterrupt
        Stopping.left -= 1
        return FakeJudge.score(self, phrases, composer)


@pytest.mark.parametrize("left", [0, 1, 4, 23])
def test_a_stopped_run_judges_only_the_others(tmp_path: Path, left: int) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "dataset"))
    build_judge_archive(tmp_path / "whole.zip", dataset, FakeJudge())
    out, pace = tmp_path / "out.zip", Pace(tally=tmp_path / "tally")
    Stopping.left = left
    with pytest.raises(KeyboardInterrupt):
        build_judge_archive(out, dataset, Stopping())
    notices: list[str] = []
    build_judge_archive(out, dataset, FakeJudge(pace), on_notice=notices.append)
    assert notices == [f"resuming: {left} of 24 phrases are in the work folder"] * bool(left)
    assert len(pace.done()) == 24 - left
    assert out.read_bytes() == (tmp_path / "whole.zip").read_bytes()


def test_another_judge_does_not_resume_the_run_of_one_that_stopped(tmp_path: Path) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "dataset"))
    Stopping.left = 5
    with pytest.raises(KeyboardInterrupt):
        build_judge_archive(tmp_path / "out.zip", dataset, Stopping())
    pace = Pace(tally=tmp_path / "tally")
    build_judge_archive(tmp_path / "out.zip", dataset, FakeJudge(pace, "fake with a transformer"))
    assert len(pace.done()) == 24


def test_what_cannot_be_scored_gets_a_half_and_a_warning(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path / "dataset")
    (dataset / "composer6" / "001.mid").write_bytes(b"")
    (dataset / "composer6" / "003.mid").write_bytes(phrase_bytes(given_phrase(1, bars=13)))
    out = tmp_path / "out.zip"
    scores = build_judge_archive(out, read_dataset(dataset), FakeJudge())
    odd = {score.name: score for score in scores if score.remarks}
    assert set(odd) == {"composer6/001.mid", "composer6/003.mid"}
    assert "cannot be judged" in odd["composer6/001.mid"].remarks[0]
    assert "no score for 13 bars" in odd["composer6/003.mid"].remarks[0]
    lines = _texts(out)["composer6.txt"].split(b"\r\n")
    assert (lines[0], lines[2]) == (b"0.500", b"0.500")
    assert lines[1] != b"0.500"


def test_the_score_against_key() -> None:
    labels = {"a": "human", "b": "human", "c": "machine", "d": "machine"}
    result = score_against_key({"a": 1.0, "b": 0.5, "c": 0.25, "d": 0.75}, labels)
    assert (result.human_hcs, result.machine_hcs) == (0.75, 0.5)
    assert result.score == 1.25
    assert score_against_key(dict.fromkeys(labels, 0.3), labels).score == pytest.approx(1)
    assert "1.250" in result.table()
    with pytest.raises(ArchiveError, match="not in the key"):
        score_against_key({"e": 1.0}, labels)


def test_a_key_comes_back_and_others_are_refused(tmp_path: Path) -> None:
    write_key(tmp_path, {"composer1/001.mid": {"label": "human", "work": "x"}})
    assert read_key(tmp_path / "judge_key.json") == {"composer1/001.mid": "human"}
    assert (tmp_path / "judge_key.csv").read_text() == "file,label\ncomposer1/001.mid,human\n"
    for content in ("", "[]", json.dumps({"files": []}), json.dumps({"files": {"a": 1}})):
        (tmp_path / "other.json").write_text(content)
        with pytest.raises(ArchiveError, match="not the key"):
            read_key(tmp_path / "other.json")
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_key(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        (Phrase((Note(0, 69, 48), Note(4_000 * 192, 69, 48)), 4_001), "4001 bars; legal for the judge"),
        (Phrase((Note(0, 69, 51),), 1, Meter(17, 64), ticks_per_beat=48), "17/64 does not fit"),
    ],
)
def test_a_phrase_beyond_the_judge_gets_a_half_with_a_remark(phrase: Phrase, reason: str) -> None:
    given = GivenFile(COMPOSERS[0], 3, "composer1/003.mid", phrase_bytes(phrase))
    score = score_file(TrainedJudge(), given)
    assert score.human_probability == 0.5
    assert "0.500 for a file that cannot be judged: composer1/003.mid: " in score.remarks[0]
    assert reason in score.remarks[0]
